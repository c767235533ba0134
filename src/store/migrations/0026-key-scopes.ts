import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/**
 * What an access key may do (words separated by spaces), until when, and when it was last used.
 * Existing keys keep all rights and do not expire: null.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table access_keys
    add column scopes text collate "C",
    add column expires_at text collate "C",
    add column last_used_at text collate "C"`.execute(db);
}
