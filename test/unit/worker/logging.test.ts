import { Writable } from 'node:stream';
import { ApplicationFailure } from '@temporalio/common';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { temporalLogger } from '../../../src/worker/logging.ts';

const CANARY = 'login-canary@example.com';

/** The log output for a log entry of Temporal. */
function logOutput(meta: Record<string, unknown>): string {
  const lines: string[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString('utf8'));
      done();
    },
  });
  temporalLogger(pino({ level: 'trace' }, sink)).error('Activity failed', meta);
  return lines.join('');
}

describe("Temporal's log entries", () => {
  it('are reduced to listed fields and the type of the error', () => {
    const error = ApplicationFailure.create({
      message: CANARY,
      type: 'unavailable',
      details: [CANARY],
      cause: new Error(CANARY),
    });
    const text = logOutput({
      workflowId: 'w1',
      attempt: 2,
      input: CANARY,
      headers: { a: CANARY },
      error,
    });
    expect(JSON.parse(text)).toMatchObject({
      workflowId: 'w1',
      attempt: 2,
      error: 'unavailable',
      msg: 'Activity failed',
    });
    expect(text).not.toContain('canary');
  });

  it('show the name of an error without a type, and nothing of other values', () => {
    const text = logOutput({ error: new TypeError(CANARY) });
    expect(JSON.parse(text)).toMatchObject({ error: 'TypeError' });
    expect(text).not.toContain('canary');
    expect(text).not.toContain('logging.test');
    expect(logOutput({ error: CANARY })).not.toContain('canary');
  });
});
