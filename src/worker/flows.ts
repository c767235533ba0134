import { createFlowActivities } from '../activities/flows/create.ts';
import type { FlowDeps } from '../activities/flows/deps.ts';
import type { FlowActivities } from '../activities/flows/types.ts';
import { createFlowService } from '../services/flows/flow-service.ts';
import { runDraft } from '../services/flows/audit-entries.ts';
import type { FlowServiceParts } from '../services/flows/types.ts';
import type { Store } from '../store/types.ts';

/** Dependencies of the activities of delegated flows. */
export interface FlowParts extends Omit<FlowDeps, 'flowService' | 'draft' | 'settings' | 'store'> {
  store: Store;
  /** Settings of approvals, for the protected list. */
  settings: FlowDeps['settings'];
  serviceSettings: FlowServiceParts['settings'];
  flowConfig: FlowServiceParts['flowConfig'];
}

/** Composes the activities of delegated flows. */
export function composeFlows({ serviceSettings, ...parts }: FlowParts): FlowActivities {
  const { store, connectors, now, flowConfig } = parts;
  const flowService = createFlowService({
    store,
    connectors,
    flowConfig,
    settings: serviceSettings,
    now,
  });
  return createFlowActivities({ ...parts, flowService, draft: runDraft });
}
