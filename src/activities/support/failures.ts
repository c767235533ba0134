import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { AuditConflictError } from '../../audit/errors.ts';
import {
  ConnectorError,
  InvalidArgumentError,
  PolicyDeniedError,
} from '../../connectors/errors.ts';

/** How often an unexpected error is tried again before it ends the activity. */
const UNEXPECTED_ATTEMPTS = 10;
/** Tries of one call before a fault of the vendor is taken as lasting. */
export const VENDOR_ATTEMPTS = 5;
/**
 * How long a request of an overtaken attempt may still be on its way: the time-out of an exchange
 * (30 s), and the second for which its last check holds. Until then a missing effect proves nothing.
 */
export const ON_ITS_WAY_MS = 35_000;

/** Thrown by activities for a state of the configuration that no retry can mend. */
export function configurationFailure(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'configuration');
}

/** Another try after this many milliseconds. */
export function retryIn(ms: number, type: string, message: string): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type,
    nonRetryable: false,
    nextRetryDelay: Math.ceil(ms),
  });
}

/**
 * Waiting time before try `attempt` + 1 at a vendor that does not answer well: 1, 2, 4, 8 … 30 s.
 */
export function backoffMs(attempt: number): number {
  return Math.min(1_000 * 2 ** Math.max(0, attempt - 1), 30_000);
}

/**
 * The one place that decides what is retried, and when: every failure that may pass carries its own
 * wait, so that the policy of the workflow is left for workers that died. Gives a failure with a
 * coded type and a sentence of ours: bodies, headers, stacks of vendors and causes never reach the
 * history.
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
  if (mayPass(error)) {
    return retryIn(
      backoffMs(attempt()),
      name,
      `${name}: the store did not take it; it will be tried again`,
    );
  }
  const message = `unexpected ${name}`;
  if (attempt() < UNEXPECTED_ATTEMPTS) return retryIn(backoffMs(attempt()), 'unexpected', message);
  return ApplicationFailure.nonRetryable(message, 'unexpected');
}

/**
 * Whether another attempt may find the store willing: it did not answer, or somebody else is at
 * work.
 */
export function mayPass(error: unknown): boolean {
  const name = error instanceof Error ? error.name : '';
  return (
    name.endsWith('UnavailableError') || name === 'LeaseLostError' || name === 'OvertakenError'
  );
}

const attempt = (): number => Context.current().info.attempt;

function connectorFailure(error: ConnectorError, random: () => number): Error {
  const { code, retryAfterMs } = error.fields;
  if (code === 'cancelled') return new CancelledFailure('the call was cancelled');
  if (!error.retryable) return ApplicationFailure.nonRetryable(error.message, code);
  const wait = retryAfterMs ?? backoffMs(attempt());
  return retryIn(wait * (1 + 0.2 * random()), code, error.message);
}
