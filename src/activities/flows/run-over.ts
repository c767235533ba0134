import { Context } from '@temporalio/activity';
import {
  ConnectorError,
  InvalidArgumentError,
  PolicyDeniedError,
} from '../../connectors/errors.ts';
import { VENDOR_ATTEMPTS } from '../support/failures.ts';
import type { RunEnd } from './record.ts';

/** Thrown if a run ends before it acts. */
export class RunOver extends Error {
  readonly end: RunEnd;
  constructor(outcome: RunEnd['outcome'], code: string, message: string) {
    super(message);
    this.end = { outcome, code, message };
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
  return (
    !error.retryable ||
    (error.code !== 'rate_limited' && Context.current().info.attempt >= VENDOR_ATTEMPTS)
  );
}

function endFor(error: unknown, code: 'unreachable' | 'unreadable'): RunOver {
  const { message } = error as Error;
  if (code === 'unreadable')
    return new RunOver(
      'failed',
      code,
      `arx could not find out whether the account may be changed: ${message}`,
    );
  if (error instanceof PolicyDeniedError) return new RunOver('denied', 'policy', message);
  return new RunOver('failed', (error as ConnectorError | InvalidArgumentError).code, message);
}
