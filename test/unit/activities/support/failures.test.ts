import { CancelledFailure } from '@temporalio/common';
import type { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import {
  backoffMs,
  isTriedOut,
  toFailure,
  limitText,
} from '../../../../src/activities/support/failures.ts';
import { ConnectorError } from '../../../../src/connectors/errors.ts';
import type {
  ConnectorErrorCode,
  ConnectorErrorFields,
} from '../../../../src/connectors/errors.ts';

const fields = (
  code: ConnectorErrorCode,
  more: Partial<ConnectorErrorFields> = {},
): ConnectorErrorFields => ({
  connector: 'okta',
  operation: 'users:read_factors',
  code,
  status: null,
  vendorCode: null,
  message: 'of ours',
  ambiguous: false,
  retryAfterMs: null,
  requestId: null,
  ...more,
});

/** The failure with which attempt number `attempt` of an activity ends. */
const failureOf = (error: unknown, { attempt = 1, random = 0 } = {}): Promise<ApplicationFailure> =>
  new MockActivityEnvironment({ attempt }).run(
    async () => toFailure(error, () => random) as ApplicationFailure,
  );

describe('the failure of an activity', () => {
  it('asks for a retry after the delay of a 429, plus jitter', async () => {
    const error = new ConnectorError(fields('rate_limited', { retryAfterMs: 31_000 }));
    expect(await failureOf(error)).toMatchObject({
      type: 'rate_limited',
      nonRetryable: false,
      nextRetryDelay: 31_000,
    });
    expect((await failureOf(error, { random: 1 })).nextRetryDelay).toBe(37_200);
    expect((await failureOf(error, { attempt: 40 })).nonRetryable).toBe(false);
  });

  it.each([
    [1, 1_000],
    [2, 2_000],
    [5, 16_000],
    [6, 30_000],
    [40, 30_000],
  ])(
    'asks on attempt %i for a retry after %i ms if the vendor names no delay',
    async (attempt, expected) => {
      const error = new ConnectorError(fields('unavailable'));
      expect((await failureOf(error, { attempt })).nextRetryDelay).toBe(expected);
      expect(backoffMs(attempt)).toBe(expected);
    },
  );

  it.each(['unauthenticated', 'forbidden', 'not_found', 'conflict', 'invalid'] as const)(
    'is not retried after %s',
    async (code) => {
      expect(await failureOf(new ConnectorError(fields(code)))).toMatchObject({
        type: code,
        nonRetryable: true,
      });
    },
  );

  it('a rate limit is waited for half an hour, and other faults so many attempts', async () => {
    const MINUTE = 60_000;
    const isTried = (code: ConnectorErrorCode, attempt: number, minutes: number) =>
      new MockActivityEnvironment({
        attempt,
        scheduledTimestampMs: Date.now() - minutes * MINUTE,
      }).run(async () => isTriedOut(new ConnectorError(fields(code)), 5)) as Promise<boolean>;
    expect(await isTried('rate_limited', 100, 29)).toBe(false);
    expect(await isTried('rate_limited', 2, 31)).toBe(true);
    expect(await isTried('unavailable', 4, 31)).toBe(false);
    expect(await isTried('unavailable', 5, 0)).toBe(true);
    expect(limitText(new ConnectorError(fields('rate_limited')), 5)).toMatch(/30 minutes/);
    expect(limitText(new ConnectorError(fields('unavailable')), 5)).toMatch(/5 attempts/);
    expect(limitText(new ConnectorError(fields('conflict')), 5)).toBe('');
  });

  it.each([
    ['lasting', 'rate_limited', true],
    ['lasting', 'unavailable', true],
    ['passing', 'unavailable', false],
    ['unknown', 'unavailable', false],
  ] as const)('of a %s %s is final: %j', async (lasts, code, nonRetryable) => {
    expect(await failureOf(new ConnectorError(fields(code, { lasts })))).toMatchObject({
      type: code,
      nonRetryable,
    });
  });

  it('is a cancellation if the call was cancelled', async () => {
    expect(await failureOf(new ConnectorError(fields('cancelled')))).toBeInstanceOf(
      CancelledFailure,
    );
  });

  it('shows only the name of an unexpected error, and is final on the last attempt', async () => {
    const error = new TypeError('login-canary@example.com');
    const failure = await failureOf(error);
    expect(failure).toMatchObject({
      message: expect.stringMatching(/^unexpected TypeError in \w+: see the worker's log$/),
      type: 'unexpected',
      nonRetryable: false,
    });
    expect(failure.cause).toBeUndefined();
    expect(failure.stack).not.toContain('canary');
    expect((await failureOf(error, { attempt: 10 })).nonRetryable).toBe(true);
  });
});
