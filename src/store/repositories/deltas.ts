import { sql } from 'kysely';
import type { Kysely, Selectable } from 'kysely';
import { inChunks } from '../chunks.ts';
import type { DeltaOutcome, DeltaRepository, LogPage } from '../delta-types.ts';
import { NotStoredError } from '../errors.ts';
import type { Database, RunLogPagesTable } from '../schema.ts';
import type { StoreTransaction } from '../types.ts';
import { rowsByKey } from '../text-array.ts';
import { toRunUser, usersByIds } from './user-rows.ts';

/** Delta scans, which read only the changed users. */
export function createDeltaRepository(db: Kysely<Database>): DeltaRepository {
  const deltaOf = (run: string) =>
    db.selectFrom('run_deltas').selectAll().where('run', '=', run).executeTakeFirst();

  return {
    async begin(run, until) {
      const insert = db.insertInto('run_deltas').values({ run, until });
      await insert.onConflict((conflict) => conflict.column('run').doNothing()).execute();
      const stored = await deltaOf(run);
      if (!stored) throw new NotStoredError(`run ${run} was removed while its log was read`);
      return stored.until;
    },
    page: (run, page) => readPage(db, run, page),
    addPage: (run, page, changed) => addPage(db, { run, page }, changed),
    async settle(tx, run, { mode, reason }) {
      const update = tx
        .updateTable('run_deltas')
        .set({ mode, reason: reason && JSON.stringify(reason) });
      await update.where('run', '=', run).where('mode', 'is', null).execute();
    },
    async readOutcome(run) {
      const row = await deltaOf(run);
      return row?.mode ? { mode: row.mode, reason: row.reason as DeltaOutcome['reason'] } : null;
    },
    async tally(run) {
      const pages = db.selectFrom('run_log_pages').where('run', '=', run);
      const read = await pages
        .select((eb) => eb.fn.sum<string | null>('entries').as('entries'))
        .executeTakeFirst();
      const named = db.selectFrom('run_changed').where('run', '=', run);
      const ids = await named
        .select((eb) => eb.fn.countAll<string>().as('changed'))
        .executeTakeFirst();
      return { entries: Number(read?.entries ?? 0), changed: Number(ids?.changed ?? 0) };
    },
    async findChanged(run, userIds) {
      const named = rowsByKey('run_changed', {
        column: 'user_id',
        keys: userIds,
        where: sql`run = ${run}`,
      });
      const { rows } = await sql<{ user_id: string }>`select found.user_id from ${named}`.execute(
        db,
      );
      return new Set(rows.map((row) => row.user_id));
    },
    async earlier(run, userIds) {
      const { rows } = await usersByIds(db, run, userIds);
      return new Map(rows.map((row) => [row.user_id, toRunUser(row)]));
    },
    async countTakenOver(run) {
      const users = db
        .selectFrom('run_users')
        .where('run', '=', run)
        .where('read_run', 'is not', null);
      const row = await users
        .select((eb) => eb.fn.countAll<string>().as('users'))
        .executeTakeFirst();
      return Number(row?.users ?? 0);
    },
  };
}

async function addPage(
  db: Kysely<Database>,
  { run, page }: { run: string; page: LogPage },
  changed: readonly string[],
): Promise<LogPage> {
  return await db.transaction().execute(async (tx) => {
    const row = { run, ...page, reason: page.reason && JSON.stringify(page.reason) };
    const insert = tx.insertInto('run_log_pages').values(row);
    const { numInsertedOrUpdatedRows } = await insert
      .onConflict((conflict) => conflict.columns(['run', 'page']).doNothing())
      .executeTakeFirstOrThrow();
    if (numInsertedOrUpdatedRows) await addChanged(tx, run, changed);
    const stored = await readPage(tx, run, page.page);
    if (!stored)
      throw new NotStoredError(
        `page ${page.page} of the log of run ${run} was removed while it was stored`,
      );
    return stored;
  });
}

async function addChanged(
  tx: StoreTransaction,
  run: string,
  changed: readonly string[],
): Promise<void> {
  const rows = changed.toSorted().map((user_id) => ({ run, user_id }));
  for (const chunk of inChunks(rows)) {
    const insert = tx.insertInto('run_changed').values(chunk);
    await insert
      .onConflict((conflict) => conflict.columns(['run', 'user_id']).doNothing())
      .execute();
  }
}

async function readPage(db: Kysely<Database>, run: string, page: number): Promise<LogPage | null> {
  const pages = db
    .selectFrom('run_log_pages')
    .selectAll()
    .where('run', '=', run)
    .where('page', '=', page);
  const row = await pages.executeTakeFirst();
  return row ? toPage(row) : null;
}

function toPage({ page, next, entries, reason }: Selectable<RunLogPagesTable>): LogPage {
  return { page, next, entries, reason: reason as LogPage['reason'] };
}
