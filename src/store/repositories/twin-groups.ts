import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { TwinGroup } from '../../twin/types.ts';
import type { Database } from '../schema.ts';
import type { TwinGroupRepository } from '../twin-types.ts';
import { isMissed, isProvedMissed, sortUnique, touchRows } from './twin-seen.ts';
import { isEveryone } from './twin-user-rows.ts';

/** Groups with their roles and members. */
export function createTwinGroupRepository(db: Kysely<Database>): TwinGroupRepository {
  return {
    async put(tx, { org, run, at }, groups) {
      const rows = sortUnique(groups, ({ id }) => id);
      await sql`
        insert into twin_groups (org, id, name, type, seen_run, seen_at)
        select ${org}, id, name, type, ${run}, ${at}
        from unnest(${rows.map(({ id }) => id)}::text[], ${rows.map(({ name }) => name)}::text[],
          ${rows.map(({ type }) => type)}::text[]) as g(id, name, type)
        on conflict (org, id) do update set name = excluded.name, type = excluded.type, gone = false,
          seen_run = excluded.seen_run, seen_at = excluded.seen_at`.execute(tx);
    },
    touch: (tx, stamp, ids) => touchRows(tx, 'twin_groups', { ...stamp, ids }),
    async setRoles(tx, org, groups) {
      const rows = sortUnique(groups, ({ id }) => id);
      const roles = rows.map((group) => JSON.stringify([...new Set(group.roles)].sort()));
      await sql`
        update twin_groups g set roles = r.roles::json
        from unnest(${rows.map(({ id }) => id)}::text[], ${roles}::text[]) as r(id, roles)
        where g.org = ${org} and g.id = r.id`.execute(tx);
    },
    async addMembers(tx, { org, run, at }, groupId, userIds) {
      const ids = sortUnique(userIds, (id) => id);
      await sql`
        insert into twin_members (org, user_id, group_id, seen_run, seen_at)
        select ${org}, id, ${groupId}, ${run}, ${at} from unnest(${ids}::text[]) as m(id)
        on conflict (org, user_id, group_id) do update set seen_run = excluded.seen_run,
          seen_at = excluded.seen_at`.execute(tx);
    },
    async closeMembers(tx, view, groupId) {
      await sql`delete from twin_members
        where org = ${view.org} and group_id = ${groupId} and ${isMissed(view, 'twin_members')}`.execute(
        tx,
      );
    },
    list: (org) =>
      db
        .selectFrom('twin_groups')
        .select(['id', 'name', 'roles'])
        .where('org', '=', org)
        .where('gone', '=', false)
        .orderBy('id')
        .execute(),
    async listGone(org, view) {
      const groups = await sql<TwinGroup>`
        select g.id, g.name from twin_groups g
        where g.org = ${org} and (g.gone or ${isProvedMissed(view, 'users', 'g')}) order by g.id`.execute(
        db,
      );
      return groups.rows;
    },
    async everyone(org, ids) {
      const groups = db
        .selectFrom('twin_groups')
        .select(['id', 'name', 'type'])
        .where('org', '=', org);
      const rows = await groups.where(sql<boolean>`id = any(${[...ids]}::text[])`).execute();
      return rows.filter(isEveryone).map(({ id }) => id);
    },
    async findNamed(org, ids, wanted) {
      if (wanted.length === 0) return [];
      const { rows } = await sql<{ id: string }>`
        select id from twin_groups where org = ${org} and id = any(${[...ids]}::text[])
          and (id = any(${[...wanted]}::text[]) or name = any(${[...wanted]}::text[]))`.execute(db);
      return rows.map(({ id }) => id);
    },
    async settle(tx, view) {
      if (!view.proves.includes('users')) return;
      await sql`update twin_groups set gone = true
        where org = ${view.org} and not gone and ${isMissed(view, 'twin_groups')}`.execute(tx);
    },
  };
}
