import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { NotStoredError } from '../errors.ts';
import { textArray } from '../text-array.ts';
import type { Database } from '../schema.ts';
import type { PageRecord, RunUser, ListedUser } from '../run-types.ts';
import { toRunUser } from './user-rows.ts';

/** More pages than any list has. */
export const MOST_PAGES = 100_000;

type PageKey = { run: string; page: number; next: string | null };

/**
 * Stores a page with its users once; a second call, even a concurrent one, gets the stored page.
 */
export async function addPage(
  db: Kysely<Database>,
  key: PageKey,
  users: readonly ListedUser[],
): Promise<PageRecord> {
  const userIds = await insertPage(db, key, users);
  if (userIds.length > 0) return { page: key.page, next: key.next, userIds };
  const stored = await readPage(db, key.run, key.page);
  if (!stored)
    throw new NotStoredError(`page ${key.page} of run ${key.run} was removed while it was stored`);
  return stored;
}

/**
 * Inserts the page and its users; returns the ids of users first listed on this page, in its order,
 * and nothing if the page was stored before. Rows are inserted by ascending user id, so that two
 * pages with the same users cannot deadlock.
 */
async function insertPage(
  db: Kysely<Database>,
  { run, page, next }: PageKey,
  users: readonly ListedUser[],
): Promise<string[]> {
  const column = (pick: (user: ListedUser) => string | null) => textArray(users.map(pick));
  const { rows } = await sql<{ user_id: string }>`
    with page as (
      insert into run_pages (run, page, next) values (${run}, ${page}, ${next})
      on conflict (run, page) do nothing
      returning run, page
    ), listed as (
      insert into run_users (run, page, position, user_id, login, email, department, created, activated, status)
      select run, page, n - 1, user_id, login, email, department, created, activated, status
      from page, unnest(
        ${column(({ userId }) => userId)}::text[], ${column(({ login }) => login)}::text[],
        ${column(({ email }) => email)}::text[], ${column(({ department }) => department)}::text[],
        ${column(({ created }) => created)}::text[], ${column(({ activated }) => activated)}::text[],
        ${column(({ status }) => status)}::text[]
      ) with ordinality as u(user_id, login, email, department, created, activated, status, n)
      order by user_id
      on conflict (run, user_id) do nothing
      returning user_id, position
    )
    select user_id from listed order by position`.execute(db);
  return rows.map((row) => row.user_id);
}

/** Whether an earlier page of the same list led to this token. */
export async function isKnownToken(
  db: Kysely<Database>,
  run: string,
  { page, next }: { page: number; next: string },
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from run_pages where run = ${run} and page < ${page} and next = ${next}
      and page > coalesce((select max(page) from run_pages
        where run = ${run} and page < ${page} and next is null), -1)
    limit 1`.execute(db);
  return rows.length > 0 || page >= MOST_PAGES;
}

/** A stored page with the users first listed on it. */
export async function readPage(
  db: Kysely<Database>,
  run: string,
  page: number,
): Promise<PageRecord | null> {
  const pages = db
    .selectFrom('run_pages')
    .select('next')
    .where('run', '=', run)
    .where('page', '=', page);
  const stored = await pages.executeTakeFirst();
  if (!stored) return null;
  const users = db
    .selectFrom('run_users')
    .select('user_id')
    .where('run', '=', run)
    .where('page', '=', page);
  const rows = await users.orderBy('position').execute();
  return { page, next: stored.next, userIds: rows.map((row) => row.user_id) };
}

/** Users of a run in ascending order of login, page by page. */
export async function* usersByLogin(
  db: Kysely<Database>,
  run: string,
  size: number,
): AsyncGenerator<RunUser[]> {
  let last: { login: string; user_id: string } | undefined;
  do {
    const users = db.selectFrom('run_users').selectAll().where('run', '=', run);
    const all = users.orderBy('login').orderBy('user_id').limit(size);
    const rest = last
      ? all.where(sql<boolean>`(login, user_id) > (${last.login}, ${last.user_id})`)
      : all;
    const rows = await rest.execute();
    if (rows.length > 0) yield rows.map(toRunUser);
    last = rows.length === size ? rows.at(-1) : undefined;
  } while (last);
}

/** Users of a run by the pages that list them first. */
export async function* usersAsListed(db: Kysely<Database>, run: string): AsyncGenerator<RunUser[]> {
  for (let page = 0; ; page += 1) {
    const users = db
      .selectFrom('run_users')
      .selectAll()
      .where('run', '=', run)
      .where('page', '=', page);
    const rows = await users.orderBy('position').execute();
    if (rows.length > 0) yield rows.map(toRunUser);
    else if (!(await readPage(db, run, page))) return;
  }
}
