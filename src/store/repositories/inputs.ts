import type { Kysely } from 'kysely';
import type { InputLedger } from '../governance-types.ts';
import type { Database } from '../schema.ts';

/** Used inputs. They are never removed, because Temporal can start an old workflow again. */
export function createInputLedger(db: Kysely<Database>): InputLedger {
  return {
    async use(inputs, { requestId, at }) {
      return db.transaction().execute(async (tx) => {
        const rows = inputs.map((input) => ({ input, request_id: requestId, at }));
        await tx
          .insertInto('used_inputs')
          .values(rows)
          .onConflict((conflict) => conflict.column('input').doNothing())
          .execute();
        const others = await tx
          .selectFrom('used_inputs')
          .select('input')
          .where('input', 'in', [...inputs])
          .where('request_id', '!=', requestId)
          .execute();
        return others.length === 0;
      });
    },
  };
}
