import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Database } from '../schema.ts';
import type { TicketAction, TicketNote } from '../ticket-types.ts';

/**
 * Actions that a run resumed after a crash may find as its own result; they are not replaced by
 * `kept`.
 */
const OUTLASTS_KEPT = ['created', 'reopened'] as const satisfies TicketAction[];

/**
 * Stores one note per subject and run: the last one counts, except that `kept` does not replace an
 * action of the same run.
 */
export async function noteTicket(
  db: Kysely<Database>,
  note: TicketNote & { run: string },
): Promise<void> {
  const refusal = note.refusal ? JSON.stringify(note.refusal) : null;
  const overruled = sql<boolean>`excluded.action = 'kept' and ticket_notes.action in (${sql.join(OUTLASTS_KEPT)})`;
  await db
    .insertInto('ticket_notes')
    .values({ ...note, refusal })
    .onConflict((conflict) =>
      conflict
        .columns(['run', 'subject'])
        .doUpdateSet({
          action: note.action,
          key: sql`coalesce(excluded.key, ticket_notes.key)`,
          code: note.code,
          refusal,
        })
        .where(sql<boolean>`not (${overruled})`),
    )
    .execute();
}

/** The notes of a run by ascending subject. */
export async function listNotes(db: Kysely<Database>, run: string): Promise<TicketNote[]> {
  const notes = db
    .selectFrom('ticket_notes')
    .select(['subject', 'action', 'key', 'code', 'refusal'])
    .where('run', '=', run);
  return await notes.orderBy('subject').execute();
}
