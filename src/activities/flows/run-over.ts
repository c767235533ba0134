import type { JsonObject } from '../../audit/types.ts';
import { errorDetails, failureText } from '../../connectors/error-details.ts';
import {
  ConnectorError,
  InvalidArgumentError,
  PolicyDeniedError,
} from '../../connectors/errors.ts';
import { isTriedOut, limitText, VENDOR_ATTEMPTS } from '../support/failures.ts';
import type { RunEnd } from './record.ts';

/** Thrown if a run ends before it acts. */
export class RunOver extends Error {
  readonly end: RunEnd;
  constructor(
    outcome: RunEnd['outcome'],
    code: string,
    message: string,
    error: JsonObject | null = null,
  ) {
    super(message);
    this.end = { outcome, code, message, ...(error && { error }) };
  }
}

/** Ends the run if something permanently cannot be read: arx never acts on an unread target. */
export async function readOrEnd<Value>(
  code: 'unreachable' | 'unreadable',
  read: () => Promise<Value>,
): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    throw isLasting(error) ? endFor(error, code) : error;
  }
}

function isLasting(error: unknown): boolean {
  if (error instanceof PolicyDeniedError || error instanceof InvalidArgumentError) return true;
  if (!(error instanceof ConnectorError) || error.code === 'cancelled') return false;
  return !error.retryable || isTriedOut(error, VENDOR_ATTEMPTS);
}

function endFor(error: unknown, code: 'unreachable' | 'unreadable'): RunOver {
  const details =
    error instanceof ConnectorError ? errorDetails(error, limitText(error, VENDOR_ATTEMPTS)) : null;
  const message =
    error instanceof ConnectorError && details !== null
      ? failureText(error, details)
      : (error as Error).message;
  const stored = details && { ...details };
  if (code === 'unreadable')
    return new RunOver(
      'failed',
      code,
      `arx could not find out whether the account may be changed: ${message}`,
      stored,
    );
  if (error instanceof PolicyDeniedError) return new RunOver('denied', 'policy', message);
  return new RunOver(
    'failed',
    (error as ConnectorError | InvalidArgumentError).code,
    message,
    stored,
  );
}
