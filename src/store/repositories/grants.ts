import type { Kysely } from 'kysely';
import type { GrantRepository } from '../governance-types.ts';
import type { Database } from '../schema.ts';

/** Grants: each can be used once, for exactly the call that was approved. */
export function createGrantRepository(db: Kysely<Database>): GrantRepository {
  return {
    async issue(tx, { requestId, argsDigest, issuedAt, expiresAt, ...call }) {
      await tx
        .insertInto('grants')
        .values({
          request_id: requestId,
          args_digest: argsDigest,
          issued_at: issuedAt,
          expires_at: expiresAt,
          ...call,
        })
        .onConflict((conflict) => conflict.column('request_id').doNothing())
        .execute();
    },
    async useUp(tx, requestId, { connector, operation, argsDigest, principal, at }) {
      const result = await (tx ?? db)
        .updateTable('grants')
        .set({ used_at: at })
        .where('request_id', '=', requestId)
        .where('connector', '=', connector)
        .where('operation', '=', operation)
        .where('args_digest', '=', argsDigest)
        .where('principal', '=', principal)
        .where('used_at', 'is', null)
        .where('expires_at', '>', at)
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },
    async restore(tx, requestId) {
      await (tx ?? db)
        .updateTable('grants')
        .set({ used_at: null })
        .where('request_id', '=', requestId)
        .execute();
    },
  };
}
