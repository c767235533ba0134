import { DEFAULT_RETRY_MS } from './headers.ts';
import { usableCalls } from './usable.ts';
import { ruleAfter, nextLook, NO_RULE, skewWith, surelyOver } from './window-end.ts';
import type { BucketState, Priority, Quota, Sample, Window } from './types.ts';

/**
 * How a request was let through: among others, or alone to find out whether a new window has begun.
 */
export type Place = 'ordinary' | 'probe';

/** A process that has not been heard of for so long has no requests under way any more. */
const OWNER_GONE_MS = 10_000;
/** Answers without headers after which a bucket that once had a limit counts as having none. */
const SILENT = 3;
/** A window is never waited for longer than this. */
const LONGEST_MS = 120_000;
/** Places given to one process beyond what it asked for. */
const MOST_SPARE = 64;
/** How often to look again where only another process's answer can change anything. */
const LOOK_AGAIN_MS = 25;

/** A bucket of which nothing is known. */
export const freshBucket = (): BucketState => ({
  window: null,
  ended: null,
  lastReset: 0,
  silent: 0,
  unlimited: false,
  probing: null,
  owners: {},
  blockedUntil: 0,
  skew: { now: null, before: null },
  rule: NO_RULE,
});

/**
 * One call that came back: when it was sent and came back on the book's clock, and what its answer
 * says.
 */
export interface Settled {
  place: Place;
  sentAt: number;
  receivedAt: number;
  /** Null where no answer came. */
  sample: Sample | null;
}

/**
 * Forgets processes that are gone and a window that is over. Changes `state`, like everything
 * below.
 */
export function refresh(state: BucketState, now: number): void {
  for (const [owner, { seenAt }] of Object.entries(state.owners)) {
    if (now - seenAt > OWNER_GONE_MS) delete state.owners[owner];
  }
  if (state.probing !== null && !(state.probing in state.owners)) state.probing = null;
  const { window } = state;
  if (!window || now < surelyOver(state, window)) return;
  // A reset that was never true says nothing of the next one.
  const ended = window.oddEnd === null ? window : null;
  Object.assign(state, { lastReset: window.reset, ended, window: null });
}

/** Takes in what a call found. */
export function settle(state: BucketState, { place, sentAt, receivedAt, sample }: Settled): void {
  if (place === 'probe') state.probing = null;
  // Without headers the call may have counted all the same.
  if (!sample?.window && state.window) state.window.remaining -= 1;
  if (!sample) return;
  if (sample.window) learn(state, { place, sentAt, receivedAt, sample });
  else if (sample.settled) listenTo(state);
  if (sample.throttled) block(state, sample, receivedAt);
}

function listenTo(state: BucketState): void {
  state.silent += 1;
  state.unlimited ||= !state.window && (state.lastReset === 0 || state.silent >= SILENT);
}

type Answered = Settled & { sample: Sample };

function learn(state: BucketState, answered: Answered): void {
  const told = answered.sample.window;
  const over = state.window ?? state.ended;
  if (!told) return;
  state.silent = 0;
  state.unlimited = false;
  // Answers overtake each other: an older window says nothing any more, and in this one the lowest
  // number holds.
  if (over && told.reset < over.reset) return;
  state.skew.now = skewWith(state.skew.now, answered, answered.sample.date);
  if (over && told.reset === over.reset) stillRunning(state, over, answered);
  else beginWindow(state, over, answered);
}

function stillRunning(
  state: BucketState,
  window: Window,
  { place, receivedAt, sample }: Answered,
): void {
  window.remaining = Math.min(window.remaining, sample.window?.remaining ?? 0);
  if (place !== 'probe') return;
  window.polls += 1;
  if (state.window) return;
  // It was taken as over and is not: whatever led there is not to be relied on.
  Object.assign(state, { window, ended: null, rule: NO_RULE });
  if (receivedAt >= surelyOver(state, window)) window.oddEnd = receivedAt + 1_000;
}

function beginWindow(
  state: BucketState,
  over: Window | null,
  { sentAt, receivedAt, sample }: Answered,
): void {
  const { limit, remaining, reset } = sample.window ?? { limit: 0, remaining: 0, reset: 0 };
  if (over) state.rule = ruleAfter(state, over, receivedAt);
  const skew = skewWith(null, { sentAt, receivedAt }, sample.date);
  state.skew = { now: skew, before: over ? state.skew.now : null };
  const inMs = sample.resetInMs ?? DEFAULT_RETRY_MS;
  const odd = sample.resetInMs === null || inMs >= LONGEST_MS;
  state.window = {
    limit,
    remaining,
    reset,
    began: remaining === limit - 1 ? { from: sentAt, to: receivedAt } : null,
    polls: 0,
    oddEnd: odd ? receivedAt + inMs : null,
  };
  if (over) state.lastReset = over.reset;
  state.ended = null;
}

function block(state: BucketState, { resetInMs }: Sample, receivedAt: number): void {
  state.rule = NO_RULE;
  const until = receivedAt + (resetInMs ?? DEFAULT_RETRY_MS);
  state.blockedUntil = Math.max(
    state.blockedUntil,
    until,
    state.window ? surelyOver(state, state.window) : until,
  );
  if (state.window) state.window.remaining = 0;
}

/** How many requests wait, by priority. */
export type Wanted = Record<Priority, number>;

export interface Taken {
  given: Wanted;
  /** Beyond what waits: a few more where there are plenty, so that not every call has to ask. */
  spare: number;
  place: Place;
}

const NONE: Taken = { given: { interactive: 0, scan: 0 }, spare: 0, place: 'ordinary' };

/**
 * Hands out places: ordinary ones while the window has some, or the one that finds out about the
 * next window.
 */
export function take(
  state: BucketState,
  asking: { owner: string; quota: Quota; wanted: Wanted },
  now: number,
): Taken {
  const { quota, wanted } = asking;
  if (now < state.blockedUntil || wanted.interactive + wanted.scan === 0) return NONE;
  const interactive = Math.min(wanted.interactive, places(state, quota, 'interactive'));
  const scans = Math.max(0, places(state, quota, 'scan') - interactive);
  const scan = Math.min(wanted.scan, scans);
  if (interactive + scan === 0) return probe(state, asking, now);
  const spare = state.unlimited ? 0 : Math.min(MOST_SPARE, Math.floor((scans - scan) / 64));
  return { given: { interactive, scan }, spare, place: 'ordinary' };
}

function places(state: BucketState, quota: Quota, priority: Priority): number {
  const { window, unlimited } = state;
  if (!window) return unlimited ? Infinity : 0;
  const look =
    priority === 'scan' && quota.reserve === 0 && nextLook(state, window) !== null ? 1 : 0;
  const usable = Math.max(1, usableCalls(window.limit, quota, priority) - look);
  return Math.max(0, window.remaining - inFlight(state) - (window.limit - usable));
}

const inFlight = ({ owners }: BucketState): number =>
  Object.values(owners).reduce((sum, owner) => sum + owner.inFlight, 0);

function probe(
  state: BucketState,
  { owner, quota, wanted }: Parameters<typeof take>[1],
  now: number,
): Taken {
  if (state.probing !== null || !mayProbe(state, quota, now)) return NONE;
  state.probing = owner;
  const interactive = Math.min(1, wanted.interactive);
  return { ...NONE, given: { interactive, scan: 1 - interactive }, place: 'probe' };
}

function mayProbe(state: BucketState, quota: Quota, now: number): boolean {
  if (!state.window) return true;
  const at = nextLook(state, state.window);
  return at !== null && now >= at && hasSpareCall(state, state.window, quota);
}

/** Whether the window, should it still run, has a call left for a look. */
const hasSpareCall = (state: BucketState, { limit, remaining }: Window, quota: Quota): boolean =>
  remaining - inFlight(state) > limit - usableCalls(limit, { ...quota, reserve: 0 }, 'scan');

/** When waiting may end without an answer coming in here; null where only that can end it. */
export function wakeAt(
  state: BucketState,
  { owner, quota }: { owner: string; quota: Quota },
  now: number,
): number | null {
  if (now < state.blockedUntil) return state.blockedUntil;
  if (state.probing !== null) return state.probing === owner ? null : now + LOOK_AGAIN_MS;
  if (!state.window) return null;
  const look = nextLook(state, state.window);
  return look !== null && look > now && hasSpareCall(state, state.window, quota)
    ? look
    : surelyOver(state, state.window);
}
