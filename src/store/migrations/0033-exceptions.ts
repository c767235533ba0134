import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** What a sync could not read of a stream, by item, and what facts leave out because of it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table twin_streams add column exceptions json`.execute(db);
  await sql`alter table twin_facts add column leaves_out text collate "C"`.execute(db);
  await sql`alter table twin_pages add column unreadable json`.execute(db);
  await sql`alter table twin_reads add column code text collate "C", add column status integer`.execute(
    db,
  );
}
