import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  sql`create table twin_syncs (
    position bigint generated always as identity,
    run text collate "C" primary key,
    workflow_id text collate "C" not null,
    org text collate "C" not null,
    status text collate "C" not null,
    started_at text collate "C" not null,
    finished_at text collate "C",
    plan json not null,
    result json
  )`,
  sql`create index twin_syncs_newest on twin_syncs (org, position)`,
  sql`create table twin_streams (
    position bigint generated always as identity,
    run text collate "C" not null,
    name text collate "C" not null,
    org text collate "C" not null,
    state text collate "C" not null,
    count integer not null,
    at text collate "C" not null,
    reason text collate "C",
    primary key (run, name)
  )`,
  sql`create index twin_streams_newest on twin_streams (org, name, position)`,
  // What a sync has read so far; deleted when it ends.
  sql`create table twin_pages (
    run text collate "C" not null,
    list text collate "C" not null,
    page integer not null,
    next text collate "C",
    count integer not null,
    primary key (run, list, page)
  )`,
  sql`create table twin_items (
    run text collate "C" not null,
    list text collate "C" not null,
    id text collate "C" not null,
    page integer not null,
    position integer not null,
    primary key (run, list, id)
  )`,
  sql`create index twin_items_by_page on twin_items (run, list, page, position)`,
  sql`create table twin_reads (
    run text collate "C" not null,
    work text collate "C" not null,
    id text collate "C" not null,
    outcome text collate "C",
    failures integer not null default 0,
    primary key (run, work, id)
  )`,
  sql`create table twin_users (
    org text collate "C" not null,
    id text collate "C" not null,
    login text collate "C" not null,
    email text collate "C",
    status text collate "C" not null,
    department text collate "C",
    title text collate "C",
    user_type text collate "C",
    created text collate "C",
    activated text collate "C",
    last_login text collate "C",
    password_changed text collate "C",
    factors json,
    gone boolean not null default false,
    privileged boolean,
    mfa text collate "C",
    seen_run text collate "C" not null,
    seen_at text collate "C" not null,
    primary key (org, id)
  )`,
  sql`create index twin_users_by_login on twin_users (org, login)`,
  sql`create table twin_seen (
    org text collate "C" not null,
    user_id text collate "C" not null,
    at text collate "C" not null,
    primary key (org, user_id)
  )`,
  sql`create table twin_groups (
    org text collate "C" not null,
    id text collate "C" not null,
    name text collate "C" not null,
    type text collate "C",
    roles json,
    gone boolean not null default false,
    seen_run text collate "C" not null,
    seen_at text collate "C" not null,
    primary key (org, id)
  )`,
  sql`create table twin_members (
    org text collate "C" not null,
    user_id text collate "C" not null,
    group_id text collate "C" not null,
    seen_run text collate "C" not null,
    seen_at text collate "C" not null,
    primary key (org, user_id, group_id)
  )`,
  sql`create index twin_members_of_group on twin_members (org, group_id)`,
  sql`create table twin_user_roles (
    org text collate "C" not null,
    user_id text collate "C" not null,
    role text collate "C" not null,
    seen_run text collate "C" not null,
    seen_at text collate "C" not null,
    primary key (org, user_id, role)
  )`,
  sql`create table twin_apps (
    org text collate "C" not null,
    id text collate "C" not null,
    label text collate "C" not null,
    sign_on_mode text collate "C" not null,
    status text collate "C" not null,
    users integer,
    groups integer,
    gone boolean not null default false,
    judged boolean not null default false,
    seen_run text collate "C" not null,
    seen_at text collate "C" not null,
    primary key (org, id)
  )`,
  sql`create table twin_facts (
    org text collate "C" not null,
    key text collate "C" not null,
    version integer not null,
    value text collate "C" not null,
    text text collate "C" not null,
    confidence text collate "C" not null,
    source text collate "C" not null,
    run text collate "C" not null,
    since text collate "C" not null,
    observed_at text collate "C" not null,
    primary key (org, key, version)
  )`,
  sql`create table twin_gaps (
    org text collate "C" not null,
    kind text collate "C" not null,
    subject text collate "C" not null,
    since text collate "C" not null,
    severity text collate "C" not null,
    name text collate "C" not null,
    detail text collate "C" not null,
    closed_at text collate "C",
    primary key (org, kind, subject, since)
  )`,
  sql`create unique index twin_gaps_open on twin_gaps (org, subject, kind) where closed_at is null`,
  sql`create table twin_drift (
    position bigint generated always as identity,
    org text collate "C" not null,
    run text collate "C" not null,
    at text collate "C" not null,
    entry json not null
  )`,
  sql`create index twin_drift_newest on twin_drift (org, position)`,
  sql`create table twin_timeline (
    position bigint generated always as identity,
    org text collate "C" not null,
    run text collate "C" primary key,
    at text collate "C" not null,
    entry json not null
  )`,
  sql`create table twin_events (
    org text collate "C" not null,
    uuid text collate "C" not null,
    rule text collate "C" not null,
    severity text collate "C" not null,
    tactic text collate "C" not null,
    technique text collate "C" not null,
    at text collate "C" not null,
    actor text collate "C",
    target text collate "C",
    run text collate "C" not null,
    primary key (org, uuid, rule)
  )`,
  sql`create index twin_events_newest on twin_events (org, at)`,
  // One row per sync that reads the log, and one (run '') with which the next sync begins.
  sql`create table twin_log (
    org text collate "C" not null,
    run text collate "C" not null,
    carried json,
    primary key (org, run)
  )`,
  sql`create table twin_search (
    org text collate "C" not null,
    part integer not null,
    body text collate "C" not null,
    entries json not null,
    primary key (org, part)
  )`,
  // A search reads all of it; stored uncompressed, it need not be decompressed for each search.
  sql`alter table twin_search alter column body set storage external`,
];

/** The twin of an organisation, and the results derived from it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await statement.execute(db);
}
