/** Sizes of a scan's pages, batches and histories, and how far the log reaches back. */

/**
 * History length at which a run continues as new. A history of this length replays in about half a
 * second, and a run of a few thousand users is one execution. Recorded in the plan.
 */
export const HISTORY_LIMIT = 1_500;
/** How many hours Okta keeps the System Log. */
export const MOST_HOURS_BACK = 2_160;
/** Findings, or closable tickets, that one activity returns. */
export const FINDINGS_PER_PAGE = 50;
/** Users that Okta lists on one page. */
export const USERS_PER_PAGE = 200;
/** Maximum number of pages of one list that one activity reads. */
export const PAGES_AT_ONCE = 10;
/** Above this number of users, `scan.batch: auto` uses batches; up to it, one user per activity. */
export const SMALL_BATCH_ABOVE = 200;
/** Users per batch in that case: small enough that progress is seen, and little is read again. */
const SMALL_BATCH = 25;
/** Above this number of users, a batch is one page of the list, and checks begin beside the list. */
export const AUTO_BATCH_ABOVE = 2_000;
/** Users per batch in that case. Recorded in the plan. */
export const AUTO_BATCH = 200;

/** Users per activity: as configured, or depending on the number of listed users. */
export function batchSize(batch: 'auto' | number, listed: number, autoBatch: number): number {
  if (batch !== 'auto') return batch;
  if (listed > AUTO_BATCH_ABOVE) return autoBatch;
  return listed > SMALL_BATCH_ABOVE ? SMALL_BATCH : 1;
}
