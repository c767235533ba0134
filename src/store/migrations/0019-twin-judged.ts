import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  // Results of a sync that are not visible yet, per user; deleted when it ends. Two attempts are
  // never mixed.
  sql`create table twin_judged_users (
    run text collate "C" not null,
    attempt text collate "C" not null,
    user_id text collate "C" not null,
    privileged boolean,
    mfa text collate "C" not null,
    primary key (run, attempt, user_id)
  )`,
  sql`create table twin_judged_gaps (
    run text collate "C" not null,
    attempt text collate "C" not null,
    change text collate "C" not null,
    subject text collate "C" not null,
    kind text collate "C" not null,
    severity text collate "C" not null,
    name text collate "C" not null,
    detail text collate "C" not null,
    since text collate "C" not null,
    primary key (run, attempt, change, subject, kind)
  )`,
  sql`create table twin_judged_drift (
    position bigint generated always as identity,
    run text collate "C" not null,
    attempt text collate "C" not null,
    kind text collate "C" not null,
    entry json not null
  )`,
  sql`create index twin_judged_drift_of_run on twin_judged_drift (run, attempt, kind, position)`,
  // A new index is built beside the one that is searched, and replaces it when the sync ends.
  sql`alter table twin_search add column run text collate "C" not null default ''`,
  sql`alter table twin_search add column attempt text collate "C" not null default ''`,
  sql`alter table twin_search drop constraint twin_search_pkey`,
  sql`alter table twin_search add primary key (org, run, attempt, part)`,
  // The searched text stays uncompressed in its row, and the entries to show are stored separately,
  // so that a search reads page after page.
  sql`alter table twin_search alter column body set storage main`,
  sql`alter table twin_search alter column entries set storage external`,
  sql`alter table twin_search set (toast_tuple_target = 8160)`,
  sql`create table twin_searched (
    org text collate "C" primary key,
    run text collate "C" not null,
    attempt text collate "C" not null
  )`,
  sql`insert into twin_searched (org, run, attempt) select distinct org, '', '' from twin_search`,
];

/** Stores the results of a sync page by page, until they become visible at its end. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await statement.execute(db);
}
