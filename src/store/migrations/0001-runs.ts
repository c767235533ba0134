import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  sql`create table runs (
    position bigint generated always as identity,
    run text collate "C" primary key,
    workflow_id text collate "C" not null,
    scope_key text collate "C" not null,
    org text collate "C" not null,
    status text collate "C" not null,
    dry_run boolean not null,
    started_at text collate "C" not null,
    finished_at text collate "C",
    plan json not null,
    summary json
  )`,
  sql`create index runs_newest on runs (started_at, position)`,
  sql`create index runs_by_workflow on runs (workflow_id, started_at, position)`,
  sql`create index runs_by_scope on runs (scope_key, finished_at)`,
  sql`create table run_pages (
    run text collate "C" not null references runs (run) on delete cascade,
    page integer not null,
    next text collate "C",
    primary key (run, page)
  )`,
  sql`create table run_users (
    run text collate "C" not null references runs (run) on delete cascade,
    user_id text collate "C" not null,
    page integer not null,
    position integer not null,
    login text collate "C" not null,
    email text collate "C",
    department text collate "C",
    created text collate "C",
    status text collate "C" not null,
    verdict text collate "C",
    reason text collate "C",
    factors json,
    checked_at text collate "C",
    ticket text collate "C",
    failures integer not null default 0,
    primary key (run, user_id)
  )`,
  sql`create index run_users_by_page on run_users (run, page, position)`,
  sql`create index run_users_by_login on run_users (run, login, user_id)`,
  sql`create index run_users_by_verdict on run_users (run, verdict, user_id)`,
  sql`create table calls (
    run text collate "C" primary key,
    okta bigint not null,
    jira bigint not null,
    slack bigint not null,
    throttled bigint not null
  )`,
  sql`create table snapshots (
    digest text collate "C" primary key,
    content text collate "C" not null
  )`,
];

/** Runs with their users and verdicts, calls, and configuration snapshots. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await statement.execute(db);
}
