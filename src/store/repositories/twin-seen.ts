import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { StreamName } from '../../twin/types.ts';
import type { SyncStamp, SyncView } from '../twin-sync-types.ts';
import type { StoreTransaction } from '../types.ts';

/** Whether a complete stream did not read a row again: neither in this sync nor since it began. */
export function isMissed(view: SyncView, table: string): RawBuilder<boolean> {
  const [run, at] = [sql.ref(`${table}.seen_run`), sql.ref(`${table}.seen_at`)];
  return sql<boolean>`(${run} <> ${view.run} and ${at} < ${view.startedAt})`;
}

/** The same if a complete stream proves it; otherwise false for every row. */
export function isProvedMissed(
  view: SyncView | undefined,
  stream: StreamName,
  table: string,
): RawBuilder<boolean> {
  return view?.proves.includes(stream) ? isMissed(view, table) : sql<boolean>`false`;
}

/** Records that rows exist, without changing anything else about them. */
export async function touchRows(
  tx: StoreTransaction,
  table: 'twin_users' | 'twin_groups' | 'twin_apps',
  { org, run, at, ids }: SyncStamp & { ids: readonly string[] },
): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update ${sql.table(table)} set gone = false, seen_run = ${run}, seen_at = ${at}
    where org = ${org} and id = any(${[...ids]}::text[])`.execute(tx);
}

/**
 * Rows by ascending key; of rows with the same key the last one is kept. The order prevents
 * deadlocks between two writers.
 */
export function sortUnique<Row>(rows: readonly Row[], key: (row: Row) => string): Row[] {
  const last = new Map(rows.map((row) => [key(row), row]));
  return [...last.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
}
