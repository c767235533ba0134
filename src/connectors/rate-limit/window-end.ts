import type { BucketState, EndRule, Skew, Span, Window } from './types.ts';

/** Resets and Dates are whole seconds, and nobody says how the reset was rounded. */
const SECOND = 1_000;
/** For timers, and for the difference between the book's clock and ours. */
const MARGIN_MS = 15;
/** Okta's windows (developer.okta.com, rate limits): what looks like a minute is one. */
const MINUTE = 60;
/** Resets of windows shorter than this tell too little of their length. */
const SHORTEST_SECONDS = 3;
/** The limit from which it is worth to keep a call for a look. */
const WORTH_LOOKING = 50;

/** Nothing learned yet. */
export const NO_RULE: EndRule = { seconds: null, roundedUp: false, tested: false };

/**
 * Narrows the bounds of the vendor's clock by one answer: its Date was read between sending and
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
 * The bounds from the running window and the one before; where they cross a clock was set, and the
 * newest holds.
 */
function bestSkew({ now, before }: BucketState['skew']): Skew {
  if (!now || !before) return now ?? before ?? { low: 0, high: 0 };
  const both = { low: Math.max(now.low, before.low), high: Math.min(now.high, before.high) };
  return both.low <= both.high ? both : now;
}

/** From when on the window surely is over. */
export function surelyOver(state: BucketState, window: Window): number {
  if (window.oddEnd !== null) return window.oddEnd;
  const lastly = window.reset * SECOND - bestSkew(state.skew).low + SECOND + MARGIN_MS;
  const { seconds, tested } = state.rule;
  if (!window.began || seconds === null || (!tested && window.limit < WORTH_LOOKING)) return lastly;
  // A window that tells of a longer one than those before is believed.
  return fits(state, window.began, window)
    ? Math.min(lastly, after(window.began, seconds))
    : lastly;
}

/** Whether what the window tells of its length agrees with what was learned. */
function fits({ rule, skew }: BucketState, began: Span, window: Window): boolean {
  const told = windowLength(window, began, bestSkew(skew));
  const seconds = rule.seconds ?? 0;
  return (
    told.low <= (seconds + (rule.roundedUp ? 1 : 0)) * SECOND && told.high > (seconds - 2) * SECOND
  );
}

const after = ({ to }: Span, seconds: number): number => to + seconds * SECOND + MARGIN_MS;

/**
 * When to look whether the window is over already; null where there is nothing to find out. A reset
 * that was rounded up makes windows look a second longer than they are: one look, a second before,
 * tells.
 */
export function nextLook(
  { rule }: BucketState,
  { began, limit, polls, oddEnd }: Window,
): number | null {
  if (rule.seconds === null || rule.tested || !began || polls > 0 || oddEnd !== null) return null;
  return limit < WORTH_LOOKING ? null : after(began, rule.seconds - 1);
}

/**
 * What the end of a window, seen by the first answer of the next, teaches about the length of
 * windows.
 */
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

/** From the first request to the told reset, in milliseconds. */
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
