import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { AuditConflictError, AuditDraftError, AuditUnavailableError } from '../../audit/errors.ts';
import {
  ConnectorError,
  InvalidArgumentError,
  PolicyDeniedError,
} from '../../connectors/errors.ts';
import type { ConnectorErrorCode } from '../../connectors/errors.ts';

/** Attempts after which an unexpected error ends the activity. */
const UNEXPECTED_ATTEMPTS = 10;
/** Tries of a call after which a fault of the vendor counts as permanent. */
export const VENDOR_ATTEMPTS = 5;
/** How long an activity waits for a rate limit of a vendor before it gives up, milliseconds. */
const RATE_LIMIT_WAIT_MS = 30 * 60_000;
/**
 * How long a request of an earlier attempt may still take effect after a later attempt took over: the
 * timeout of a call (30 s), and the second for which its last check is valid. Until then, a missing
 * effect proves nothing.
 */
export const ON_ITS_WAY_MS = 35_000;

/** For a configuration that a retry cannot repair. */
export function configurationFailure(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'configuration');
}

/** Makes Temporal try again after so many milliseconds. */
export function retryIn(ms: number, type: string, message: string): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type,
    nonRetryable: false,
    nextRetryDelay: Math.ceil(ms),
  });
}

/** The wait before attempt `attempt` + 1 at a vendor with a fault: 1, 2, 4, 8 … 30 s. */
export function backoffMs(attempt: number): number {
  return Math.min(1_000 * 2 ** Math.max(0, attempt - 1), 30_000);
}

/**
 * Decides whether and when an error is tried again. Every temporary failure carries its own wait; the
 * retry policy of the workflow is only for workers that died. The failure has a coded type and a
 * sentence written by arx, so that bodies, headers, stacks and causes never reach the history.
 */
export function toFailure(error: unknown, random: () => number): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (error instanceof ConnectorError) return connectorFailure(error, random);
  if (error instanceof PolicyDeniedError)
    return ApplicationFailure.nonRetryable(error.message, 'policy_denied');
  if (error instanceof InvalidArgumentError)
    return ApplicationFailure.nonRetryable(error.message, error.code);
  if (error instanceof AuditConflictError)
    return ApplicationFailure.nonRetryable(error.message, 'audit_conflict');
  const name = error instanceof Error ? error.name : 'Error';
  if (error instanceof AuditUnavailableError && error.code === 'audit_sink_unavailable')
    return retryIn(backoffMs(attempt()), error.code, `${error.message}; arx will try again`);
  if (isTemporary(error)) {
    return retryIn(
      backoffMs(attempt()),
      name,
      `${name}: the store did not accept the write; arx will try again`,
    );
  }
  const message = `unexpected ${name} in ${activityName()}: see the worker's log`;
  if (attempt() < UNEXPECTED_ATTEMPTS) return retryIn(backoffMs(attempt()), 'unexpected', message);
  return ApplicationFailure.nonRetryable(message, 'unexpected');
}

/** Why one ticket, one message or one user was given up. */
export type LastingCode =
  | ConnectorErrorCode
  | 'policy_denied'
  | 'invalid_argument'
  | 'audit_conflict'
  | 'transition_unclear'
  | 'screen_unusable'
  | 'unexpected';

/**
 * The code of a permanent failure; null if another of `attempts` attempts may succeed. What happens
 * to one ticket, one message or one user is the outcome of that one and does not fail the run. This
 * includes an audit trail with different content, which is logged as an error.
 */
export function lastingCode(error: unknown, attempts: number): LastingCode | null {
  const { info, log } = Context.current();
  const spent = info.attempt >= attempts;
  if (error instanceof PolicyDeniedError) return 'policy_denied';
  if (error instanceof InvalidArgumentError) return error.code;
  if (error instanceof AuditDraftError) return 'invalid_argument';
  if (error instanceof ConnectorError) {
    if (error.code === 'cancelled') return null;
    return !error.retryable || spent ? error.code : null;
  }
  if (error instanceof AuditConflictError) {
    log.error(error.message, { code: error.code });
    return error.code;
  }
  const passing =
    error instanceof ApplicationFailure || error instanceof CancelledFailure || isTemporary(error);
  return !passing && spent ? 'unexpected' : null;
}

/** Whether another attempt may succeed: the store did not answer, or another attempt is running. */
export function isTemporary(error: unknown): boolean {
  const name = error instanceof Error ? error.name : '';
  return (
    name.endsWith('UnavailableError') || name === 'LeaseLostError' || name === 'OvertakenError'
  );
}

/**
 * Whether a temporary failure counts as permanent, because it was tried often enough: `attempts` times,
 * or for half an hour while the rate limit is used up.
 */
export function isTriedOut({ code }: ConnectorError, attempts: number): boolean {
  const { attempt: made, scheduledTimestampMs } = Context.current().info;
  return code === 'rate_limited'
    ? Date.now() - scheduledTimestampMs >= RATE_LIMIT_WAIT_MS
    : made >= attempts;
}

/** Why a temporary failure is not tried again, to follow what happened; empty for a lasting one. */
export function limitText(error: ConnectorError, attempts: number): string {
  if (!error.retryable) return '';
  return error.code === 'rate_limited'
    ? `; arx waited ${RATE_LIMIT_WAIT_MS / 60_000} minutes`
    : `; arx stopped after ${attempts} attempts`;
}

const attempt = (): number => Context.current().info.attempt;
const activityName = (): string => Context.current().info.activityType;

function connectorFailure(error: ConnectorError, random: () => number): Error {
  const { code, retryAfterMs } = error.fields;
  if (code === 'cancelled') return new CancelledFailure('the call was cancelled');
  if (!error.retryable) return ApplicationFailure.nonRetryable(error.message, code);
  const wait = retryAfterMs ?? backoffMs(attempt());
  return retryIn(wait * (1 + 0.2 * random()), code, error.message);
}
