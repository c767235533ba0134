import { createFlowDesk } from '../../client/flows/desk.ts';
import type { FlowAsker, FlowBook, FlowDesk, FlowEnds } from '../../client/flows/types.ts';
import { oktaSettings } from '../../config/credentials.ts';
import { readFlowBook } from '../../config/flow-book.ts';
import { flowSettings } from '../../config/flow-settings.ts';
import { FLOW_CATALOGUE } from '../../remediation/catalogue.ts';
import type { Store } from '../../store/types.ts';
import { identify } from '../governed/identity.ts';
import { oktaWith } from '../support/connectors.ts';
import { say } from '../support/io.ts';
import type { Io } from '../support/io.ts';
import { tellOktaSource } from '../support/okta-source.ts';
import { loadSettings } from '../support/settings.ts';
import type { Settings } from '../support/settings.ts';
import { withStore } from '../support/store.ts';
import { plain } from '../support/text.ts';
import { askingTemporal } from './asking-temporal.ts';
import type { FlowsOptions } from './options.ts';

/** Somebody at the desk of delegated flows. */
export interface AtDesk {
  desk: FlowDesk;
  asker: FlowAsker;
  book: FlowBook;
  store: Store;
  settings: Settings;
}

/** The desk over a store, and who asks. Files of flows that are wrong are left out, aloud. Throws CliError and ConfigError. */
export async function atDesk(
  io: Io,
  { settings, store, options, ends }: { settings: Settings; store: Store; options: FlowsOptions; ends?: FlowEnds },
): Promise<AtDesk> {
  const { principal, authenticatedBy } = await identify(io, {
    ...{ settings, store },
    as: options.as,
    local: options.local,
  });
  const { problems, ...book } = readFlowBook(settings.baseDir, FLOW_CATALOGUE);
  if (problems.length > 0) warn(io, problems[0]?.where?.file ?? 'a file', problems.length);
  tellOktaSource(io, settings);
  const okta = await oktaSettings({ env: settings.arx, config: settings.config, baseDir: settings.baseDir });
  const connector = await oktaWith(settings, { store, okta });
  const rules = flowSettings(settings.config, okta.host);
  const desk = createFlowDesk({
    store,
    connectors: { okta: connector },
    book: () => book,
    settings: () => rules,
    now: () => new Date(),
    ...(ends && { ends }),
  });
  return { desk, asker: { principal, authenticatedBy, surface: 'cli' }, book, store, settings };
}

/** What is not run by a worker: done at the desk over the store alone, which is made where there is none yet. */
export async function withDesk<Result>(
  io: Io,
  options: FlowsOptions,
  task: (at: AtDesk) => Promise<Result>,
): Promise<Result> {
  const settings = await loadSettings(io, options);
  const { ends, close } = askingTemporal(settings, options);
  try {
    return await withStore(io, async (store) => task(await atDesk(io, { settings, store, options, ends })), {
      create: true,
    });
  } finally {
    await close();
  }
}

function warn(io: Io, file: string, problems: number): void {
  const more = problems === 1 ? '' : `, and ${problems - 1} more`;
  say(io, io.colors.err.yellow(`! something is wrong in ${plain(file)}${more}: \`arx config check\` says what`));
}
