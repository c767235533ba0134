import type { Sample, Settlement } from './types.ts';

const SHORTEST_MS = 1_000;
const LONGEST_MS = 120_000;

/** Wait after a 429 whose headers tell no plausible reset. */
export const DEFAULT_RETRY_MS = 10_000;

/** Reads the x-rate-limit headers of an answer. Duplicates (`1, 2`), words and numbers below zero count as missing. */
export function readSample({ status, headers }: Settlement): Sample {
  const limit = wholeNumber(headers.get('x-rate-limit-limit'));
  const remaining = wholeNumber(headers.get('x-rate-limit-remaining'));
  const reset = wholeNumber(headers.get('x-rate-limit-reset'));
  const told = limit !== null && limit > 0 && remaining !== null && reset !== null;
  return {
    window: told ? { limit, remaining, reset } : null,
    resetInMs: retryAfter(headers) ?? untilReset(reset, headers.get('date')),
    throttled: status === 429,
    settled: status < 500 && status !== 429,
  };
}

/** Milliseconds to wait after a 429: the reset against the answer's own Date, 1 s to 120 s; a default where not told. */
export const retryAfterMs = (headers: Headers): number =>
  retryAfter(headers) ??
  untilReset(wholeNumber(headers.get('x-rate-limit-reset')), headers.get('date')) ??
  DEFAULT_RETRY_MS;

// Measured against the vendor's clock, so that ours may be wrong. A past reset is as good as none: obeying it would
// let everybody go at once.
function untilReset(reset: number | null, date: string | null): number | null {
  const answeredAt = date === null ? Date.now() : Date.parse(date);
  if (reset === null || Number.isNaN(answeredAt)) return null;
  const ms = reset * 1000 - answeredAt;
  return ms <= 0 ? null : clamp(ms);
}

function retryAfter(headers: Headers): number | null {
  const seconds = wholeNumber(headers.get('retry-after'));
  return seconds === null ? null : clamp(seconds * 1000);
}

const clamp = (ms: number): number => Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ms));

const wholeNumber = (text: string | null): number | null =>
  text !== null && /^\d{1,15}$/.test(text.trim()) ? Number(text) : null;
