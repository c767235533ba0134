import { describe, expect, it } from 'vitest';
import {
  DEFAULT_RETRY_MS,
  readSample,
  retryAfterMs,
} from '../../../../src/connectors/rate-limit/headers.ts';

const DATE = 'Mon, 05 Jan 2026 08:00:00 GMT';
const AT = Date.parse(DATE) / 1000;
const headers = (fields: Record<string, string>): Headers => new Headers({ date: DATE, ...fields });
const bucket = (limit: string, remaining: string, reset: string) =>
  headers({
    'x-rate-limit-limit': limit,
    'x-rate-limit-remaining': remaining,
    'x-rate-limit-reset': reset,
  });

describe('rate-limit headers', () => {
  it('are measured against the Date of the response, regardless of the local clock', () => {
    const sample = readSample({ status: 200, headers: bucket('600', '12', String(AT + 40)) });
    expect(sample).toEqual({
      window: { limit: 600, remaining: 12, reset: AT + 40 },
      resetInMs: 40_000,
      date: AT * 1000,
      throttled: false,
      concurrent: false,
      emptyForMs: null,
      settled: true,
    });
  });

  it.each([
    ['duplicates', '600, 600', '12, 12', `${AT + 40}, ${AT + 41}`],
    ['words', 'many', 'few', 'soon'],
    ['negatives', '-600', '-1', '-5'],
    ['a limit of zero', '0', '0', String(AT + 40)],
    ['fractions', '600.5', '1e3', '0x10'],
  ])('count as missing if they are %s', (_what, limit, remaining, reset) => {
    expect(readSample({ status: 200, headers: bucket(limit, remaining, reset) }).window).toBeNull();
  });

  it.each([
    ['a future reset', { 'x-rate-limit-reset': String(AT + 40) }, 40_000],
    ['an immediate reset', { 'x-rate-limit-reset': String(AT) }, DEFAULT_RETRY_MS],
    ['a past reset', { 'x-rate-limit-reset': String(AT - 3_600) }, DEFAULT_RETRY_MS],
    ['a reset in an hour', { 'x-rate-limit-reset': String(AT + 3_600) }, 120_000],
    ['a garbled reset', { 'x-rate-limit-reset': 'tomorrow' }, DEFAULT_RETRY_MS],
    ['two resets', { 'x-rate-limit-reset': `${AT + 40}, ${AT + 50}` }, DEFAULT_RETRY_MS],
    ['no reset', {}, DEFAULT_RETRY_MS],
    ['a garbled Date', { date: 'noon', 'x-rate-limit-reset': String(AT + 40) }, DEFAULT_RETRY_MS],
    ['Retry-After', { 'retry-after': '7' }, 7_000],
    ['a Retry-After of zero', { 'retry-after': '0' }, 1_000],
    ['a Retry-After of a day', { 'retry-after': '86400' }, 120_000],
    ['a garbled Retry-After', { 'retry-after': 'later' }, DEFAULT_RETRY_MS],
  ])('give a reasonable wait after a 429 with %s', (_what, fields, expected) => {
    expect(retryAfterMs(headers(fields))).toBe(expected);
  });

  it('of a 429 about concurrent requests ask for a short pause, whatever the reset', () => {
    const fields = bucket('0', '0', String(AT + 60));
    expect(retryAfterMs(fields)).toBe(1_500);
    expect(readSample({ status: 429, headers: fields })).toMatchObject({
      window: null,
      resetInMs: 1_500,
      concurrent: true,
    });
    expect(readSample({ status: 429, headers: bucket('600', '0', String(AT + 60)) })).toMatchObject(
      {
        resetInMs: 60_000,
        concurrent: false,
      },
    );
  });

  it.each([
    ['tokens left', { 'x-ratelimit-remaining': '3', 'x-ratelimit-interval-seconds': '5' }, null],
    [
      'no tokens left',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-interval-seconds': '5' },
      5_000,
    ],
    [
      'no tokens left, but soon new ones',
      {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-interval-seconds': '60',
        'retry-after': '2',
      },
      2_000,
    ],
    ['no interval', { 'x-ratelimit-remaining': '0' }, null],
    [
      'a garbled interval',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-interval-seconds': 'x' },
      null,
    ],
  ])('of a token bucket with %s', (_what, fields, emptyForMs) => {
    expect(readSample({ status: 200, headers: headers(fields) }).emptyForMs).toBe(emptyForMs);
  });

  it('of a token bucket say when to try again after a 429', () => {
    const fields = { 'x-ratelimit-remaining': '0', 'x-ratelimit-interval-seconds': '5' };
    expect(retryAfterMs(headers(fields))).toBe(5_000);
    const sample = readSample({ status: 429, headers: headers(fields) });
    expect(sample).toMatchObject({ resetInMs: 5_000, emptyForMs: null });
  });

  it('do not mistake a proxy error for a response without limits', () => {
    expect(readSample({ status: 502, headers: headers({}) }).settled).toBe(false);
    expect(readSample({ status: 404, headers: headers({}) }).settled).toBe(true);
  });
});
