import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** How much of the trail each sink has, by the name of the sink. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table audit_sinks (
    name text collate "C" primary key,
    entries bigint not null,
    shipped_at text collate "C" not null
  )`.execute(db);
}
