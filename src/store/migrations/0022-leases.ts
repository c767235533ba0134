import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Leases for work that only one process may do at a time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table leases (
    name text collate "C" primary key,
    owner text collate "C" not null,
    fence integer not null,
    lease_until timestamptz not null
  )`.execute(db);
}
