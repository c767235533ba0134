import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { NotStoredError } from '../errors.ts';
import type {
  FlowRunFilter,
  FlowRunPatch,
  FlowRunRecord,
  FlowRunRepository,
} from '../flow-types.ts';
import type { Database } from '../schema.ts';
import { fromFlowRow, toFlowChanges, toFlowRow } from './flow-rows.ts';

/** Outcomes of an undo run that undid nothing. */
const NOTHING_UNDONE = ['planned', 'denied', 'rejected', 'expired', 'stale', 'failed'] as const;

/** Runs of delegated flows: each is opened once, and does not change after its end. */
export function createFlowRunRepository(db: Kysely<Database>): FlowRunRepository {
  const get = async (run: string, on: Kysely<Database> = db): Promise<FlowRunRecord | null> => {
    const row = await on
      .selectFrom('flow_runs')
      .selectAll()
      .where('run', '=', run)
      .executeTakeFirst();
    return row ? fromFlowRow(row) : null;
  };
  return {
    get: (run) => get(run),
    async open(record, tx) {
      const on = tx ?? db;
      const insert = on.insertInto('flow_runs').values(toFlowRow(record));
      const { numInsertedOrUpdatedRows } = await insert
        .onConflict((conflict) => conflict.column('run').doNothing())
        .executeTakeFirst();
      const stored = await get(record.run, on);
      if (!stored)
        throw new NotStoredError(`flow run ${record.run} was removed while it was opened`);
      return { record: stored, created: (numInsertedOrUpdatedRows ?? 0n) > 0n };
    },
    async usesOf(eventId, tx) {
      const rows = await (tx ?? db)
        .selectFrom('flow_runs')
        .select(['run', 'flow', 'event_digest', 'outcome', 'code'])
        .where('event_id', '=', eventId)
        .where('dry_run', '=', false)
        .where('parent', 'is', null)
        .where('undoes', 'is', null)
        .orderBy('position')
        .execute();
      return rows.map(({ event_digest, ...use }) => ({ ...use, eventDigest: event_digest }));
    },
    async update(tx, run, patch) {
      const on = tx ?? db;
      const changes = toFlowChanges(patch);
      if (Object.keys(changes).length === 0) return (await get(run, on))?.state !== 'ended';
      const rows = on
        .updateTable('flow_runs')
        .set(changes)
        .where('run', '=', run)
        .where('state', '!=', 'ended');
      if ((await rows.executeTakeFirst()).numUpdatedRows > 0n) return true;
      return isSameEnd(await get(run, on), patch);
    },
    list: (filter) => list(db, filter),
    async children(run) {
      const rows = db
        .selectFrom('flow_runs')
        .selectAll()
        .where('parent', '=', run)
        .orderBy('position');
      return (await rows.execute()).map(fromFlowRow);
    },
    async undoOf(run) {
      const row = await db
        .selectFrom('flow_runs')
        .selectAll()
        .where('undoes', '=', run)
        .where((eb) => eb.or([eb('outcome', 'is', null), eb('outcome', 'not in', NOTHING_UNDONE)]))
        .orderBy('position', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row ? fromFlowRow(row) : null;
    },
    async countEndedUndos(run, tx) {
      const { count } = await (tx ?? db)
        .selectFrom('flow_runs')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('undoes', '=', run)
        .where('state', '=', 'ended')
        .executeTakeFirstOrThrow();
      return Number(count);
    },
  };
}

/** Whether a retry writes the stored end again; the time of the first write is kept. */
const isSameEnd = (stored: FlowRunRecord | null, { state, outcome, code }: FlowRunPatch): boolean =>
  stored?.state === 'ended' &&
  state === 'ended' &&
  outcome === stored.outcome &&
  (code ?? null) === stored.code;

async function list(db: Kysely<Database>, filter: FlowRunFilter): Promise<FlowRunRecord[]> {
  const {
    user,
    flow,
    flows,
    withoutFlow = false,
    outcome,
    eventId,
    since,
    until,
    parent,
    target,
    after,
    limit,
  } = filter;
  let rows = db
    .selectFrom('flow_runs')
    .selectAll()
    .orderBy('started_at', 'desc')
    .orderBy('position', 'desc');
  if (user !== undefined) rows = rows.where('principal', '=', user.toLowerCase());
  if (flow !== undefined) rows = rows.where('flow', '=', flow);
  if (flows !== undefined) {
    const among = sql<boolean>`coalesce(flow = any(${[...flows]}::text[]), ${withoutFlow})`;
    rows = rows.where(among);
  }
  if (outcome !== undefined) rows = rows.where('outcome', '=', outcome);
  if (eventId !== undefined) rows = rows.where('event_id', '=', eventId);
  if (since !== undefined) rows = rows.where('started_at', '>=', since);
  if (until !== undefined) rows = rows.where('started_at', '<', until);
  if (parent !== undefined) rows = rows.where('parent', '=', parent);
  if (target !== undefined) rows = rows.where(sql<boolean>`target ->> 'id' = ${target}`);
  if (after !== undefined) {
    const last = sql`(select l.started_at, l.position from flow_runs l where l.run = ${after})`;
    rows = rows.where(sql<boolean>`(started_at, position) < ${last}`);
  }
  return (await rows.limit(limit).execute()).map(fromFlowRow);
}
