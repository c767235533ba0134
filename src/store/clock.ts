import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';

/** The current time as an SQL expression: the database's clock, or a fixed time in tests. */
export type SqlClock = () => RawBuilder<Date>;

/** Uses `clock_timestamp()` instead of `now()`, which does not advance within a transaction. */
export function sqlClock(now?: () => Date): SqlClock {
  return now ? () => sql<Date>`${now()}::timestamptz` : () => sql<Date>`clock_timestamp()`;
}
