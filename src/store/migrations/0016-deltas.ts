import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  sql`create table run_deltas (
    run text collate "C" primary key references runs (run) on delete cascade,
    until text collate "C" not null,
    mode text collate "C",
    reason json
  )`,
  sql`create table run_log_pages (
    run text collate "C" not null references run_deltas (run) on delete cascade,
    page integer not null,
    next text collate "C",
    entries integer not null,
    reason json,
    primary key (run, page)
  )`,
  sql`create table run_changed (
    run text collate "C" not null references run_deltas (run) on delete cascade,
    user_id text collate "C" not null,
    primary key (run, user_id)
  )`,
  sql`alter table run_users add column read_run text collate "C"`,
  sql`alter table run_users add column read_at text collate "C"`,
];

/**
 * Delta scans: the changes read from the log, and the earlier runs from which factors were taken.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await statement.execute(db);
}
