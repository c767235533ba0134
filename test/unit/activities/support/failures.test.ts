import { CancelledFailure } from '@temporalio/common';
import type { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { backoffMs, toFailure } from '../../../../src/activities/support/failures.ts';
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

/** The failure that an activity on its `attempt`-th try ends with. */
const failureOf = (error: unknown, { attempt = 1, random = 0 } = {}): Promise<ApplicationFailure> =>
  new MockActivityEnvironment({ attempt }).run(
    async () => toFailure(error, () => random) as ApplicationFailure,
  );

describe('what activities fail with', () => {
  it('waits after a 429 for as long as the vendor said, plus jitter', async () => {
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
  ])('waits on try %i for %i ms where the vendor said nothing', async (attempt, expected) => {
    const error = new ConnectorError(fields('unavailable'));
    expect((await failureOf(error, { attempt })).nextRetryDelay).toBe(expected);
    expect(backoffMs(attempt)).toBe(expected);
  });

  it.each(['unauthenticated', 'forbidden', 'not_found', 'conflict', 'invalid'] as const)(
    'is not tried again after %s',
    async (code) => {
      expect(await failureOf(new ConnectorError(fields(code)))).toMatchObject({
        type: code,
        nonRetryable: true,
      });
    },
  );

  it('is a cancellation where the call was cancelled', async () => {
    expect(await failureOf(new ConnectorError(fields('cancelled')))).toBeInstanceOf(
      CancelledFailure,
    );
  });

  it('says of an unforeseen error only its name, and gives up in the end', async () => {
    const error = new TypeError('login-canary@example.com');
    const failure = await failureOf(error);
    expect(failure).toMatchObject({
      message: 'unexpected TypeError',
      type: 'unexpected',
      nonRetryable: false,
    });
    expect(failure.cause).toBeUndefined();
    expect(failure.stack).not.toContain('canary');
    expect((await failureOf(error, { attempt: 10 })).nonRetryable).toBe(true);
  });
});
