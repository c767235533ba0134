/** Shared by the workflows that list page by page and then read item by item. */
import * as wf from '@temporalio/workflow';

/**
 * How long until Temporal notices that a worker was killed. In return, every running activity costs
 * one recorded heartbeat, which is an action, per four fifths of this time
 * (docs/decisions/0023).
 */
const SILENCE = '5 seconds';

/**
 * The wait after a worker has died, however often that happens. Every other failure brings its own
 * wait (src/activities/support/failures.ts).
 */
const SOON = { initialInterval: '1 second', backoffCoefficient: 1 } as const;

/** Options for activities that take seconds. */
export const QUICK = {
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: SILENCE,
  retry: SOON,
} as const;
/**
 * Options for activities that may wait for the vendor's quota, as long as they heartbeat: eight
 * pages at 20 calls a minute take more than an hour.
 */
export const PATIENT = { ...QUICK, startToCloseTimeout: '2 hours' } as const;

/** Consecutive items of one page. */
export interface Slice {
  page: number;
  from: number;
  count: number;
}

/**
 * Hands out slices of the listed pages, until the history has grown long and the run should continue
 * as new.
 */
export interface Slicer {
  /** The next slice; null at the end, or if paused. */
  next: () => Slice | null;
  paused: () => boolean;
}

/** Slices of at most `size` items of pages with these sizes. Advances the position `at`. */
export function slicer(
  sizes: readonly number[],
  at: { page: number; from: number },
  { size, historyLimit }: { size: number; historyLimit: number },
): Slicer {
  let paused = false;
  const next = (): Slice | null => {
    while (at.page < sizes.length && at.from >= (sizes[at.page] ?? 0)) {
      at.page += 1;
      at.from = 0;
    }
    const { page, from } = at;
    if (page >= sizes.length) return null;
    paused ||= historyIsLong(historyLimit);
    if (paused) return null;
    const count = Math.min(size, (sizes[page] ?? 0) - from);
    at.from += count;
    return { page, from, count };
  };
  return { next, paused: () => paused };
}

/**
 * Like `next`, but waits while the list is still being read. Null when the list is complete and used
 * up, or if paused.
 */
export function nextOrMore(
  { next, paused }: Slicer,
  sizes: readonly number[],
  list: { over: boolean },
): () => Promise<Slice | null> {
  return async () => {
    for (;;) {
      const slice = next();
      if (slice !== null || list.over || paused()) return slice;
      const pages = sizes.length;
      await wf.condition(() => list.over || sizes.length > pages);
    }
  };
}

/**
 * Reads what is listed while the listing continues. False if either paused. A failure is thrown only
 * after both have ended.
 */
export async function whileListing(
  listing: Promise<boolean>,
  read: (list: { over: boolean }) => Promise<boolean>,
): Promise<boolean> {
  const list = { over: false };
  const [listed, done] = await Promise.allSettled([
    listing.finally(() => (list.over = true)),
    read(list),
  ]);
  if (listed.status === 'rejected') throw listed.reason;
  if (done.status === 'rejected') throw done.reason;
  return listed.value && done.value;
}

/** Whether the run should continue as new; `limit` comes from its plan. */
export function historyIsLong(limit: number): boolean {
  const { historyLength, continueAsNewSuggested } = wf.workflowInfo();
  return continueAsNewSuggested || historyLength > limit;
}

/** The type of the underlying failure: a coded word, never a vendor's text. */
export function failureCode(error: unknown): string {
  const cause = error instanceof wf.ActivityFailure ? error.cause : error;
  if (cause instanceof wf.ApplicationFailure) return cause.type ?? 'failed';
  return cause instanceof wf.TimeoutFailure ? 'timeout' : 'failed';
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
