import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  sql`create table audit_entries (
    index bigint primary key,
    id text collate "C" not null unique,
    workflow_id text collate "C" not null,
    run text collate "C" not null,
    kind text collate "C" not null,
    subject text collate "C" not null,
    sequence bigint not null,
    at text collate "C" not null,
    text text collate "C" not null
  )`,
  sql`create index audit_entries_by_subject on audit_entries (run, kind, subject, workflow_id, sequence)`,
  sql`create index audit_entries_of_subject on audit_entries (subject, index)`,
  sql`create index audit_entries_of_run on audit_entries (run, index)`,
  sql`create table audit_head (
    id integer primary key check (id = 1),
    entries bigint not null,
    head text collate "C" not null
  )`,
  sql`insert into audit_head (id, entries, head) values (1, 0, ${sql.lit('0'.repeat(64))})`,
  sql`create function audit_append_only() returns trigger language plpgsql as $$
    begin
      raise exception 'the audit trail is append-only: % on % is refused', tg_op, tg_table_name
        using errcode = 'restrict_violation';
    end
  $$`,
  sql`create trigger audit_entries_append_only before update or delete or truncate on audit_entries
    for each statement execute function audit_append_only()`,
  sql`create trigger audit_head_stays before delete or truncate on audit_head
    for each statement execute function audit_append_only()`,
];

/** The audit trail: append-only entries, and one row with the end of the chain. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await statement.execute(db);
}
