/**
 * The figures of `arx run mfa-enforcement-check --estimate`, computed from what is known about the
 * scope.
 */

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

/** The facts an estimate is based on. */
export interface EstimateBasis {
  users: number;
  /** Users on each page if the scope was listed; null if the pages are estimated too. */
  pages: number[] | null;
  basis: 'assumed' | 'last_run' | 'listed';
  /** When the number of users was read, ISO 8601; null if it is assumed. */
  at: string | null;
  /** The last complete run of the scope. */
  last: LastRun | null;
  quota: UsersLimit;
}

/** `arx.estimate/v1`: what a run of the check would take. */
export interface EstimateDocument {
  schema: 'arx.estimate/v1';
  users: number;
  /** Okta calls for listing and first reads. */
  calls: number;
  /**
   * With mode delta: calls if no user changed (`calls` is then the maximum). Null if every user is
   * read.
   */
  leastCalls: number | null;
  /**
   * Okta calls that read users again before a ticket, based on the last run; null without a last
   * run.
   */
  ticketCalls: number | null;
  /** Time that `calls` take at the quota. */
  seconds: number;
  /** Temporal actions without heartbeats and queries. */
  actions: number;
  actionsByPhase: ActionsByPhase;
  /**
   * Maximum number of further actions: heartbeats while activities wait, and queries by a command
   * that follows the run.
   */
  apart: { heartbeats: number; queries: number };
  /** List price of `actions`, with `heartbeats`, and with both. */
  price: {
    currency: 'USD';
    amount: number;
    withHeartbeats: number;
    withQueries: number;
    perMillion: number;
  };
  /** Calls per minute; `limit` and `usable` are null if there is no limit. */
  quota: { limit: number | null; share: number; usable: number | null };
  /** Users per activity. */
  batch: number;
  scope: Scope;
  /**
   * `tickets`: the source of the number of findings; `pace`: calls per second if no quota applies.
   */
  basis: {
    users: EstimateBasis['basis'];
    quota: UsersLimit['basis'];
    tickets: 'last_run' | 'none';
    at: string | null;
    run: string | null;
    pace: number;
  };
}

/** One request to check how far the log reaches back, and one for a page of it. */
const LOG_REQUESTS = 2;

/** Computes the estimate. */
export function estimateDocument(
  config: ArxConfig,
  scope: Scope,
  basis: EstimateBasis,
): EstimateDocument {
  const { users, last } = basis;
  const { batch, window } = config.scan;
  const pages = basis.pages ?? pagesOf(users, scope.groups.length);
  const tickets = config.tickets.mode;
  const lists = Math.max(1, scope.groups.length);
  const found = { findings: last?.findings ?? 0, closable: last?.closed ?? 0 };
  const phases = actionsOf({ pages, lists, batch, tickets, ...found });
  const actions = totalActions(phases);
  const calls = users + pages.length;
  const quota = quotaOf(config, basis.quota.limit);
  const pace = paceOf(window);
  const seconds = secondsFor({ calls, usable: quota.usable, pace });
  const apart = {
    heartbeats: heartbeats(seconds, Math.min(window, phases.checks)),
    queries: Math.ceil((seconds * 1_000) / FOLLOW_MS),
  };
  return {
    schema: 'arx.estimate/v1',
    leastCalls: config.scan.mode === 'delta' ? pages.length + LOG_REQUESTS : null,
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
      users: basis.basis,
      quota: basis.quota.basis,
      tickets: last ? 'last_run' : 'none',
      at: basis.at,
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
 * User and factors are read again before a ticket is opened; in mode bulk, for every user on its
 * list.
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
