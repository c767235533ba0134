import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Cut, Removal } from './removal.ts';

/** A run that never ended may still be running; for a week it is treated as such. */
const isOld = ({ before, settled }: Cut): RawBuilder<boolean> => sql`
  coalesce(runs.finished_at < ${before}, runs.started_at < ${settled})`;

/**
 * The run that the next run of its scope is compared with and takes factors from: the last complete
 * one and, if a run is in progress, the last one that was complete when it began.
 */
const isBaseline = ({ settled }: Cut): RawBuilder<boolean> => sql`
  (runs.status = 'complete' and not runs.dry_run and not exists (
    select 1 from runs later where later.scope_key = runs.scope_key and later.status = 'complete'
      and not later.dry_run and (later.finished_at, later.position) > (runs.finished_at, runs.position)
      and not exists (
        select 1 from runs going where going.scope_key = runs.scope_key and going.finished_at is null and going.started_at >= ${settled}
          and going.started_at < later.finished_at)))`;

const isDue = (cut: Cut): RawBuilder<boolean> => sql`(${isOld(cut)} and not ${isBaseline(cut)})`;

const ofRuns = {
  column: 'run',
  keys: (cut: Cut): RawBuilder<{ key: string }> =>
    sql`select run as key from runs where ${isDue(cut)}`,
};

/** The plan without the users that it names; a report still shows the scope. */
const PLAN = sql`json_build_object(
  'statuses', plan->'statuses', 'groups', plan->'groups', 'scan', plan->'scan')`;

/** The summary with its figures, without user ids and names of exempt users. */
const SUMMARY = sql`(
  select json_object_agg(key, case key
    when 'changes' then json_build_object('new', value->'new', 'resolved', value->'resolved',
      'regressed', value->'regressed', 'users', '{"new":[],"resolved":[],"regressed":[]}'::json)
    when 'exemptions' then json_build_object('live', value->'live', 'expired', '[]'::json)
    else value end) from json_each(summary))`;

/**
 * A ticket row is needed to recognise the ticket while its user is part of any run whose users are
 * stored.
 */
const stillScanned = (cut: Cut): RawBuilder<boolean> => sql`exists (
  select 1 from runs join run_users on run_users.run = runs.run
  where runs.org = tickets.org and run_users.user_id = tickets.subject and not ${isDue(cut)})`;

/**
 * Removals of scans and their tickets. The runs themselves are marked first, so that no report
 * treats partial data as complete.
 */
export const SCAN_REMOVALS: readonly Removal[] = [
  {
    what: 'scans, left as figures',
    table: 'runs',
    where: (cut) => sql`runs.removed_at is null and ${isDue(cut)}`,
    set: ({ now }) => sql`removed_at = ${now}, plan = ${PLAN}, summary = ${SUMMARY}`,
  },
  { what: 'users of scans', table: 'run_users', of: ofRuns },
  { what: 'pages of scans', table: 'run_pages', of: ofRuns },
  { what: 'changes seen by scans', table: 'run_changed', of: ofRuns },
  { what: 'changes seen by scans', table: 'run_log_pages', of: ofRuns },
  { what: 'changes seen by scans', table: 'run_deltas', of: ofRuns },
  { what: 'ticket notes of scans', table: 'ticket_notes', of: ofRuns },
  {
    what: 'closed tickets of users who are no longer scanned',
    table: 'tickets',
    where: (cut) => sql`
      tickets.state in ('closed', 'absent') and (tickets.lease_until is null or tickets.lease_until < ${cut.now}::timestamptz)
      and coalesce(tickets.intended_at, '') < ${cut.settled}
      and not exists (
        select 1 from runs where runs.run = tickets.last_run
          and (runs.finished_at is null or runs.finished_at >= ${cut.settled}))
      and not exists (select 1 from runs where runs.scope_key = tickets.subject)
      and not ${stillScanned(cut)}`,
  },
];
