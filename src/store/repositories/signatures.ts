import type { Kysely } from 'kysely';
import type { SignatureLedger } from '../governance-types.ts';
import type { Database } from '../schema.ts';

/** Accepted signatures; expired ones are deleted with each call. */
export function createSignatureLedger(db: Kysely<Database>): SignatureLedger {
  return {
    async takeOnce(hash, { at, expiresAt }) {
      await db.deleteFrom('seen_signatures').where('expires_at', '<', at).execute();
      const taken = await db
        .insertInto('seen_signatures')
        .values({ hash, expires_at: expiresAt })
        .onConflict((conflict) => conflict.column('hash').doNothing())
        .executeTakeFirst();
      return (taken.numInsertedOrUpdatedRows ?? 0n) > 0n;
    },
  };
}
