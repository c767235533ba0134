import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/**
 * A verdict is written into the page that holds its user, which leaves the indices alone: there is
 * room for it there, and no index has a verdict in it. Who asks by verdict reads the users of the
 * run by their key.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop index run_users_by_verdict`.execute(db);
  await sql`alter table run_users set (fillfactor = 25)`.execute(db);
}
