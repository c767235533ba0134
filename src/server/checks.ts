import { progress } from '../client.ts';
import { cancelCheck } from '../services/checks/cancel-check.ts';
import { changeSchedule } from '../services/checks/change-schedule.ts';
import { readSchedule } from '../services/checks/schedule.ts';
import { startCheck } from '../services/checks/start-check.ts';
import type { Composition } from './compose.ts';
import type { ServerChecks } from './types.ts';

/** How long a request waits for Temporal to start a workflow, and for a worker to answer a query. */
export const START_WITHIN_MS = 5_000;
export const ANSWER_WITHIN_MS = 500;

/**
 * Composes what the routes do with checks. The configuration of the worker applies to a started
 * check, as it does for the schedule.
 */
export function composeChecks({ store, link, config }: Composition): ServerChecks {
  const { schedule } = config;
  const within = <Answer>(ask: () => Promise<Answer>): Promise<Answer> =>
    link.client.withDeadline(Date.now() + START_WITHIN_MS, ask);
  return {
    start: (requester, request) =>
      within(() => startCheck({ link, store, config: null, requester }, request)),
    cancel: (requester, run) => within(() => cancelCheck({ link, store }, requester, run)),
    schedule: () => within(() => readSchedule(link, schedule)),
    register: (requester, change) =>
      within(() => changeSchedule({ link, store }, { requester, schedule, change })),
    progress: ({ workflowId }) => progress(link, workflowId, ANSWER_WITHIN_MS),
  };
}
