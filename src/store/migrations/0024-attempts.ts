import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/**
 * The current attempt of an activity, if it is not the first; and the number of takeovers, in the
 * row that every append locks, so that no append can miss one. Also the reason for a failed ticket
 * in its note.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table activity_attempts (
    activity text collate "C" primary key,
    attempt integer not null,
    at timestamptz not null default now()
  )`.execute(db);
  await sql`alter table audit_head add column takeovers bigint not null default 0`.execute(db);
  await sql`alter table ticket_notes add column code text collate "C"`.execute(db);
}
