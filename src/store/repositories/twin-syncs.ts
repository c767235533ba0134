import type { Kysely, Selectable } from 'kysely';
import type { STREAMS, StreamName } from '../../twin/types.ts';
import { NotStoredError } from '../errors.ts';
import type { Database } from '../schema.ts';
import type { TwinDatabase } from '../twin-schema.ts';
import type { SyncRepository, SyncStream, SyncRecord } from '../twin-sync-types.ts';

/** The type ensures that this list equals the one in `twin`, which `store` may not import. */
const NAMES = ['users', 'apps', 'logs', 'roles'] as const satisfies typeof STREAMS;

/** Syncs, and how their streams ended. */
export function createSyncRepository(db: Kysely<Database>): SyncRepository {
  const get = async (run: string): Promise<SyncRecord | null> =>
    recordOf(
      await db.selectFrom('twin_syncs').selectAll().where('run', '=', run).executeTakeFirst(),
    );

  return {
    get,
    async begin({ run, workflowId, org, startedAt, plan }) {
      const row = {
        run,
        workflow_id: workflowId,
        org,
        started_at: startedAt,
        plan: JSON.stringify(plan),
      };
      await db
        .insertInto('twin_syncs')
        .values({ ...row, status: 'running' })
        .onConflict((conflict) => conflict.column('run').doNothing())
        .execute();
      const stored = await get(run);
      if (!stored)
        throw new NotStoredError(
          `sync ${run} was removed while it began: run \`arx okta sync\` again`,
        );
      return stored;
    },
    async newest(org) {
      const rows = db.selectFrom('twin_syncs').selectAll().where('org', '=', org);
      return recordOf(await rows.orderBy('position', 'desc').limit(1).executeTakeFirst());
    },
    async newestOrg() {
      const rows = db.selectFrom('twin_syncs').select('org').orderBy('position', 'desc').limit(1);
      return (await rows.executeTakeFirst())?.org ?? null;
    },
    async finish(tx, run, { status, finishedAt, result }) {
      const ended = { status, finished_at: finishedAt, result: JSON.stringify(result) };
      const mine = tx.updateTable('twin_syncs').set(ended).where('run', '=', run);
      // A sync that was terminated, and then reset in Temporal, ends a second time.
      const open = mine.where((is) =>
        is.or([is('finished_at', 'is', null), is('status', '=', 'terminated')]),
      );
      const updated = await open.executeTakeFirst();
      if (updated.numUpdatedRows > 0n) return true;
      const stored = await tx
        .selectFrom('twin_syncs')
        .select('run')
        .where('run', '=', run)
        .executeTakeFirst();
      if (!stored) throw new NotStoredError(`sync ${run} is not stored: begin it first`);
      return false;
    },
    async end(tx, run, finishedAt) {
      const ended = tx
        .updateTable('twin_syncs')
        .set({ status: 'terminated', finished_at: finishedAt })
        .where('run', '=', run)
        .where('finished_at', 'is', null);
      return (await ended.executeTakeFirst()).numUpdatedRows > 0n;
    },
    streams: (org) => newestStreams(db, org),
    completeStreams: (org) => newestStreams(db, org, 'complete'),
    async completeOnce(org) {
      const rows = db.selectFrom('twin_streams').select('name').distinct().where('org', '=', org);
      return (await rows.where('state', '=', 'complete').execute()).map(({ name }) => name);
    },
    async putStreams(tx, { org, run }, streams) {
      if (streams.length === 0) return;
      const rows = streams.map(({ exceptions = [], ...stream }) => ({
        ...stream,
        exceptions: JSON.stringify(exceptions),
        org,
        run,
      }));
      const insert = tx.insertInto('twin_streams').values(rows);
      await insert
        .onConflict((conflict) => conflict.columns(['run', 'name']).doNothing())
        .execute();
    },
  };
}

async function newestStreams(
  db: Kysely<Database>,
  org: string,
  state?: SyncStream['state'],
): Promise<SyncStream[]> {
  const newest = (name: StreamName) => {
    const rows = db
      .selectFrom('twin_streams')
      .selectAll()
      .where('org', '=', org)
      .where('name', '=', name);
    const ended = state === undefined ? rows : rows.where('state', '=', state);
    return ended.orderBy('position', 'desc').limit(1).executeTakeFirst();
  };
  const rows = await Promise.all(NAMES.map(newest));
  return rows.flatMap((row) => (row ? [streamOf(row)] : []));
}

const streamOf = ({
  name,
  state,
  count,
  at,
  reason,
  exceptions,
}: Selectable<TwinDatabase['twin_streams']>): SyncStream => ({
  name,
  state,
  count,
  at,
  reason,
  exceptions: exceptions ?? [],
});

function recordOf(row: Selectable<TwinDatabase['twin_syncs']> | undefined): SyncRecord | null {
  if (!row) return null;
  const {
    run,
    workflow_id: workflowId,
    org,
    status,
    started_at: startedAt,
    finished_at: finishedAt,
    ...rest
  } = row;
  return {
    run,
    workflowId,
    org,
    status,
    startedAt,
    finishedAt,
    plan: rest.plan,
    result: rest.result,
  };
}
