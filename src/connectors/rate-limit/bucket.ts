/**
 * The rules of one rate-limit bucket: what a response changes, and how many requests may be sent.
 */

import { DEFAULT_RETRY_MS } from './headers.ts';
import { usableCalls } from './usable.ts';
import { latestEnd, nextProbeAt, NO_RULE, ruleAfter, skewWith } from './window-end.ts';
import type { BucketState, Priority, Quota, Sample, Window } from './types.ts';

/**
 * How a request is sent: `ordinary`, or as the single `probe` that finds out whether a new window
 * has begun.
 */
export type SlotKind = 'ordinary' | 'probe';

/** A process without a heartbeat for this long is considered gone, along with its requests. */
const OWNER_GONE_MS = 10_000;
/** Responses without rate-limit headers after which a bucket counts as unlimited. */
const MAX_SILENT = 3;
/** The longest wait for the end of a window. */
const LONGEST_MS = 120_000;
/** The most slots given to a process in addition to those it requested. */
const MAX_SPARE = 64;
/** So many requests at once are as good as no limit. */
const ENOUGH_AT_ONCE = 30;
/** How often to check again while only the response to another process can change the state. */
const RECHECK_MS = 25;

/** The state of a bucket before any response. */
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
 * A finished call: when it was sent and received, by the clock of the store, and what its response
 * says.
 */
export interface FinishedCall {
  slot: SlotKind;
  sentAt: number;
  receivedAt: number;
  /** Null without a response. */
  sample: Sample | null;
}

/**
 * Removes processes that are gone, and a window that has ended. Changes `state`, as do the
 * functions below.
 */
export function refresh(state: BucketState, now: number): void {
  for (const [owner, { seenAt }] of Object.entries(state.owners)) {
    if (now - seenAt > OWNER_GONE_MS) delete state.owners[owner];
  }
  if (state.probing !== null && !(state.probing in state.owners)) state.probing = null;
  const { window } = state;
  if (!window || now < latestEnd(state, window)) return;
  // An implausible reset says nothing about the next window.
  const ended = window.oddEnd === null ? window : null;
  Object.assign(state, { lastReset: window.reset, ended, window: null });
}

/** Updates the state with the result of a call. */
export function settle(
  state: BucketState,
  { slot, sentAt, receivedAt, sample }: FinishedCall,
): void {
  if (slot === 'probe') state.probing = null;
  // Even without headers the vendor may have counted the call.
  if (!sample?.window && state.window) state.window.remaining -= 1;
  if (!sample) return;
  if (sample.window) learn(state, { slot, sentAt, receivedAt, sample });
  else if (sample.settled) countSilence(state);
  if (sample.concurrent) slowDown(state, sample, receivedAt);
  else if (sample.throttled) block(state, sample, receivedAt);
  else speedUp(state);
  if (sample.emptyForMs !== null)
    state.blockedUntil = Math.max(state.blockedUntil, receivedAt + sample.emptyForMs);
}

/** Too many requests at once: a short pause, and then half as many. */
function slowDown(state: BucketState, { resetInMs }: Sample, receivedAt: number): void {
  const pause = receivedAt + (resetInMs ?? DEFAULT_RETRY_MS);
  state.blockedUntil = Math.max(state.blockedUntil, pause);
  const sent = inFlight(state) + 1;
  state.atOnce = Math.max(1, Math.floor(Math.min(state.atOnce ?? sent, sent) / 2));
}

/** Every response without a 429 lets a little more requests be sent at once. */
function speedUp(state: BucketState): void {
  const { atOnce = null } = state;
  if (atOnce === null) return;
  state.atOnce = atOnce >= ENOUGH_AT_ONCE ? null : atOnce + 1 / (4 * atOnce);
}

/** How many more requests may be in flight. */
const roomOf = (state: BucketState): number =>
  typeof state.atOnce === 'number'
    ? Math.max(0, Math.floor(state.atOnce) - inFlight(state))
    : Infinity;

function countSilence(state: BucketState): void {
  state.silent += 1;
  state.unlimited ||= !state.window && (state.lastReset === 0 || state.silent >= MAX_SILENT);
}

type AnsweredCall = FinishedCall & { sample: Sample };

function learn(state: BucketState, answered: AnsweredCall): void {
  const reported = answered.sample.window;
  const over = state.window ?? state.ended;
  if (!reported) return;
  state.silent = 0;
  state.unlimited = false;
  // Responses overtake each other: those of an older window are ignored, and within a window the
  // lowest number counts.
  if (over && reported.reset < over.reset) return;
  state.skew.now = skewWith(state.skew.now, answered, answered.sample.date);
  if (over && reported.reset === over.reset) updateWindow(state, over, answered);
  else beginWindow(state, over, answered);
}

function updateWindow(
  state: BucketState,
  window: Window,
  { slot, receivedAt, sample }: AnsweredCall,
): void {
  window.remaining = Math.min(window.remaining, sample.window?.remaining ?? 0);
  if (slot !== 'probe') return;
  window.polls += 1;
  if (state.window) return;
  // The window was considered over but is not, so the rule that led to this is dropped.
  Object.assign(state, { window, ended: null, rule: NO_RULE });
  if (receivedAt >= latestEnd(state, window)) window.oddEnd = receivedAt + 1_000;
}

function beginWindow(
  state: BucketState,
  over: Window | null,
  { sentAt, receivedAt, sample }: AnsweredCall,
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
    state.window ? latestEnd(state, state.window) : until,
  );
  if (state.window) state.window.remaining = 0;
}

/** How many requests wait, by priority. */
export type Wanted = Record<Priority, number>;

export interface Allotment {
  given: Wanted;
  /**
   * Slots beyond those requested, given if there are plenty, so that not every call needs the
   * store.
   */
  spare: number;
  slot: SlotKind;
}

const NONE: Allotment = { given: { interactive: 0, scan: 0 }, spare: 0, slot: 'ordinary' };

/**
 * Hands out slots: ordinary ones while the window has calls left, else the probe that finds out
 * about the next window.
 */
export function allotSlots(
  state: BucketState,
  request: { owner: string; quota: Quota; wanted: Wanted },
  now: number,
): Allotment {
  const { quota, wanted } = request;
  if (now < state.blockedUntil || wanted.interactive + wanted.scan === 0) return NONE;
  const room = roomOf(state);
  if (room === 0) return NONE;
  const interactive = Math.min(wanted.interactive, slots(state, quota, 'interactive'), room);
  const scans = Math.max(0, slots(state, quota, 'scan') - interactive);
  const scan = Math.min(wanted.scan, scans, room - interactive);
  if (interactive + scan === 0) return probe(state, request, now);
  const spare =
    state.unlimited || room < Infinity ? 0 : Math.min(MAX_SPARE, Math.floor((scans - scan) / 64));
  return { given: { interactive, scan }, spare, slot: 'ordinary' };
}

function slots(state: BucketState, quota: Quota, priority: Priority): number {
  const { window, unlimited } = state;
  if (!window) return unlimited ? Infinity : 0;
  const forProbe =
    priority === 'scan' && quota.reserve === 0 && nextProbeAt(state, window) !== null ? 1 : 0;
  const usable = Math.max(1, usableCalls(window.limit, quota, priority) - forProbe);
  return Math.max(0, window.remaining - inFlight(state) - (window.limit - usable));
}

const inFlight = ({ owners }: BucketState): number =>
  Object.values(owners).reduce((sum, owner) => sum + owner.inFlight, 0);

function probe(
  state: BucketState,
  { owner, quota, wanted }: Parameters<typeof allotSlots>[1],
  now: number,
): Allotment {
  if (state.probing !== null || !mayProbe(state, quota, now)) return NONE;
  state.probing = owner;
  const interactive = Math.min(1, wanted.interactive);
  return { ...NONE, given: { interactive, scan: 1 - interactive }, slot: 'probe' };
}

function mayProbe(state: BucketState, quota: Quota, now: number): boolean {
  if (!state.window) return true;
  const at = nextProbeAt(state, state.window);
  return at !== null && now >= at && hasSpareCall(state, state.window, quota);
}

/** Whether the window, if it is still running, has a call left for a probe. */
const hasSpareCall = (state: BucketState, { limit, remaining }: Window, quota: Quota): boolean =>
  remaining - inFlight(state) > limit - usableCalls(limit, { ...quota, reserve: 0 }, 'scan');

/**
 * When waiting may end without a response to this process; null if only such a response can end it.
 */
export function wakeAt(
  state: BucketState,
  { owner, quota }: { owner: string; quota: Quota },
  now: number,
): number | null {
  if (now < state.blockedUntil) return state.blockedUntil;
  if (roomOf(state) === 0) return state.owners[owner]?.inFlight ? null : now + RECHECK_MS;
  if (state.probing !== null) return state.probing === owner ? null : now + RECHECK_MS;
  if (!state.window) return null;
  const probeAt = nextProbeAt(state, state.window);
  return probeAt !== null && probeAt > now && hasSpareCall(state, state.window, quota)
    ? probeAt
    : latestEnd(state, state.window);
}
