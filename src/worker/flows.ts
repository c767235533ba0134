import type { Logger } from 'pino';
import { createFlowActivities } from '../activities/flows/create.ts';
import type { FlowDeps } from '../activities/flows/deps.ts';
import type { FlowActivities } from '../activities/flows/types.ts';
import { createFlowService } from '../services/flows/flow-service.ts';
import { runDraft } from '../services/flows/audit-entries.ts';
import type { FlowServiceParts } from '../services/flows/types.ts';
import { watchFlows } from '../services/flows/watch-flows.ts';
import type { Store } from '../store/types.ts';

/** Dependencies of the activities of delegated flows. */
export interface FlowParts extends Omit<
  FlowDeps,
  'flowService' | 'draft' | 'flowConfig' | 'settings' | 'store'
> {
  store: Store;
  /** Settings of approvals, for the protected list. */
  settings: FlowDeps['settings'];
  serviceSettings: FlowServiceParts['settings'];
  baseDir: string;
  log: Logger;
}

/** Composes the activities of delegated flows, over flows that follow their files. */
export function composeFlows({ serviceSettings, baseDir, log, ...parts }: FlowParts): {
  activities: FlowActivities;
  close: () => void;
} {
  const source = watchFlows(baseDir, log);
  const { store, connectors, now } = parts;
  const { flowConfig } = source;
  const flowService = createFlowService({
    store,
    connectors,
    flowConfig,
    settings: serviceSettings,
    now,
  });
  return {
    activities: createFlowActivities({ ...parts, flowService, draft: runDraft, flowConfig }),
    close: source.close,
  };
}
