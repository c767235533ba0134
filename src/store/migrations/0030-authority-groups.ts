import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/**
 * The group of each name from which arx takes authority, once it was found: later, another group of
 * the name does not count.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table authority_groups (
    org text collate "C" not null,
    name text collate "C" not null,
    group_id text collate "C" not null,
    resolved_at text collate "C" not null,
    primary key (org, name)
  )`.execute(db);
}
