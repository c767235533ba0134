import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/**
 * Cached answers about accounts, and the last time that arx wrote to a user, so that older answers
 * are not cached.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table enrichments (
    key text collate "C" primary key,
    org text collate "C" not null,
    user_id text collate "C",
    content json,
    kept_at timestamptz,
    expires_at timestamptz,
    begun_at timestamptz,
    lease_owner text collate "C",
    lease_until timestamptz
  )`.execute(db);
  await sql`create index enrichments_by_user on enrichments (org, user_id)`.execute(db);
  await sql`create index enrichments_by_end on enrichments (expires_at)`.execute(db);
  await sql`create table enriched_users (
    org text collate "C" not null,
    user_id text collate "C" not null,
    written_at timestamptz,
    primary key (org, user_id)
  )`.execute(db);
}
