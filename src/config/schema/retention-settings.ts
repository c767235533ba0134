import { durationMs } from '../yaml/durations.ts';
import { retention } from './sections.ts';
import type { ArxConfig } from './schema.ts';

/** The times before which data is removed; ISO 8601. */
export interface RetentionCut {
  users: string;
  audit: string;
}

/** How long the contents of audit entries are kept if nothing else is configured, in milliseconds. */
export const usualAuditAgeMs = (): number => durationMs(retention.parse({}).audit);

/** The cut-off times of a configuration with its defaults filled in, counted back from `now`. */
export function retentionCut({ retention }: ArxConfig, now: Date): RetentionCut {
  const before = (age: string): string => new Date(now.getTime() - durationMs(age)).toISOString();
  return { users: before(retention.users), audit: before(retention.audit) };
}
