import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { ActionState } from '../../governance/types.ts';
import type { Cut, Removal } from './removal.ts';

/** Replaces the caller and the account of a flow run once its personal data is removed. */
const REMOVED = 'removed';

const ENDS = [
  ...(['succeeded', 'failed', 'denied', 'rejected'] as const),
  ...(['expired', 'cancelled', 'stale', 'unknown'] as const),
] satisfies ActionState[];

/** A request that has ended and is not used by a running flow. */
const isClosed = ({ settled }: Cut): RawBuilder<boolean> => sql`(
  requests.state in (${sql.join(ENDS.map((state) => sql.lit(state)))}) and requests.updated_at < ${settled}
  and not exists (
    select 1 from flow_runs f, json_array_elements(f.steps) s
    where f.state <> 'ended' and s->>'request' = requests.request_id))`;

/**
 * An issue without its account: its topic. The columns by which the event is recognised again are
 * separate.
 */
const ISSUE = sql`json_build_object(
  'eventId', issue->'eventId', 'eventType', issue->'eventType', 'source', issue->'source', 'at', issue->'at',
  'issueId', issue->'issueId', 'category', issue->'category', 'severity', issue->'severity', 'title', issue->'title',
  'texts', '{}'::json, 'lastLogin', null, 'entity', case issue->'entity'->>'kind'
    when 'account' then json_build_object('kind', 'account', 'account', json_build_object(
      'product', issue->'entity'->'account'->'product', 'tenant', issue->'entity'->'account'->'tenant',
      'id', ${sql.lit(REMOVED)}, 'displayName', null))
    when 'person' then json_build_object('kind', 'person', 'displayName', null, 'accounts', '[]'::json)
    else json_build_object('kind', issue->'entity'->'kind', 'product', issue->'entity'->'product',
      'tenant', issue->'entity'->'tenant', 'displayName', null) end)`;

const STEPS = sql`(
  select coalesce(json_agg(json_build_object('id', s->'id', 'operation', s->'operation', 'params', '{}'::json,
    'state', s->'state', 'decision', null, 'request', null, 'result', null, 'verified', s->'verified')), '[]')
  from json_array_elements(steps) s)`;

const CALLER = sql`json_build_object('principal', ${sql.lit(REMOVED)}, 'personId', null,
  'authenticatedBy', caller->'authenticatedBy', 'surface', caller->'surface')`;

const oldAnswer = ({ before, now }: Cut): RawBuilder<boolean> => sql`(
  coalesce(enrichments.kept_at, enrichments.begun_at, enrichments.expires_at) < ${before}::timestamptz
  and coalesce(enrichments.lease_until < ${now}::timestamptz, true))`;

/** Removals of operations, flows, looked-up accounts and workflow inputs. */
export const OPERATION_REMOVALS: readonly Removal[] = [
  {
    what: 'grants of closed requests',
    table: 'grants',
    where: (cut) => sql`grants.expires_at < ${cut.settled} and not exists (
      select 1 from requests where requests.request_id = grants.request_id and not ${isClosed(cut)})`,
  },
  { what: 'closed requests', table: 'requests', where: isClosed },
  {
    // The row stays: its key and its digest ensure that an event is processed only once.
    what: 'people of flow runs',
    table: 'flow_runs',
    where: ({ settled }) => sql`flow_runs.state = 'ended' and flow_runs.finished_at < ${settled}
      and flow_runs.principal <> ${sql.lit(REMOVED)}`,
    set: () => sql`principal = ${sql.lit(REMOVED)}, caller = ${CALLER}, issue = ${ISSUE}, inputs = '{}',
      message = null, error = null, target = null, steps = ${STEPS}, undo = null`,
  },
  {
    what: 'enriched accounts',
    table: 'enrichments',
    where: oldAnswer,
  },
  {
    // A look-up locks the row of its user, so no row is removed during a look-up.
    what: 'enriched accounts',
    table: 'enriched_users',
    where: (cut) => sql`
      (enriched_users.written_at is null or enriched_users.written_at < ${cut.settled}::timestamptz) and not exists (
        select 1 from enrichments where enrichments.org = enriched_users.org
          and (coalesce(enrichments.user_id, '') = enriched_users.user_id
            or enrichments.lease_until >= ${cut.now}::timestamptz)
          and not ${oldAnswer(cut)})`,
  },
  {
    what: 'inputs of workflows',
    table: 'snapshots',
    where: ({ settled }) => sql`snapshots.kept_at < ${settled}`,
  },
  {
    what: 'expired signatures',
    table: 'seen_signatures',
    where: ({ settled }) => sql`seen_signatures.expires_at < ${settled}`,
  },
];
