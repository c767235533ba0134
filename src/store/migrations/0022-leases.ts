import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Who may do what only one may do at a time, and until when. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table leases (
    name text collate "C" primary key,
    owner text collate "C" not null,
    fence integer not null,
    lease_until timestamptz not null
  )`.execute(db);
}
