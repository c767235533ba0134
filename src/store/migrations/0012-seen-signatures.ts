import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Hashes of accepted signatures of outside messages, so that each is accepted only once. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table seen_signatures (
    hash text collate "C" primary key,
    expires_at text collate "C" not null
  )`.execute(db);
  await sql`create index seen_signatures_by_end on seen_signatures (expires_at)`.execute(db);
}
