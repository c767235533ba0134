/** Reads rate-limit headers. */

import type { Sample, Settlement } from './types.ts';

type ResponseHeaders = Settlement['headers'];

const SHORTEST_MS = 1_000;
const LONGEST_MS = 120_000;

/** The wait after a 429 without a plausible reset. */
export const DEFAULT_RETRY_MS = 10_000;
/** The wait after a 429 about concurrent requests: they end by themselves within a second or two. */
const CONCURRENT_RETRY_MS = 1_500;

/**
 * Reads the x-rate-limit headers of a response. Duplicates (`1, 2`), words and negative numbers
 * count as missing.
 */
export function readSample({ status, headers }: Settlement): Sample {
  const window = readWindow(headers);
  const concurrent = status === 429 && isConcurrent(headers);
  return {
    window,
    concurrent,
    resetInMs:
      retryAfter(headers) ??
      (concurrent ? CONCURRENT_RETRY_MS : untilReset(headers)) ??
      (status === 429 ? refillInterval(headers) : null),
    // Parsing a date takes longer than everything else, and it is not needed without a window.
    date: (window && dateOf(headers)) ?? Date.now(),
    throttled: status === 429,
    emptyForMs: status === 429 ? null : untilRefill(headers),
    settled: status < 500 && status !== 429,
  };
}

/** The part of a sample that states how much of the limit is left. */
function readWindow(headers: ResponseHeaders): Sample['window'] {
  const limit = wholeNumber(headers.get('x-rate-limit-limit'));
  if (limit === null || limit === 0) return null;
  const remaining = wholeNumber(headers.get('x-rate-limit-remaining'));
  const reset = resetOf(headers);
  return remaining === null || reset === null ? null : { limit, remaining, reset };
}

/**
 * Milliseconds to wait after a 429: until the reset, measured against the response's own Date, from
 * 1 s to 120 s; a default without a reset.
 */
export const retryAfterMs = (headers: ResponseHeaders): number =>
  retryAfter(headers) ??
  (isConcurrent(headers) ? CONCURRENT_RETRY_MS : untilReset(headers)) ??
  refillInterval(headers) ??
  DEFAULT_RETRY_MS;

/**
 * Whether a 429 is about concurrent requests: Okta then states a limit and a remainder of 0, and a
 * reset that is far away although the requests end soon.
 */
const isConcurrent = (headers: ResponseHeaders): boolean =>
  wholeNumber(headers.get('x-rate-limit-limit')) === 0 &&
  wholeNumber(headers.get('x-rate-limit-remaining')) === 0;

/**
 * How long a token bucket stays empty (Jira Data Center); null if it has tokens left, or the vendor has
 * none. https://confluence.atlassian.com/adminjiraserver/improving-instance-stability-with-rate-limiting-983794911.html
 */
const untilRefill = (headers: ResponseHeaders): number | null => {
  const interval = refillInterval(headers);
  if (interval === null || wholeNumber(headers.get('x-ratelimit-remaining')) !== 0) return null;
  return retryAfter(headers) ?? interval;
};

/** The time after which a token bucket gets new tokens; null without one. */
function refillInterval(headers: ResponseHeaders): number | null {
  const seconds = wholeNumber(headers.get('x-ratelimit-interval-seconds'));
  return seconds === null ? null : clamp(seconds * 1000);
}

// Measured against the vendor's clock, so that a wrong local clock does no harm. A reset in the
// past counts as missing: obeying it would release every waiting request at once.
function untilReset(headers: ResponseHeaders): number | null {
  const reset = resetOf(headers);
  if (reset === null || (headers.get('date') !== null && dateOf(headers) === null)) return null;
  const ms = reset * 1000 - (dateOf(headers) ?? Date.now());
  return ms <= 0 ? null : clamp(ms);
}

function dateOf(headers: ResponseHeaders): number | null {
  const at = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(at) ? null : at;
}

function retryAfter(headers: ResponseHeaders): number | null {
  const seconds = wholeNumber(headers.get('retry-after'));
  return seconds === null ? null : clamp(seconds * 1000);
}

const resetOf = (headers: ResponseHeaders): number | null =>
  wholeNumber(headers.get('x-rate-limit-reset'));

const clamp = (ms: number): number => Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ms));

const wholeNumber = (text: string | null): number | null =>
  text !== null && /^\d{1,15}$/.test(text.trim()) ? Number(text) : null;
