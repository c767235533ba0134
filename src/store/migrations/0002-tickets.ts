import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  sql`create table tickets (
    label text collate "C" primary key,
    org text collate "C" not null,
    control text collate "C" not null,
    subject text collate "C" not null,
    state text collate "C" not null,
    key text collate "C",
    attempt integer not null default 0,
    intended_at text collate "C",
    closed_by text collate "C",
    closed_seen_run text collate "C",
    last_run text collate "C",
    details json not null,
    lease_owner text collate "C",
    lease_until timestamptz
  )`,
  sql`create index tickets_by_subject on tickets (org, control, subject)`,
  sql`create table ticket_notes (
    run text collate "C" not null,
    subject text collate "C" not null,
    action text collate "C" not null,
    key text collate "C",
    primary key (run, subject)
  )`,
  sql`create table messages (
    run text collate "C" primary key,
    channel text collate "C" not null,
    ts text collate "C",
    state text collate "C" not null,
    attempt integer not null
  )`,
];

/**
 * Ledgers of what was sent: tickets with their leases, the notes of each run, and summary messages.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await statement.execute(db);
}
