import { createFlowService } from '../services/flows/flow-service.ts';
import { watchFlows } from '../services/flows/watch-flows.ts';
import { workflowEnds } from '../client/flow-ends.ts';
import { startFlow } from '../client/delegated-flow.ts';
import { flowSettings } from '../config/flows/flow-settings.ts';
import type { Connectors } from '../connectors/types.ts';
import type { Composition } from './compose.ts';
import type { ServerFlows } from './types.ts';

/** A hook waits for its answer; what Temporal has not taken by then, the next delivery starts. */
const START_WITHIN_MS = 5_000;
const now = (): Date => new Date();

/** The service over flows that follow their files, and the starting of runs. */
export function composeFlows(composition: Composition & { connectors: Connectors }): ServerFlows {
  const { connectors, store, config, baseDir, link, log } = composition;
  const { book } = watchFlows(baseDir, log);
  const settings = flowSettings(config, connectors.oktaHost);
  return {
    service: createFlowService({
      store,
      connectors,
      book,
      settings: () => settings,
      now,
      ends: workflowEnds(async () => link),
    }),
    routes: () => book().routes,
    start: (record) =>
      link.client.withDeadline(Date.now() + START_WITHIN_MS, () => startFlow(link, record)),
    perMinute: () => config.remediation.requests_per_minute,
  };
}
