import type { Sample, Settlement } from './types.ts';

type Told = Settlement['headers'];

const SHORTEST_MS = 1_000;
const LONGEST_MS = 120_000;

/** Wait after a 429 whose headers tell no plausible reset. */
export const DEFAULT_RETRY_MS = 10_000;

/**
 * Reads the x-rate-limit headers of an answer. Duplicates (`1, 2`), words and numbers below zero
 * count as missing.
 */
export function readSample({ status, headers }: Settlement): Sample {
  const window = readWindow(headers);
  return {
    window,
    resetInMs: retryAfter(headers) ?? untilReset(headers),
    // Reading a date takes longer than all the rest, and nobody asks for that of an answer without
    // a window.
    date: (window && dateOf(headers)) ?? Date.now(),
    throttled: status === 429,
    settled: status < 500 && status !== 429,
  };
}

/** The part of a sample that tells how much of the limit is left. */
export function readWindow(headers: Told): Sample['window'] {
  const limit = wholeNumber(headers.get('x-rate-limit-limit'));
  if (limit === null || limit === 0) return null;
  const remaining = wholeNumber(headers.get('x-rate-limit-remaining'));
  const reset = resetOf(headers);
  return remaining === null || reset === null ? null : { limit, remaining, reset };
}

/**
 * Milliseconds to wait after a 429: the reset against the answer's own Date, 1 s to 120 s; a
 * default where not told.
 */
export const retryAfterMs = (headers: Told): number =>
  retryAfter(headers) ?? untilReset(headers) ?? DEFAULT_RETRY_MS;

// Measured against the vendor's clock, so that ours may be wrong. A past reset is as good as none:
// obeying it would let everybody go at once.
function untilReset(headers: Told): number | null {
  const reset = resetOf(headers);
  if (reset === null || (headers.get('date') !== null && dateOf(headers) === null)) return null;
  const ms = reset * 1000 - (dateOf(headers) ?? Date.now());
  return ms <= 0 ? null : clamp(ms);
}

function dateOf(headers: Told): number | null {
  const at = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(at) ? null : at;
}

function retryAfter(headers: Told): number | null {
  const seconds = wholeNumber(headers.get('retry-after'));
  return seconds === null ? null : clamp(seconds * 1000);
}

const resetOf = (headers: Told): number | null => wholeNumber(headers.get('x-rate-limit-reset'));

const clamp = (ms: number): number => Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ms));

const wholeNumber = (text: string | null): number | null =>
  text !== null && /^\d{1,15}$/.test(text.trim()) ? Number(text) : null;
