import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** When a listed user was last activated: the grace period counts from then. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table run_users add column activated text collate "C"`.execute(db);
}
