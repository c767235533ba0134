import { sql } from 'kysely';
import type { Kysely, Selectable } from 'kysely';
import type { DIRECT as DIRECT_VIA, TwinRole } from '../../twin/types.ts';
import type { Database } from '../schema.ts';
import type { TwinDatabase } from '../twin-schema.ts';
import type { StoredTwinUser } from '../twin-types.ts';
import type { SyncView } from '../twin-sync-types.ts';
import { isProvedMissed } from './twin-seen.ts';

/** The type ensures that this equals the word in `twin`, which `store` may not import. */
const DIRECT: typeof DIRECT_VIA = 'direct';

/** A user as selected from the store. */
export type UserRow = Omit<Selectable<TwinDatabase['twin_users']>, 'seen_run' | 'seen_at'> & {
  last_seen: string | null;
  groups: string[];
  roles: string[];
};

/** Data of an org that all its users share. */
interface Links {
  /** Roles assigned through groups, by group id. */
  rolesOf: ReadonlyMap<string, readonly string[]>;
  /** Groups that contain all users without listing them. */
  everyone: readonly string[];
  /** Whether roles have ever been read. */
  rolesKnown: boolean;
}

/** Reads the data that all users of an org share. */
export async function readLinks(
  db: Kysely<Database>,
  org: string,
  view?: SyncView,
): Promise<Links> {
  const { rows } = await sql<{
    id: string;
    name: string;
    type: string | null;
    roles: string[] | null;
  }>`
    select id, name, type, roles from twin_groups g
    where org = ${org} and not (gone or ${isProvedMissed(view, 'users', 'g')})
      and (roles is not null or type = 'BUILT_IN') order by id`.execute(db);
  const once = db
    .selectFrom('twin_streams')
    .select('run')
    .where('org', '=', org)
    .where('name', '=', 'roles');
  const read = await once.where('state', '=', 'complete').limit(1).executeTakeFirst();
  return {
    rolesOf: new Map(
      rows.flatMap(({ id, roles }) => (roles && roles.length > 0 ? [[id, roles]] : [])),
    ),
    everyone: rows.filter(isEveryone).map(({ id }) => id),
    rolesKnown: read !== undefined || (view?.proves.includes('roles') ?? false),
  };
}

/**
 * Reads groups and direct roles of users by a range of ids rather than by single ids, because the
 * index is then used even without statistics, as after a first sync.
 */
export async function readBelongings(
  db: Kysely<Database>,
  { org, view, ids }: { org: string; view: SyncView | undefined; ids: readonly string[] },
): Promise<(id: string) => Pick<UserRow, 'groups' | 'roles'>> {
  const sorted = ids.toSorted();
  const [first, last] = [sorted[0] ?? '', sorted.at(-1) ?? ''];
  const [groups, roles, gone] = await Promise.all([
    sql<{ user_id: string; name: string }>`
      select user_id, group_id as name from twin_members
      where org = ${org} and user_id >= ${first} and user_id <= ${last}`.execute(db),
    sql<{ user_id: string; name: string }>`
      select user_id, role as name from twin_user_roles r
      where org = ${org} and user_id >= ${first} and user_id <= ${last}
        and not ${isProvedMissed(view, 'roles', 'r')} order by role`.execute(db),
    sql<{ id: string }>`
      select id from twin_groups g
      where org = ${org} and (gone or ${isProvedMissed(view, 'users', 'g')})`.execute(db),
  ]);
  const away = new Set(gone.rows.map(({ id }) => id));
  const groupsOf = Map.groupBy(
    groups.rows.filter(({ name }) => !away.has(name)),
    ({ user_id: id }) => id,
  );
  const rolesOf = Map.groupBy(roles.rows, ({ user_id: id }) => id);
  const names = (rows: { name: string }[] | undefined): string[] =>
    rows?.map(({ name }) => name) ?? [];
  return (id) => ({ groups: names(groupsOf.get(id)), roles: names(rolesOf.get(id)) });
}

/** Okta's built-in group of all users who are not deprovisioned; its members are never listed. */
export const isEveryone = ({ name, type }: { name: string; type: string | null }): boolean =>
  type === 'BUILT_IN' && name === 'Everyone';

/** The twin user of a row. */
export function toStoredUser(row: UserRow, links: Links): StoredTwinUser {
  const groups = [
    ...new Set([...row.groups, ...(row.status === 'DEPROVISIONED' ? [] : links.everyone)]),
  ].sort();
  const user = {
    id: row.id,
    login: row.login,
    email: row.email,
    status: row.status,
    department: row.department,
    title: row.title,
    userType: row.user_type,
    created: row.created,
    activated: row.activated,
    lastLogin: row.last_login,
    lastSeen: row.last_seen,
    passwordChanged: row.password_changed,
    groups,
    factors: row.factors,
    roles: links.rolesKnown ? rolesOf(row.roles, groups, links) : null,
    gone: row.gone,
  };
  return { user, standing: row.mfa === null ? null : { privileged: row.privileged, mfa: row.mfa } };
}

function rolesOf(direct: readonly string[], groups: readonly string[], links: Links): TwinRole[] {
  const through = groups.flatMap((via) =>
    (links.rolesOf.get(via) ?? []).map((role) => ({ role, via })),
  );
  return [...direct.map((role) => ({ role, via: DIRECT })), ...through];
}
