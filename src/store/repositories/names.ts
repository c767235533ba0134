import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { NameReader, NamedThing } from '../name-types.ts';
import type { Database } from '../schema.ts';

const MOST_IDS = 1_000;
const MOST_FOUND = 20;

/** Names from the twin, and from the newest check for users that no sync has read. */
export function createNameReader(db: Kysely<Database>): NameReader {
  return {
    async ofIds(ids) {
      const wanted = [...new Set(ids)].slice(0, MOST_IDS);
      if (wanted.length === 0) return new Map();
      const named = await Promise.all([
        usersOfNewestCheck(db).where('user_id', 'in', wanted).execute(),
        db
          .selectFrom('twin_apps')
          .select([kindOf('app'), 'id', 'label as name'])
          .where('id', 'in', wanted)
          .execute(),
        db
          .selectFrom('twin_groups')
          .select([kindOf('group'), 'id', 'name'])
          .where('id', 'in', wanted)
          .execute(),
        db
          .selectFrom('twin_users')
          .select([kindOf('user'), 'id', 'login as name'])
          .where('id', 'in', wanted)
          .execute(),
      ]);
      return new Map(named.flat().map((thing) => [thing.id, thing]));
    },
    async find(name) {
      const wanted = name.toLowerCase();
      const found = await Promise.all([
        db
          .selectFrom('twin_users')
          .select([kindOf('user'), 'id', 'login as name'])
          .where((is) =>
            is.or([
              is(sql<string>`lower(login)`, '=', wanted),
              is(sql<string>`lower(email)`, '=', wanted),
              is('id', '=', name),
            ]),
          )
          .limit(MOST_FOUND)
          .execute(),
        usersOfNewestCheck(db)
          .where((is) =>
            is.or([
              is(sql<string>`lower(login)`, '=', wanted),
              is(sql<string>`lower(email)`, '=', wanted),
              is('user_id', '=', name),
            ]),
          )
          .limit(MOST_FOUND)
          .execute(),
        db
          .selectFrom('twin_groups')
          .select([kindOf('group'), 'id', 'name'])
          .where(sql<string>`lower(name)`, '=', wanted)
          .where('gone', '=', false)
          .limit(MOST_FOUND)
          .execute(),
        db
          .selectFrom('twin_apps')
          .select([kindOf('app'), 'id', 'label as name'])
          .where(sql<string>`lower(label)`, '=', wanted)
          .where('gone', '=', false)
          .limit(MOST_FOUND)
          .execute(),
      ]);
      return [...new Map(found.flat().map((thing) => [thing.id, thing])).values()];
    },
  };
}

const kindOf = (kind: NamedThing['kind']) => sql.lit(kind).as('kind');

/** The users of the newest check. */
const usersOfNewestCheck = (db: Kysely<Database>) =>
  db
    .selectFrom('run_users')
    .select([kindOf('user'), 'user_id as id', 'login as name'])
    .where('run', '=', (from) =>
      from
        .selectFrom('runs')
        .select('run')
        .where('removed_at', 'is', null)
        .orderBy('started_at', 'desc')
        .orderBy('position', 'desc')
        .limit(1),
    );
