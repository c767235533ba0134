import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Database } from '../schema.ts';
import type { ListedTwinUser, TwinUserRepository } from '../twin-types.ts';
import type { SyncView } from '../twin-sync-types.ts';
import type { StoreTransaction } from '../types.ts';
import { isMissed, isProvedMissed, sortUnique, touchRows } from './twin-seen.ts';
import { readBelongings, readLinks, toStoredUser } from './twin-user-rows.ts';
import type { UserRow } from './twin-user-rows.ts';

/** Users of any status, as last read. */
export function createTwinUserRepository(db: Kysely<Database>): TwinUserRepository {
  return {
    put: (tx, { org, run, at }, users) => put(tx, { org, run, at, users }),
    touch: (tx, stamp, ids) => touchRows(tx, 'twin_users', { ...stamp, ids }),
    async setFactors(tx, org, users) {
      const rows = sortUnique(users, ({ id }) => id);
      const factors = rows.map((user) =>
        user.factors === null ? null : JSON.stringify(user.factors),
      );
      const ids = rows.map(({ id }) => id);
      // Uses the ids directly, because with a join a table without statistics would be read
      // completely.
      await sql`
        update twin_users u set factors = (
          select f.factors::json from unnest(${ids}::text[], ${factors}::text[]) as f(id, factors) where f.id = u.id)
        where u.org = ${org} and u.id = any(${ids}::text[])`.execute(tx);
    },
    async setRoles(tx, { org, run, at }, users) {
      const ids = users.map(({ id }) => id);
      await sql`delete from twin_user_roles where org = ${org} and user_id = any(${ids}::text[])`.execute(
        tx,
      );
      const rows = users.flatMap(({ id, roles }) =>
        [...new Set(roles)].map((role) => ({ id, role })),
      );
      await sql`
        insert into twin_user_roles (org, user_id, role, seen_run, seen_at)
        select ${org}, id, role, ${run}, ${at}
        from unnest(${rows.map(({ id }) => id)}::text[], ${rows.map(({ role }) => role)}::text[]) as r(id, role)
        on conflict (org, user_id, role) do nothing`.execute(tx);
    },
    async keepRoles(tx, { org, run, at }, ids) {
      if (ids.length === 0) return;
      await sql`update twin_user_roles set seen_run = ${run}, seen_at = ${at}
        where org = ${org} and user_id = any(${[...ids]}::text[])`.execute(tx);
    },
    async recordSignIns(tx, org, signIns) {
      const rows = sortUnique(
        signIns.toSorted((one, other) => (one.at < other.at ? -1 : 1)),
        ({ id }) => id,
      );
      await sql`
        insert into twin_seen (org, user_id, at)
        select ${org}, id, at from unnest(${rows.map(({ id }) => id)}::text[], ${rows.map(({ at }) => at)}::text[])
          as s(id, at)
        on conflict (org, user_id) do update set at = greatest(twin_seen.at, excluded.at)`.execute(
        tx,
      );
    },
    pages: (org, size, view) => pages(db, { org, size, view }),
    async listPrivileged(org) {
      const links = await readLinks(db, org);
      const rows = await selectUsers(db, { org, size: MOST_PRIVILEGED, privileged: true });
      return rows.map((row) => toStoredUser(row, links).user);
    },
    async get(org, reference) {
      const [row] = await selectUsers(db, { org, size: 1, reference });
      return row ? toStoredUser(row, await readLinks(db, org)).user : null;
    },
    settle,
  };
}

/** More users than any organisation has administrators. */
const MOST_PRIVILEGED = 10_000;

interface Put {
  org: string;
  run: string;
  at: string;
  users: readonly ListedTwinUser[];
}

async function put(tx: StoreTransaction, { org, run, at, users }: Put): Promise<void> {
  const rows = sortUnique(users, ({ id }) => id);
  const column = (pick: (user: ListedTwinUser) => string | null): (string | null)[] =>
    rows.map(pick);
  await sql`
    insert into twin_users (org, id, login, email, status, department, title, user_type, created, activated,
      last_login, password_changed, seen_run, seen_at)
    select ${org}, u.*, ${run}, ${at} from unnest(
      ${column(({ id }) => id)}::text[], ${column(({ login }) => login)}::text[],
      ${column(({ email }) => email)}::text[], ${column(({ status }) => status)}::text[],
      ${column(({ department }) => department)}::text[], ${column(({ title }) => title)}::text[],
      ${column(({ userType }) => userType)}::text[], ${column(({ created }) => created)}::text[],
      ${column(({ activated }) => activated)}::text[], ${column(({ lastLogin }) => lastLogin)}::text[],
      ${column(({ passwordChanged }) => passwordChanged)}::text[]
    ) as u
    on conflict (org, id) do update set
      login = excluded.login, email = excluded.email, status = excluded.status, department = excluded.department,
      title = excluded.title, user_type = excluded.user_type, created = excluded.created,
      activated = excluded.activated, last_login = excluded.last_login,
      password_changed = excluded.password_changed, gone = false, seen_run = excluded.seen_run,
      seen_at = excluded.seen_at`.execute(tx);
}

interface Selection {
  org: string;
  size: number;
  view?: SyncView | undefined;
  after?: string;
  reference?: string;
  privileged?: boolean;
}

/** Users with their groups and roles, by ascending id. */
async function selectUsers(
  db: Kysely<Database>,
  { org, size, view, after, reference, privileged = false }: Selection,
): Promise<UserRow[]> {
  const order = reference === undefined ? sql`u.id` : sql`u.gone, u.id`;
  const among =
    reference === undefined
      ? sql<boolean>`u.id > ${after ?? ''}`
      : sql<boolean>`(u.id = ${reference} or u.login = ${reference})`;
  const { rows } = await sql<Omit<UserRow, 'groups' | 'roles'>>`
    select u.*, u.gone or ${isProvedMissed(view, 'users', 'u')} as gone, s.at as last_seen
    from twin_users u left join twin_seen s on s.org = u.org and s.user_id = u.id
    where u.org = ${org} and ${among} and (u.privileged or not ${privileged}) order by ${order} limit ${size}`.execute(
    db,
  );
  const belongings = await readBelongings(db, { org, view, ids: rows.map(({ id }) => id) });
  return rows.map((row) => ({ ...row, ...belongings(row.id) }));
}

async function* pages(db: Kysely<Database>, { org, size, view }: Selection) {
  const links = await readLinks(db, org, view);
  for (let after: string | undefined = ''; after !== undefined;) {
    const rows: UserRow[] = await selectUsers(db, { org, size, view, after });
    if (rows.length > 0) yield rows.map((row) => toStoredUser(row, links));
    after = rows.length === size ? rows.at(-1)?.id : undefined;
  }
}

async function settle(tx: StoreTransaction, view: SyncView): Promise<void> {
  if (view.proves.includes('users')) {
    await sql`update twin_users set gone = true
      where org = ${view.org} and not gone and ${isMissed(view, 'twin_users')}`.execute(tx);
  }
  if (view.proves.includes('roles')) {
    await sql`delete from twin_user_roles
      where org = ${view.org} and ${isMissed(view, 'twin_user_roles')}`.execute(tx);
  }
}
