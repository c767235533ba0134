import type { Insertable, Kysely } from 'kysely';
import { NotStoredError } from '../errors.ts';
import { inChunks } from '../chunks.ts';
import type { Database, RunUsersTable } from '../schema.ts';
import type { ListedUser, PageRecord, StoreTransaction } from '../types.ts';

type PageKey = { run: string; page: number; next: string | null };

/** Stores a page with its users once; who comes second, even at the same time, gets the stored page. */
export async function addPage(db: Kysely<Database>, key: PageKey, users: readonly ListedUser[]): Promise<PageRecord> {
  return await db.transaction().execute(async (tx) => {
    const inserted = await tx
      .insertInto('run_pages')
      .values(key)
      .onConflict((conflict) => conflict.columns(['run', 'page']).doNothing())
      .executeTakeFirst();
    if (inserted.numInsertedOrUpdatedRows) await insertUsers(tx, key, users);
    const stored = await readPage(tx, key.run, key.page);
    if (!stored) throw new NotStoredError(`page ${key.page} of run ${key.run} was removed while it was stored`);
    return stored;
  });
}

/** Rows go in by ascending user id, so that two pages with the same users cannot block each other. */
async function insertUsers(tx: StoreTransaction, key: PageKey, users: readonly ListedUser[]): Promise<void> {
  const rows = users.map((user, position) => toRow(key, user, position));
  rows.sort((one, other) => (one.user_id < other.user_id ? -1 : 1));
  for (const chunk of inChunks(rows)) {
    const insert = tx.insertInto('run_users').values(chunk);
    await insert.onConflict((conflict) => conflict.columns(['run', 'user_id']).doNothing()).execute();
  }
}

function toRow({ run, page }: PageKey, user: ListedUser, position: number): Insertable<RunUsersTable> {
  const { userId, login, email, department, created, status } = user;
  return { run, page, position, user_id: userId, login, email, department, created, status };
}

/** A stored page with the users first listed on it. */
export async function readPage(db: Kysely<Database>, run: string, page: number): Promise<PageRecord | null> {
  const pages = db.selectFrom('run_pages').select('next').where('run', '=', run).where('page', '=', page);
  const stored = await pages.executeTakeFirst();
  if (!stored) return null;
  const users = db.selectFrom('run_users').select('user_id').where('run', '=', run).where('page', '=', page);
  const rows = await users.orderBy('position').execute();
  return { page, next: stored.next, userIds: rows.map((row) => row.user_id) };
}
