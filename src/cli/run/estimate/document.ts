import { usableCalls } from '../../../connectors/rate-limit/usable.ts';
import {
  actionsOf,
  heartbeats,
  pagesOf,
  paceOf,
  PRICE_PER_MILLION,
  priceOf,
  secondsFor,
  totalActions,
} from '../../../mfa/estimate.ts';
import type { ActionsByPhase } from '../../../mfa/estimate.ts';
import { AUTO_BATCH, batchSize } from '../../../mfa/scan-plan.ts';
import type { ArxConfig } from '../../../config/schema/schema.ts';
import { FOLLOW_MS } from '../../kit/poll.ts';
import type { LastRun, Scope } from './last-run.ts';
import type { UsersLimit } from './limit.ts';

/** What an estimate rests on. */
export interface Ground {
  users: number;
  /** Users on each page where the scope was listed; null where pages are estimated too. */
  pages: number[] | null;
  basis: 'assumed' | 'last_run' | 'listed';
  /** When the number of users was seen, ISO 8601; null where it is assumed. */
  at: string | null;
  /** The last complete run of the scope. */
  last: LastRun | null;
  quota: UsersLimit;
}

/** `arx.estimate/v1`: what a run of the check would take. */
export interface EstimateDocument {
  schema: 'arx.estimate/v1';
  users: number;
  /** Okta calls of listing and first reads. */
  calls: number;
  /**
   * With mode delta: calls where nobody changed, and `calls` are the most; null: everybody is read.
   */
  leastCalls: number | null;
  /**
   * Okta calls that read people again before a ticket, by the last run; null where there is none.
   */
  ticketCalls: number | null;
  /** Time of `calls` at the quota. */
  seconds: number;
  /** Temporal actions, heartbeats and queries apart. */
  actions: number;
  actionsByPhase: ActionsByPhase;
  /** Actions at most for heartbeats while activities wait, and for a person who follows the run. */
  apart: { heartbeats: number; queries: number };
  /** List price of `actions`, and with what is apart. */
  price: {
    currency: 'USD';
    amount: number;
    withHeartbeats: number;
    withQueries: number;
    perMillion: number;
  };
  /** A minute; `limit` and `usable` null: no limit. */
  quota: { limit: number | null; share: number; usable: number | null };
  /** Users an activity. */
  batch: number;
  scope: Scope;
  /**
   * `tickets`: where the number of findings comes from; `pace`: calls a second where no quota is in
   * the way.
   */
  basis: {
    users: Ground['basis'];
    quota: UsersLimit['basis'];
    tickets: 'last_run' | 'none';
    at: string | null;
    run: string | null;
    pace: number;
  };
}

/** One look whether the log reaches back, and a page of it. */
const LOOKS_AT_THE_LOG = 2;

/** Works the estimate out. */
export function estimateDocument(
  config: ArxConfig,
  scope: Scope,
  ground: Ground,
): EstimateDocument {
  const { users, last } = ground;
  const { batch, window } = config.scan;
  const pages = ground.pages ?? pagesOf(users, scope.groups.length);
  const tickets = config.tickets.mode;
  const lists = Math.max(1, scope.groups.length);
  const found = { findings: last?.findings ?? 0, closable: last?.closed ?? 0 };
  const phases = actionsOf({ pages, lists, batch, tickets, ...found });
  const actions = totalActions(phases);
  const calls = users + pages.length;
  const quota = quotaOf(config, ground.quota.limit);
  const pace = paceOf(window);
  const seconds = secondsFor({ calls, usable: quota.usable, pace });
  const apart = {
    heartbeats: heartbeats(seconds, Math.min(window, phases.checks)),
    queries: Math.ceil((seconds * 1_000) / FOLLOW_MS),
  };
  return {
    schema: 'arx.estimate/v1',
    leastCalls: config.scan.mode === 'delta' ? pages.length + LOOKS_AT_THE_LOG : null,
    users,
    calls,
    ticketCalls: ticketCalls(tickets, last),
    seconds: Math.round(seconds * 10) / 10,
    actions,
    actionsByPhase: phases,
    apart,
    price: prices(actions, apart),
    quota,
    batch: batchSize(batch, users, AUTO_BATCH),
    scope,
    basis: {
      users: ground.basis,
      quota: ground.quota.basis,
      tickets: last ? 'last_run' : 'none',
      at: ground.at,
      run: last?.run ?? null,
      pace,
    },
  };
}

function quotaOf({ quota }: ArxConfig, limit: number | null): EstimateDocument['quota'] {
  const { share, reserve, warning_threshold: warningThreshold } = quota;
  return {
    limit,
    share,
    usable: limit === null ? null : usableCalls(limit, { share, reserve, warningThreshold }),
  };
}

/**
 * User and factors are read again where a ticket is opened; for the one of a whole scope, of
 * everybody on its list.
 */
function ticketCalls(mode: ArxConfig['tickets']['mode'], last: LastRun | null): number | null {
  if (mode === 'none') return 0;
  if (last === null) return null;
  return 2 * (mode === 'bulk' ? last.findings : Math.max(0, last.findings - last.ticketed));
}

function prices(
  actions: number,
  { heartbeats: beats, queries }: EstimateDocument['apart'],
): EstimateDocument['price'] {
  const { currency, amount: perMillion } = PRICE_PER_MILLION;
  const withHeartbeats = priceOf(actions + beats);
  return {
    currency,
    amount: priceOf(actions),
    withHeartbeats,
    withQueries: priceOf(actions + beats + queries),
    perMillion,
  };
}
