import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** The state of each vendor's rate-limit buckets, shared by all processes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table rate_buckets (
    name text collate "C" primary key,
    state json
  )`.execute(db);
}
