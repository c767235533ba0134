import { durationMs } from '../yaml/durations.ts';
import type { ArxConfig } from './schema.ts';

/** Times before which data is no longer kept; ISO 8601. */
export interface RetentionCut {
  users: string;
  audit: string;
}

/** The cut-offs of a configuration with its defaults filled in, as of a time. */
export function retentionCut({ retention }: ArxConfig, now: Date): RetentionCut {
  const before = (age: string): string => new Date(now.getTime() - durationMs(age)).toISOString();
  return { users: before(retention.users), audit: before(retention.audit) };
}
