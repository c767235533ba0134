import { createFlowService } from '../../services/flows/flow-service.ts';
import type { FlowRequester, FlowBook, FlowService } from '../../services/flows/types.ts';
import type { FlowEnds } from '../../client/flow-ends.ts';
import { oktaSettings } from '../../config/env/credentials.ts';
import { readFlowBook } from '../../config/flows/flow-book.ts';
import { flowSettings } from '../../config/flows/flow-settings.ts';
import { FLOW_CATALOGUE } from '../../flows/catalogue.ts';
import type { Store } from '../../store/types.ts';
import { identify } from '../kit/identity.ts';
import { oktaWith } from '../kit/connectors.ts';
import { printNote } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { printOktaSource } from '../kit/okta-source.ts';
import { loadSettings } from '../kit/settings.ts';
import type { Settings } from '../kit/settings.ts';
import { withStore } from '../kit/store.ts';
import { plain } from '../kit/text.ts';
import { askingTemporal } from './asking-temporal.ts';
import type { FlowsOptions } from './options.ts';

/** Somebody at the desk of delegated flows. */
export interface AtDesk {
  desk: FlowService;
  asker: FlowRequester;
  book: FlowBook;
  store: Store;
  settings: Settings;
}

/**
 * The desk over a store, and who asks. Files of flows that are wrong are left out, aloud. Throws
 * CliError and ConfigError.
 */
export async function atDesk(
  io: Io,
  {
    settings,
    store,
    options,
    ends,
  }: { settings: Settings; store: Store; options: FlowsOptions; ends?: FlowEnds },
): Promise<AtDesk> {
  const { principal, authenticatedBy } = await identify(io, {
    settings,
    store,
    as: options.as,
    local: options.local,
  });
  const { problems, ...book } = readFlowBook(settings.baseDir, FLOW_CATALOGUE);
  if (problems.length > 0) warn(io, problems[0]?.where?.file ?? 'a file', problems.length);
  printOktaSource(io, settings);
  const okta = await oktaSettings({
    env: settings.arx,
    config: settings.config,
    baseDir: settings.baseDir,
  });
  const connector = await oktaWith(settings, { store, okta });
  const rules = flowSettings(settings.config, okta.host);
  const desk = createFlowService({
    store,
    connectors: { okta: connector },
    book: () => book,
    settings: () => rules,
    now: () => new Date(),
    ...(ends && { ends }),
  });
  return { desk, asker: { principal, authenticatedBy, surface: 'cli' }, book, store, settings };
}

/**
 * What is not run by a worker: done at the desk over the store alone, which is made where there is
 * none yet.
 */
export async function withDesk<Result>(
  io: Io,
  options: FlowsOptions,
  task: (at: AtDesk) => Promise<Result>,
): Promise<Result> {
  const settings = await loadSettings(io, options);
  const { ends, close } = askingTemporal(settings, options);
  try {
    return await withStore(
      io,
      async (store) => task(await atDesk(io, { settings, store, options, ends })),
      {
        create: true,
      },
    );
  } finally {
    await close();
  }
}

function warn(io: Io, file: string, problems: number): void {
  const more = problems === 1 ? '' : `, and ${problems - 1} more`;
  printNote(
    io,
    io.colors.err.yellow(
      `! something is wrong in ${plain(file)}${more}: \`arx config check\` says what`,
    ),
  );
}
