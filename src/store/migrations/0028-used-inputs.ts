import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Inputs and runs of governed operations, each with the one request that was made from it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table used_inputs (
    input text collate "C" primary key,
    request_id text collate "C" not null,
    at text collate "C" not null
  )`.execute(db);
}
