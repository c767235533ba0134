/** Sizes of a scan's pages, batches and histories. */

/**
 * History length at which a run continues as new. A history of this length replays in well under
 * 0.3 s. Recorded in the plan.
 */
export const HISTORY_LIMIT = 300;
/** Findings, or closable tickets, that one activity returns. */
export const FINDINGS_PER_PAGE = 50;
/** Users that Okta lists on one page. */
export const USERS_PER_PAGE = 200;
/** Maximum number of pages of one list that one activity reads. */
export const PAGES_AT_ONCE = 10;
/** Above this number of users, `scan.batch: auto` changes from one user per activity to batches. */
export const AUTO_BATCH_ABOVE = 2_000;
/** Users per batch in that case: one page of the list. Recorded in the plan. */
export const AUTO_BATCH = 200;

/** Users per activity: as configured, or depending on the number of listed users. */
export function batchSize(batch: 'auto' | number, listed: number, autoBatch: number): number {
  if (batch !== 'auto') return batch;
  return listed > AUTO_BATCH_ABOVE ? autoBatch : 1;
}
