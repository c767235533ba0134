/**
 * Estimates when a rate-limit window ends. Vendors report whole seconds by their own clock, so the
 * end is learned from the responses.
 */

import type { BucketState, EndRule, Skew, Span, Window } from './types.ts';

/** Resets and Dates are whole seconds, and how a reset is rounded is undocumented. */
const SECOND = 1_000;
/** Allows for timers, and for the difference between the clock of the store and the local one. */
const MARGIN_MS = 15;
/** Okta's windows are one minute long (developer.okta.com, rate limits). */
const MINUTE = 60;
/** For shorter windows, a reset says too little about the length. */
const SHORTEST_SECONDS = 3;
/** From this limit on, reserving a call for a probe is worthwhile. */
const WORTH_PROBING = 50;

/** The rule before anything has been learned. */
export const NO_RULE: EndRule = { seconds: null, roundedUp: false, tested: false };

/**
 * Narrows the bounds of the vendor's clock by one response: its Date was set between sending and
 * receiving.
 */
export function skewWith(
  known: Skew | null,
  call: { sentAt: number; receivedAt: number },
  date: number,
): Skew {
  const low = date - call.receivedAt;
  const high = date + SECOND - call.sentAt;
  return known
    ? { low: Math.max(known.low, low), high: Math.min(known.high, high) }
    : { low, high };
}

/**
 * The bounds from the current and the previous window combined. If they do not overlap, a clock was
 * changed, and those of the current window count.
 */
function bestSkew({ now, before }: BucketState['skew']): Skew {
  if (!now || !before) return now ?? before ?? { low: 0, high: 0 };
  const both = { low: Math.max(now.low, before.low), high: Math.min(now.high, before.high) };
  return both.low <= both.high ? both : now;
}

/** The latest time at which the window ends. */
export function latestEnd(state: BucketState, window: Window): number {
  if (window.oddEnd !== null) return window.oddEnd;
  const byReset = window.reset * SECOND - bestSkew(state.skew).low + SECOND + MARGIN_MS;
  const { seconds, tested } = state.rule;
  if (!window.began || seconds === null || (!tested && window.limit < WORTH_PROBING))
    return byReset;
  // If the window reports a different length than learned, its own reset counts.
  return fits(state, window.began, window)
    ? Math.min(byReset, after(window.began, seconds))
    : byReset;
}

/** Whether the length that the window reports agrees with the learned length. */
function fits({ rule, skew }: BucketState, began: Span, window: Window): boolean {
  const reported = windowLength(window, began, bestSkew(skew));
  const seconds = rule.seconds ?? 0;
  return (
    reported.low <= (seconds + (rule.roundedUp ? 1 : 0)) * SECOND &&
    reported.high > (seconds - 2) * SECOND
  );
}

const after = ({ to }: Span, seconds: number): number => to + seconds * SECOND + MARGIN_MS;

/**
 * When to probe whether the window has already ended; null if there is nothing to find out. A reset
 * that was rounded up makes a window appear a second longer than it is; one probe, a second
 * earlier, settles this.
 */
export function nextProbeAt(
  { rule }: BucketState,
  { began, limit, polls, oddEnd }: Window,
): number | null {
  if (rule.seconds === null || rule.tested || !began || polls > 0 || oddEnd !== null) return null;
  return limit < WORTH_PROBING ? null : after(began, rule.seconds - 1);
}

/** The rule after a window has ended, learned from the first response of the next window. */
export function ruleAfter(state: BucketState, over: Window, seenBy: number): EndRule {
  const { began, oddEnd, polls } = over;
  const { rule } = state;
  if (!began || oddEnd !== null) return rule;
  if (rule.seconds === null || !fits(state, began, over))
    return firstRule(windowLength(over, began, bestSkew(state.skew)));
  if (rule.tested) return rule;
  if (seenBy - began.from < (rule.seconds - 0.5) * SECOND) {
    return { seconds: rule.seconds - 1, roundedUp: true, tested: false };
  }
  return { ...rule, tested: polls > 0 };
}

/** Bounds of the time from the first request to the reported reset, in milliseconds. */
function windowLength({ reset }: Window, began: Span, skew: Skew): Skew {
  return {
    low: reset * SECOND - began.to - skew.high,
    high: reset * SECOND - began.from - skew.low,
  };
}

function firstRule({ low, high }: Skew): EndRule {
  if (low < (MINUTE + 2) * SECOND && high > (MINUTE - 2) * SECOND) {
    return { seconds: MINUTE, roundedUp: true, tested: true };
  }
  const seconds = Math.ceil(high / SECOND);
  return seconds < SHORTEST_SECONDS ? NO_RULE : { ...NO_RULE, seconds };
}
