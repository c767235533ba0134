import { durationMs } from '../yaml/durations.ts';
import type { ArxConfig } from './schema.ts';

/** The times before which data is removed; ISO 8601. */
export interface RetentionCut {
  users: string;
  audit: string;
}

/** The cut-off times of a configuration with its defaults filled in, counted back from `now`. */
export function retentionCut({ retention }: ArxConfig, now: Date): RetentionCut {
  const before = (age: string): string => new Date(now.getTime() - durationMs(age)).toISOString();
  return { users: before(retention.users), audit: before(retention.audit) };
}
