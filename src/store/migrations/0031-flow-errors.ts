import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** The failed call that ended a run of a flow, with the vendor's code, field and words. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table flow_runs add column error json`.execute(db);
}
