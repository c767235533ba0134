import { DefaultLogger } from '@temporalio/worker';
import type { LogEntry, LogLevel } from '@temporalio/worker';
import { pino } from 'pino';
import type { Logger } from 'pino';

/**
 * Metadata of the SDK's log entries that is kept; everything else (inputs, errors, stacks) is
 * dropped.
 */
const KEPT = [
  'workflowId',
  'runId',
  'workflowType',
  'activityType',
  'activityId',
  'attempt',
  'taskQueue',
  'namespace',
  'durationMs',
  'state',
] as const;

const PINO_LEVEL: Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/** The log of this process: JSON lines on stderr. */
export function createLog(level: string): Logger {
  return pino(
    { level, base: { service: 'arx-worker' } },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** Temporal's logger on top of ours; an error is reduced to its type before it reaches the log. */
export function temporalLogger(log: Logger): DefaultLogger {
  return new DefaultLogger('INFO', ({ level, message, meta }: LogEntry) => {
    const fields = Object.fromEntries(
      KEPT.flatMap((name) => (meta && name in meta ? [[name, meta[name]]] : [])),
    );
    log[PINO_LEVEL[level]]({ ...fields, ...errorFields(meta?.['error']) }, message);
  });
}

function errorFields(error: unknown): Record<string, string> {
  if (!(error instanceof Error)) return {};
  const type = 'type' in error && typeof error.type === 'string' ? error.type : error.name;
  return { error: type };
}
