import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';

/**
 * The time as SQL sees it: the database's own clock, or a fixed one where a test brings its own.
 */
export type SqlClock = () => RawBuilder<Date>;

/**
 * `clock_timestamp()`, not `now()`: the latter stands still at the beginning of a transaction that
 * waited.
 */
export function sqlClock(now?: () => Date): SqlClock {
  return now ? () => sql<Date>`${now()}::timestamptz` : () => sql<Date>`clock_timestamp()`;
}
