import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Finds the runs of delegated flows that changed one account. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index flow_runs_by_target on flow_runs ((target ->> 'id'))
    where target is not null`.execute(db);
}
