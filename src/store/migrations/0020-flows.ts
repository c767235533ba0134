import { sql } from 'kysely';
import type { Kysely } from 'kysely';

const STATEMENTS = [
  sql`create table flow_runs (
    position bigint generated always as identity,
    run text collate "C" primary key,
    workflow_id text collate "C" not null,
    flow text collate "C",
    version text collate "C",
    principal text collate "C" not null,
    caller json not null,
    event_id text collate "C" not null,
    event_digest text collate "C" not null,
    issue json not null,
    inputs json not null,
    dry_run boolean not null,
    parent text collate "C",
    undoes text collate "C",
    state text collate "C" not null,
    outcome text collate "C",
    code text collate "C",
    message text collate "C",
    target json,
    steps json not null,
    undo json,
    started_at text collate "C" not null,
    finished_at text collate "C"
  )`,
  // The history is searched by user, flow, outcome and time, newest first.
  sql`create index flow_runs_by_time on flow_runs (started_at desc, position desc)`,
  sql`create index flow_runs_by_user on flow_runs (principal, started_at desc, position desc)`,
  sql`create index flow_runs_by_flow on flow_runs (flow, started_at desc, position desc)`,
  sql`create index flow_runs_by_outcome on flow_runs (outcome, started_at desc, position desc)`,
  sql`create index flow_runs_by_event on flow_runs (event_id)`,
  sql`create index flow_runs_by_parent on flow_runs (parent) where parent is not null`,
  sql`create index flow_runs_by_undone on flow_runs (undoes) where undoes is not null`,
  // A removed set keeps its row without content, so that the file does not add it again.
  sql`create table flow_sets (
    name text collate "C" primary key,
    content json
  )`,
  sql`create table flow_switches (
    flow text collate "C" primary key,
    enabled boolean not null
  )`,
];

/** Runs of delegated flows, resource sets, and the switches of flows. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await statement.execute(db);
}
