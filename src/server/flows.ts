import { createFlowService } from '../services/flows/flow-service.ts';
import { watchFlows } from '../services/flows/watch-flows.ts';
import { workflowEnds } from '../client/flow-ends.ts';
import { startFlow } from '../client/delegated-flow.ts';
import { flowSettings } from '../config/flows/flow-settings.ts';
import type { Connectors } from '../connectors/types.ts';
import type { Composition } from './compose.ts';
import type { ServerFlows } from './types.ts';

/**
 * An event hook waits for its answer; a start that Temporal does not accept in this time is
 * repeated by the next delivery.
 */
const START_WITHIN_MS = 5_000;
const now = (): Date => new Date();

/** Composes the flow service over flows that follow their files, and starts runs. */
export function composeFlows(composition: Composition & { connectors: Connectors }): ServerFlows {
  const { connectors, store, config, baseDir, link, log } = composition;
  const { flowConfig } = watchFlows(baseDir, log);
  const settings = flowSettings(config, connectors.oktaHost);
  return {
    service: createFlowService({
      store,
      connectors,
      flowConfig,
      settings: () => settings,
      now,
      ends: workflowEnds(async () => link),
    }),
    routes: () => flowConfig().routes,
    start: (record) =>
      link.client.withDeadline(Date.now() + START_WITHIN_MS, () => startFlow(link, record)),
    requestsPerMinute: () => config.remediation.requests_per_minute,
  };
}
