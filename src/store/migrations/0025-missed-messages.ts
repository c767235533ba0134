import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Since when a message that may have been posted has not been found. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table messages add column missed_at text collate "C"`.execute(db);
}
