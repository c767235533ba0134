import type { Kysely } from 'kysely';
import type { AttemptFence } from '../journal/attempts.ts';
import type { Database } from '../schema.ts';
import type { MessageLedger } from '../types.ts';

/** The summary message of each run: one row, which is overwritten when its state changes. */
export function createMessageLedger(db: Kysely<Database>, fence: AttemptFence): MessageLedger {
  return {
    async get(run) {
      const found = await db
        .selectFrom('messages')
        .selectAll()
        .where('run', '=', run)
        .executeTakeFirst();
      if (!found) return null;
      const { missed_at: missedAt, ...row } = found;
      return { ...row, missedAt };
    },
    async put(tx, { run, channel, ts, state, attempt, missedAt, refusal }) {
      const fields = {
        channel,
        ts,
        state,
        attempt,
        missed_at: missedAt,
        refusal: refusal ? JSON.stringify(refusal) : null,
      };
      await fence.write(tx, (on) =>
        on
          .insertInto('messages')
          .values({ run, ...fields })
          .onConflict((conflict) => conflict.column('run').doUpdateSet(fields))
          .execute(),
      );
    },
  };
}
