/** Opens the service of delegated flows for a command. */

import { createFlowService } from '../../services/flows/flow-service.ts';
import type { FlowRequester, FlowConfig, FlowService } from '../../services/flows/types.ts';
import type { FlowEnds } from '../../client/flow-ends.ts';
import { oktaSettings } from '../../config/env/credentials.ts';
import { readFlowConfig } from '../../config/flows/flow-config.ts';
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
import { createWorkflowEnds } from './workflow-ends.ts';
import type { FlowsOptions } from './options.ts';

/** The service of delegated flows, with the requester who uses it. */
export interface FlowAccess {
  service: FlowService;
  requester: FlowRequester;
  flowConfig: FlowConfig;
  store: Store;
  settings: Settings;
}

/**
 * Opens the service for a store, and identifies the requester. Invalid flow files are skipped with
 * a warning. Throws CliError and ConfigError.
 */
export async function openFlowService(
  io: Io,
  {
    settings,
    store,
    options,
    ends,
  }: { settings: Settings; store: Store; options: FlowsOptions; ends?: FlowEnds },
): Promise<FlowAccess> {
  const { principal, authenticatedBy } = await identify(io, {
    settings,
    store,
    as: options.as,
    local: options.local,
    scope: 'flows',
  });
  const { problems, ...flowConfig } = readFlowConfig(settings.baseDir, FLOW_CATALOGUE);
  if (problems.length > 0)
    warnAboutFiles(io, problems[0]?.where?.file ?? 'a file', problems.length);
  printOktaSource(io, settings);
  const okta = await oktaSettings({
    env: settings.arx,
    config: settings.config,
    baseDir: settings.baseDir,
  });
  const connector = await oktaWith(settings, { store, okta });
  const rules = flowSettings(settings.config, okta.host);
  const service = createFlowService({
    store,
    connectors: { okta: connector },
    flowConfig: () => flowConfig,
    settings: () => rules,
    now: () => new Date(),
    ...(ends && { ends }),
  });
  return {
    service,
    requester: { principal, authenticatedBy, surface: 'cli' },
    flowConfig,
    store,
    settings,
  };
}

/**
 * Runs a task that needs no worker, only the service and the store, which is created if there is
 * none yet.
 */
export async function withFlowService<Result>(
  io: Io,
  options: FlowsOptions,
  task: (at: FlowAccess) => Promise<Result>,
): Promise<Result> {
  const settings = await loadSettings(io, options);
  const { ends, close } = createWorkflowEnds(settings, options);
  try {
    return await withStore(
      io,
      async (store) => task(await openFlowService(io, { settings, store, options, ends })),
      {
        create: true,
      },
    );
  } finally {
    await close();
  }
}

function warnAboutFiles(io: Io, file: string, problems: number): void {
  const more = problems === 1 ? '' : `, and ${problems - 1} more`;
  printNote(
    io,
    io.colors.err.yellow(`! ${plain(file)}${more} cannot be used; \`arx config check\` shows why`),
  );
}
