import { sql } from 'kysely';
import type { Kysely, Selectable } from 'kysely';
import type { AttemptFence } from '../journal/attempts.ts';
import { NotStoredError } from '../errors.ts';
import type { Database, RunsTable } from '../schema.ts';
import type { RunRepository, RunRecord } from '../run-types.ts';

/** Runs, stored when they begin and when they end. */
export function createRunRepository(db: Kysely<Database>, fence: AttemptFence): RunRepository {
  const newestFirst = () =>
    db.selectFrom('runs').selectAll().orderBy('started_at', 'desc').orderBy('position', 'desc');
  const get = async (run: string): Promise<RunRecord | null> =>
    fromRow(await db.selectFrom('runs').selectAll().where('run', '=', run).executeTakeFirst());

  return {
    get,
    async begin(record) {
      await db
        .insertInto('runs')
        .values(toRow(record))
        .onConflict((conflict) => conflict.column('run').doNothing())
        .execute();
      const stored = await get(record.run);
      if (!stored) throw new NotStoredError(`run ${record.run} was removed while it began`);
      return stored;
    },
    async find(reference) {
      if (reference === 'latest') return fromRow(await newestFirst().limit(1).executeTakeFirst());
      const newestOf = () =>
        newestFirst().where('workflow_id', '=', reference).limit(1).executeTakeFirst();
      return (await get(reference)) ?? fromRow(await newestOf());
    },
    async list(limit, { status, scopeKey, dryRun, after } = {}) {
      let rows = newestFirst();
      if (status !== undefined) rows = rows.where('status', '=', status);
      if (scopeKey !== undefined) rows = rows.where('scope_key', '=', scopeKey);
      if (dryRun !== undefined) rows = rows.where('dry_run', '=', dryRun);
      if (after !== undefined) {
        const last = sql`(select l.started_at, l.position from runs l where l.run = ${after})`;
        rows = rows.where(sql<boolean>`(started_at, position) < ${last}`);
      }
      return (await rows.limit(limit).execute()).map(toRecord);
    },
    async lastComplete(scopeKey, before) {
      const row = await db
        .selectFrom('runs')
        .selectAll()
        .where('scope_key', '=', scopeKey)
        .where('status', '=', 'complete')
        .where('dry_run', '=', false)
        .where('run', '!=', before.run)
        .where('finished_at', '<=', before.startedAt)
        .orderBy('finished_at', 'desc')
        .orderBy('position', 'desc')
        .limit(1)
        .executeTakeFirst();
      return fromRow(row);
    },
    async finish(tx, run, { status, finishedAt, summary }) {
      const ended = { status, finished_at: finishedAt, summary: JSON.stringify(summary) };
      const result = await fence.write(tx, (on) =>
        on.updateTable('runs').set(ended).where('run', '=', run).executeTakeFirst(),
      );
      if (result.numUpdatedRows === 0n)
        throw new NotStoredError(`run ${run} is not stored: begin it first`);
    },
    async end(tx, run, finishedAt) {
      const result = await tx
        .updateTable('runs')
        .set({ status: 'terminated', finished_at: finishedAt })
        .where('run', '=', run)
        .where('finished_at', 'is', null)
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },
  };
}

function toRow(record: Parameters<RunRepository['begin']>[0]) {
  return {
    run: record.run,
    workflow_id: record.workflowId,
    scope_key: record.scopeKey,
    org: record.org,
    status: 'running' as const,
    dry_run: record.dryRun,
    started_at: record.startedAt,
    plan: JSON.stringify(record.plan),
  };
}

function fromRow(row: Selectable<RunsTable> | undefined): RunRecord | null {
  return row ? toRecord(row) : null;
}

function toRecord(row: Selectable<RunsTable>): RunRecord {
  return {
    run: row.run,
    workflowId: row.workflow_id,
    scopeKey: row.scope_key,
    org: row.org,
    status: row.status,
    dryRun: row.dry_run,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    plan: row.plan,
    summary: row.summary,
    ...(row.removed_at !== null && { removedAt: row.removed_at }),
  };
}
