import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Cut, Removal } from './removal.ts';

const isUserGone = (
  table: 'twin_members' | 'twin_user_roles',
  { before }: Cut,
): RawBuilder<boolean> => sql`exists (
  select 1 from twin_users u where u.org = ${sql.ref(`${table}.org`)} and u.id = ${sql.ref(`${table}.user_id`)}
    and u.gone and u.seen_at < ${before})`;

/** Syncs that have ended or were terminated; the newest one of an org may still be running. */
const ofOldSyncs = {
  column: 'run',
  keys: ({ week }: Cut): RawBuilder<{ key: string }> => sql`
    select run as key from twin_syncs s where s.started_at < ${week} and (s.finished_at is not null
      or exists (select 1 from twin_syncs later where later.org = s.org and later.position > s.position))`,
};

const leftover = (table: Removal['table'], where?: Removal['where']): Removal => ({
  what: 'leftovers of syncs',
  table,
  of: ofOldSyncs,
  ...(where && { where }),
});

/** An event in the index that is no longer in the twin, or about to be removed from it. */
const isLostEvent = (hit: RawBuilder<unknown>, { settled }: Cut): RawBuilder<boolean> => sql`(
  ${hit}->>'kind' = 'event' and not exists (
    select 1 from twin_events v
    where v.org = twin_search.org and v.uuid = ${hit}->>'id' and v.at >= ${settled}))`;

/** A deleted user in the index who is no longer in the twin, or about to be removed from it. */
const isLostUser = (hit: RawBuilder<unknown>, { before }: Cut): RawBuilder<boolean> => sql`(
  ${hit}->>'kind' = 'user' and coalesce(${hit}->>'gone', '') = 'true' and not exists (
    select 1 from twin_users u
    where u.org = twin_search.org and u.id = ${hit}->>'id' and not (u.gone and u.seen_at < ${before})))`;

const isLostHit = (hit: RawBuilder<unknown>, cut: Cut): RawBuilder<boolean> =>
  sql`(${isLostEvent(hit, cut)} or ${isLostUser(hit, cut)})`;

/** Removals of the twin: deleted users, closed items, and leftovers of interrupted syncs. */
export const TWIN_REMOVALS: readonly Removal[] = [
  {
    what: 'group memberships of deleted users',
    table: 'twin_members',
    where: (c) => isUserGone('twin_members', c),
  },
  {
    what: 'roles of deleted users',
    table: 'twin_user_roles',
    where: (c) => isUserGone('twin_user_roles', c),
  },
  {
    what: 'deleted users',
    table: 'twin_users',
    where: ({ before }) => sql`twin_users.gone and twin_users.seen_at < ${before}`,
  },
  {
    what: 'last sign-ins of deleted users',
    table: 'twin_seen',
    where: ({ before }) => sql`twin_seen.at < ${before} and not exists (
      select 1 from twin_users u where u.org = twin_seen.org and u.id = twin_seen.user_id
        and not (u.gone and u.seen_at < ${before}))`,
  },
  {
    what: 'closed gaps',
    table: 'twin_gaps',
    where: ({ before }) => sql`twin_gaps.closed_at < ${before}`,
  },
  { what: 'drift', table: 'twin_drift', where: ({ before }) => sql`twin_drift.at < ${before}` },
  // The newest part of the log may be read again, which would raise the events again.
  {
    what: 'security events',
    table: 'twin_events',
    where: ({ settled }) => sql`twin_events.at < ${settled}`,
  },
  {
    what: 'parts of the search index with old events or users',
    table: 'twin_search',
    where: (cut) => sql`
      exists (select 1 from twin_searched t where t.org = twin_search.org and t.run = twin_search.run
        and t.attempt = twin_search.attempt)
      and exists (select 1 from json_array_elements(twin_search.entries) e(hit) where ${isLostHit(sql`e.hit`, cut)})`,
    set: (cut) => sql`(body, entries) = (
      select coalesce(string_agg(l.line, E'\n' order by l.n), ''), coalesce(json_agg(e.hit order by l.n), '[]')
      from unnest(string_to_array(twin_search.body, E'\n')) with ordinality l(line, n)
        join json_array_elements(twin_search.entries) with ordinality e(hit, n) on e.n = l.n
      where not ${isLostHit(sql`e.hit`, cut)})`,
  },
  {
    what: 'log entries that a sync began with',
    table: 'twin_log',
    where: ({ settled }) => sql`twin_log.run = '' and twin_log.carried->>'until' < ${settled}
      and json_array_length(twin_log.carried->'entries') > 0`,
    set: () => sql`carried = json_build_object(
      'since', carried->'since', 'until', carried->'until', 'entries', '[]'::json)`,
  },
  leftover('twin_pages'),
  leftover('twin_items'),
  leftover('twin_reads'),
  leftover('twin_judged_users'),
  leftover('twin_judged_gaps'),
  leftover('twin_judged_drift'),
  leftover('twin_log'),
  leftover(
    'twin_search',
    () => sql`not exists (select 1 from twin_searched t where t.org = twin_search.org
      and t.run = twin_search.run and t.attempt = twin_search.attempt)`,
  ),
];
