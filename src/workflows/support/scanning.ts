/** What the stories share that list page by page and then read item by item. */
import * as wf from '@temporalio/workflow';
import { EARLIER_HISTORY_LIMIT } from '../../mfa/scan-plan.ts';

/**
 * A worker that was killed is found out after this long; each activity in flight then costs a
 * recorded heartbeat, an action, in four fifths of it (docs/decisions/0023).
 */
const SILENCE = '5 seconds';

/**
 * Failures carry their own wait (src/activities/support/failures.ts); this one is for a worker that
 * died, however many did.
 */
const SOON = { initialInterval: '1 second', backoffCoefficient: 1 } as const;

/** Options of activities that take seconds. */
export const QUICK = {
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: SILENCE,
  retry: SOON,
} as const;
/**
 * Of those that may wait for the quota, for as long as it takes while they heartbeat: eight pages
 * at 20 calls a minute.
 */
export const PATIENT = { ...QUICK, startToCloseTimeout: '2 hours' } as const;

/** Items of one page. */
export interface Slice {
  page: number;
  from: number;
  count: number;
}

/**
 * Hands out what is left of listed pages, until the history has grown long and the run should
 * continue as new.
 */
export interface Slicer {
  /** The next items; null at the end, or when paused. */
  next: () => Slice | null;
  paused: () => boolean;
}

/**
 * Slices of `size` items at most, of pages of these sizes, until the history is long; moves the
 * position on.
 */
export function slicer(
  sizes: readonly number[],
  at: { page: number; from: number },
  { size, historyLimit }: { size: number; historyLimit: number | undefined },
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
 * As `next`, but where more is still being listed it waits for it: null comes when the list is
 * over, or paused.
 */
export function nextOrMore(
  { next, paused }: Slicer,
  sizes: readonly number[],
  list: { over: boolean },
): () => Slice | null | Promise<Slice | null> {
  const more = async (): Promise<Slice | null> => {
    const pages = sizes.length;
    await wf.condition(() => list.over || sizes.length > pages);
    return nextOne();
  };
  const nextOne = (): Slice | null | Promise<Slice | null> =>
    next() ?? (list.over || paused() ? null : more());
  return nextOne;
}

/**
 * Lists, and reads beside it what is listed; false where either paused. What fails is thrown once
 * both have come to rest.
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

/** Whether the run should continue as new. The limit is that of its plan. */
export function historyIsLong(limit = EARLIER_HISTORY_LIMIT): boolean {
  const { historyLength, continueAsNewSuggested } = wf.workflowInfo();
  return continueAsNewSuggested || historyLength > limit;
}

/** The type of the failure at the bottom: a coded word, never a vendor's text. */
export function failureCode(error: unknown): string {
  const cause = error instanceof wf.ActivityFailure ? error.cause : error;
  if (cause instanceof wf.ApplicationFailure) return cause.type ?? 'failed';
  return cause instanceof wf.TimeoutFailure ? 'timeout' : 'failed';
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
