/**
 * History length at which a run continues as new: one of this length replays in well under 0.3 s.
 * Stands in the plan.
 */
export const HISTORY_LIMIT = 300;
/** That of plans of earlier versions, which name none. */
export const EARLIER_HISTORY_LIMIT = 1_000;
/** Findings, or closable tickets, that one activity names. */
export const FINDINGS_A_PAGE = 50;
/** Users that Okta lists on one page. */
export const USERS_A_PAGE = 200;
/** Pages of one list that one activity reads at most. */
export const PAGES_AT_ONCE = 10;
/** Above this many users `scan.batch: auto` goes from one user an activity to batches. */
export const AUTO_BATCH_ABOVE = 2_000;
/** Users of a batch then: a page of the list. Stands in the plan. */
export const AUTO_BATCH = 200;
/** That of plans of earlier versions, which name none. */
export const EARLIER_AUTO_BATCH = 100;

/** Users an activity: as configured, or by how many were listed. */
export function batchSize(batch: 'auto' | number, listed: number, autoBatch: number): number {
  if (batch !== 'auto') return batch;
  return listed > AUTO_BATCH_ABOVE ? autoBatch : 1;
}
