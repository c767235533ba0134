import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** What Jira and Slack said about a ticket or message that could not be written. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table ticket_notes add column refusal json`.execute(db);
  await sql`alter table messages add column refusal json`.execute(db);
}
