import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  sql`drop trigger audit_entries_append_only on audit_entries`,
  // The only allowed change of an entry: its content is removed; hash, kind and time stay.
  sql`create function audit_entry_stays() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' and new.index = old.index and new.kind = old.kind and new.at = old.at
        and new.id = 'removed/' || old.index
        and new.workflow_id = '' and new.run = '' and new.subject = '' and new.sequence = 0
        and new.text = '{"at":"' || old.at || '","hash":"' || (old.text::json ->> 'hash') || '","kind":"' || old.kind
          || '","removed":true}' then
        return new;
      end if;
      raise exception 'the audit trail is append-only: % on % is refused', tg_op, tg_table_name
        using errcode = 'restrict_violation';
    end
  $$`,
  sql`create trigger audit_entries_append_only before update or delete on audit_entries
    for each row execute function audit_entry_stays()`,
  sql`create trigger audit_entries_stay before truncate on audit_entries
    for each statement execute function audit_append_only()`,
];

/** Allows removing the content of old audit entries, and no other change. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await statement.execute(db);
}
