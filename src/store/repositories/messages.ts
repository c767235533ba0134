import type { Kysely } from 'kysely';
import type { AttemptFence } from '../attempts.ts';
import type { Database } from '../schema.ts';
import type { MessageLedger } from '../types.ts';

/** The summary message of each run: one row, overwritten as it fares. */
export function createMessageLedger(db: Kysely<Database>, fence: AttemptFence): MessageLedger {
  return {
    async get(run) {
      return (await db.selectFrom('messages').selectAll().where('run', '=', run).executeTakeFirst()) ?? null;
    },
    async put(tx, { run, channel, ts, state, attempt }) {
      const fields = { channel, ts, state, attempt };
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
