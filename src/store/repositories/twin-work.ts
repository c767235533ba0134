import { MOST_PAGES } from './user-pages.ts';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { NotStoredError } from '../errors.ts';
import type { Database } from '../schema.ts';
import type {
  ReadEnd,
  ReadOutcome,
  SyncPage,
  SyncWork,
  SyncWorkRepository,
} from '../twin-sync-types.ts';
import { rowsByKey, textArray } from '../text-array.ts';
import type { StoreTransaction } from '../types.ts';

const WORKS: readonly SyncWork[] = [
  'factors',
  'members',
  'group_roles',
  'app_users',
  'app_groups',
  'user_roles',
];

/** The lists and items that a sync has read so far. */
export function createSyncWorkRepository(db: Kysely<Database>): SyncWorkRepository {
  return {
    addPage: (page, items, write, count) => addPage(db, { page, items, write, count }),
    page: (run, list, page) => readPage(db, { run, list, page }),
    async isKnownToken(run, list, { page, next }) {
      const { rows } = await sql`
        select 1 from twin_pages
        where run = ${run} and list = ${list} and page < ${page} and next = ${next} limit 1`.execute(
        db,
      );
      return rows.length > 0 || page >= MOST_PAGES;
    },
    async lastPage(run, list) {
      const pages = db
        .selectFrom('twin_pages')
        .select(['page', 'next', 'count'])
        .where('run', '=', run);
      return (
        (await pages
          .where('list', '=', list)
          .orderBy('page', 'desc')
          .limit(1)
          .executeTakeFirst()) ?? null
      );
    },
    async sumCounts(run, list) {
      const { rows } = await sql<{ total: number }>`
        select coalesce(sum(count), 0)::bigint as total from twin_pages
        where run = ${run} and list = ${list}`.execute(db);
      return rows[0]?.total ?? 0;
    },
    async items(run, list, { page, from, count }) {
      const items = db
        .selectFrom('twin_items')
        .select('id')
        .where('run', '=', run)
        .where('list', '=', list);
      const rows = items.where('page', '=', page).orderBy('position').offset(from).limit(count);
      return (await rows.execute()).map(({ id }) => id);
    },
    async pending(run, work, ids) {
      const where = sql`run = ${run} and work = ${work} and outcome is not null`;
      const reads = rowsByKey('twin_reads', { column: 'id', keys: ids, where });
      const { rows } = await sql<{ id: string }>`select found.id from ${reads}`.execute(db);
      const done = new Set(rows.map(({ id }) => id));
      return ids.filter((id) => !done.has(id));
    },
    settle: (of, outcomes, write) =>
      db.transaction().execute(async (tx) => {
        await write(tx);
        await settle(tx, of, outcomes);
      }),
    async countFailure(run, work, id) {
      const { rows } = await sql<{ failures: number }>`
        insert into twin_reads (run, work, id, failures) values (${run}, ${work}, ${id}, 1)
        on conflict (run, work, id) do update set failures = twin_reads.failures + 1
        returning failures`.execute(db);
      return rows[0]?.failures ?? 1;
    },
    async outcomes(run) {
      const { rows } = await sql<{ work: SyncWork; outcome: ReadOutcome; items: number }>`
        select work, outcome, count(*) as items from twin_reads
        where run = ${run} and outcome is not null group by work, outcome`.execute(db);
      const counts = Object.fromEntries(
        WORKS.map((work) => [work, { read: 0, refused: 0, skipped: 0, failed: 0, gone: 0 }]),
      );
      for (const { work, outcome, items } of rows) counts[work]![outcome] = items;
      return counts as Record<SyncWork, Record<ReadOutcome, number>>;
    },
    exceptions: (run, most) => findExceptions(db, run, most),
    async unreadable(run) {
      const pages = db.selectFrom('twin_pages').select(['list', 'page', 'unreadable']);
      const rows = await pages
        .where('run', '=', run)
        .where('unreadable', 'is not', null)
        .orderBy('list')
        .orderBy('page')
        .execute();
      return rows.flatMap(({ list, page, unreadable }) =>
        (unreadable ?? []).map((row) => ({ ...row, list, page })),
      );
    },
    async measure() {
      await sql`analyze twin_users, twin_seen, twin_groups, twin_members, twin_user_roles, twin_apps, twin_gaps`.execute(
        db,
      );
    },
    async clear(tx, run) {
      for (const table of ['twin_pages', 'twin_items', 'twin_reads'] as const) {
        await tx.deleteFrom(table).where('run', '=', run).execute();
      }
    },
  };
}

async function findExceptions(
  db: Kysely<Database>,
  run: string,
  most: number,
): Promise<(ReadEnd & { work: SyncWork })[]> {
  const { rows } = await sql<ReadEnd & { work: SyncWork }>`
    select work, id, outcome, code, status from (
      select *, row_number() over (partition by work order by id) as place from twin_reads
      where run = ${run} and outcome in ('refused', 'skipped')
    ) as r where place <= ${most} order by work, id`.execute(db);
  return rows;
}

interface NewPage {
  page: Parameters<SyncWorkRepository['addPage']>[0];
  items: readonly string[];
  write: (tx: StoreTransaction) => Promise<void>;
  count: number | undefined;
}

async function addPage(
  db: Kysely<Database>,
  { page, items, write, count }: NewPage,
): Promise<SyncPage> {
  const { run, list, page: number, next, unreadable = [] } = page;
  const skipped = unreadable.length > 0 ? JSON.stringify(unreadable) : null;
  return await db.transaction().execute(async (tx) => {
    const { rows } = await sql`
      insert into twin_pages (run, list, page, next, count, unreadable)
      values (${run}, ${list}, ${number}, ${next}, ${count ?? 0}, ${skipped}::json)
      on conflict (run, list, page) do nothing returning page`.execute(tx);
    if (rows.length > 0) {
      if (items.length > 0) await addItems(tx, page, { items, counted: count === undefined });
      await write(tx);
    }
    const stored = await readPage(tx, { run, list, page: number });
    if (!stored)
      throw new NotStoredError(
        `page ${number} of ${list} was removed while it was stored: run \`arx okta sync\` again`,
      );
    return stored;
  });
}

/**
 * Stores the items that no earlier page listed, in their order; the page counts them unless a count
 * is given.
 */
async function addItems(
  tx: StoreTransaction,
  { run, list, page }: NewPage['page'],
  { items, counted }: { items: readonly string[]; counted: boolean },
): Promise<void> {
  // Conflicts are detected by the unique index, because a look-up in a table without statistics
  // would read the whole list.
  const { rows } = await sql`
    insert into twin_items (run, list, id, page, position)
    select ${run}, ${list}, id, ${page}, n - 1 from unnest(${textArray(items)}::text[]) with ordinality as i(id, n)
    on conflict (run, list, id) do nothing returning id`.execute(tx);
  if (!counted) return;
  await sql`update twin_pages set count = ${rows.length}
    where run = ${run} and list = ${list} and page = ${page}`.execute(tx);
}

async function readPage(
  db: Kysely<Database>,
  { run, list, page }: { run: string; list: string; page: number },
): Promise<SyncPage | null> {
  const rows = db
    .selectFrom('twin_pages')
    .select(['next', 'count'])
    .where('run', '=', run)
    .where('list', '=', list);
  return (await rows.where('page', '=', page).executeTakeFirst()) ?? null;
}

async function settle(
  tx: StoreTransaction,
  { run, work }: { run: string; work: SyncWork },
  outcomes: readonly ReadEnd[],
): Promise<void> {
  const column = <Value>(pick: (end: ReadEnd) => Value): Value[] => outcomes.map(pick);
  await sql`
    insert into twin_reads (run, work, id, outcome, code, status)
    select ${run}, ${work}, id, outcome, code, status
    from unnest(${column(({ id }) => id)}::text[], ${column(({ outcome }) => outcome)}::text[],
      ${column(({ code = null }) => code)}::text[], ${column(({ status = null }) => status)}::integer[])
      as o(id, outcome, code, status) order by id
    on conflict (run, work, id) do update set outcome = excluded.outcome, code = excluded.code,
      status = excluded.status`.execute(tx);
}
