import { progress } from '../client.ts';
import { startCheck } from '../services/checks/start-check.ts';
import type { Composition } from './compose.ts';
import type { ServerChecks } from './types.ts';

/** How long a request waits for Temporal to start a workflow, and for a worker to answer a query. */
const START_WITHIN_MS = 5_000;
const ANSWER_WITHIN_MS = 500;

/**
 * Composes what the routes do with checks. The configuration of the worker applies to a started
 * check, as it does for the schedule.
 */
export function composeChecks({ store, link }: Composition): ServerChecks {
  return {
    start: (requester, request) =>
      link.client.withDeadline(Date.now() + START_WITHIN_MS, () =>
        startCheck({ link, store, config: null, requester }, request),
      ),
    progress: ({ workflowId }) => progress(link, workflowId, ANSWER_WITHIN_MS),
  };
}
