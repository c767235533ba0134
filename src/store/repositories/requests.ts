import { sql } from 'kysely';
import type { Kysely, Selectable } from 'kysely';
import type { AttemptFence } from '../journal/attempts.ts';
import { NotStoredError } from '../errors.ts';
import type { ActionRecord, RequestRepository } from '../governance-types.ts';
import type { Database, RequestsTable } from '../schema.ts';

/** Governed operations: one row each, whose state changes only from an expected one. */
export function createRequestRepository(
  db: Kysely<Database>,
  fence: AttemptFence,
): RequestRepository {
  const get = async (requestId: string): Promise<ActionRecord | null> => {
    const row = await db
      .selectFrom('requests')
      .selectAll()
      .where('request_id', '=', requestId)
      .executeTakeFirst();
    return row ? toRecord(row) : null;
  };
  return {
    get,
    async open(request, state, approval, outcome) {
      const row = {
        request_id: request.requestId,
        state,
        request: JSON.stringify(request),
        approval: approval === null ? null : JSON.stringify(approval),
        outcome: outcome === undefined ? null : JSON.stringify(outcome),
        updated_at: request.createdAt,
      };
      await fence.write(null, (on) =>
        on
          .insertInto('requests')
          .values(row)
          .onConflict((conflict) => conflict.column('request_id').doNothing())
          .execute(),
      );
      const stored = await get(request.requestId);
      if (!stored)
        throw new NotStoredError(
          `request ${request.requestId} was removed while it was opened: make it again`,
        );
      return stored;
    },
    async list({ states, limit }) {
      const all = db.selectFrom('requests').selectAll().orderBy('position', 'desc').limit(limit);
      const rows = await (states ? all.where('state', 'in', [...states]) : all).execute();
      return rows.map(toRecord);
    },
    async move(tx, requestId, from, { state, outcome, at }) {
      const set = { state, updated_at: at, ...(outcome && { outcome: JSON.stringify(outcome) }) };
      const result = await fence.write(tx, (on) =>
        on
          .updateTable('requests')
          .set(set)
          .where('request_id', '=', requestId)
          .where('state', 'in', [...from])
          .executeTakeFirst(),
      );
      return result.numUpdatedRows > 0n;
    },
    async saveApproval(tx, requestId, { before, after }, at) {
      const set = { approval: JSON.stringify(after), updated_at: at };
      // The column keeps the text as it was written.
      const result = await fence.write(tx, (on) =>
        on
          .updateTable('requests')
          .set(set)
          .where('request_id', '=', requestId)
          .where(sql<string>`approval::text`, '=', JSON.stringify(before))
          .executeTakeFirst(),
      );
      return result.numUpdatedRows > 0n;
    },
  };
}

function toRecord({
  state,
  request,
  approval,
  outcome,
  updated_at,
}: Selectable<RequestsTable>): ActionRecord {
  return { ...request, state, approval, outcome, updatedAt: updated_at };
}
