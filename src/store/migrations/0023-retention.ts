import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/**
 * When the users of a run were removed, and when a snapshot was last stored; existing snapshots
 * count from now on.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table runs add column removed_at text collate "C"`.execute(db);
  await sql`alter table snapshots add column kept_at text collate "C" not null
    default to_char(now() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`.execute(db);
  await sql`create index snapshots_by_time on snapshots (kept_at)`.execute(db);
}
