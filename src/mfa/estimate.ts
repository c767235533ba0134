/** Estimates the Temporal actions, the time and the price of a run. */

import {
  AUTO_BATCH,
  batchSize,
  FINDINGS_PER_PAGE,
  HISTORY_LIMIT,
  PAGES_AT_ONCE,
  USERS_PER_PAGE,
} from './scan-plan.ts';

/** The properties of a run that determine its length and cost. */
export interface RunShape {
  /** Users on each listed page, in listing order. */
  pages: readonly number[];
  /**
   * Number of lists that the pages come from: one for the whole organisation, or one per group.
   * Default 1.
   */
  lists?: number;
  batch: 'auto' | number;
  tickets: 'per_user' | 'bulk' | 'none';
  /** Users who will not be covered, and tickets that can be closed. */
  findings: number;
  closable: number;
}

/**
 * Temporal actions of one run, by phase. Actions are: a workflow start, a scheduled or retried
 * activity, a heartbeat that reaches the server, a query. Each continue-as-new starts a workflow.
 * Heartbeats, queries and retries after faults are not counted here.
 * (docs.temporal.io/cloud/actions, November 2026)
 */
export interface ActionsByPhase {
  start: number;
  begin: number;
  listing: number;
  checks: number;
  tickets: number;
  closing: number;
  summary: number;
  /** Starts of continued runs, and the steps that each of them repeats at its beginning. */
  continued: number;
}

/**
 * Number of users on each page, as Okta fills the pages. Every further list (a group beyond the
 * first) may end with its own page.
 */
export function pagesOf(users: number, groups: number): number[] {
  const full = Array.from({ length: Math.floor(users / USERS_PER_PAGE) }, () => USERS_PER_PAGE);
  const rest = users % USERS_PER_PAGE;
  const pages = rest > 0 ? [...full, rest] : full;
  const minimum = groups > 0 ? pages.length + groups : Math.max(1, pages.length);
  return [...pages, ...Array.from({ length: minimum - pages.length }, () => 0)];
}

/** Counts the actions of a run without faults: what its workflow schedules, phase by phase. */
export function actionsOf(shape: RunShape): ActionsByPhase {
  const { pages, lists = 1, tickets, closable } = shape;
  const size = batchSize(shape.batch, sum(pages), AUTO_BATCH);
  const writes = tickets !== 'none';
  const phases = {
    begin: 1,
    listing: Math.ceil(pages.length / PAGES_AT_ONCE) + lists - 1,
    checks: sum(pages.map((users) => Math.ceil(users / size))),
    tickets: ticketActions(shape),
    // One conclusion. With tickets also: the closable tickets, page by page up to an empty page, and
    // the sweep.
    closing: writes ? 1 + readsUntilEmpty(closable) + closable + 1 : 1,
    summary: 2,
  };
  return { start: 1, ...phases, continued: 2 * continuations(sum(Object.values(phases))) };
}

function ticketActions({ tickets, findings }: RunShape): number {
  if (tickets === 'per_user') return readsUntilEmpty(findings) + findings;
  return tickets === 'bulk' ? 1 : 0;
}

const readsUntilEmpty = (items: number): number => Math.ceil(items / FINDINGS_PER_PAGE) + 1;

/**
 * History events of an activity and of the workflow task that receives its result, if every result
 * arrives alone.
 */
const EVENTS_PER_ACTIVITY = 6;
/** Activities of one run of the chain, without those at its beginning. */
const ACTIVITIES_PER_RUN = Math.floor(HISTORY_LIMIT / EVENTS_PER_ACTIVITY) - 1;
const continuations = (activities: number): number =>
  Math.max(0, Math.ceil(activities / ACTIVITIES_PER_RUN) - 1);

/** The sum of the actions of all phases. */
export const totalActions = (phases: ActionsByPhase): number => sum(Object.values(phases));

/**
 * Seconds between two heartbeats that reach the server: the SDK sends one per 80 % of five seconds.
 */
const HEARTBEAT_SECONDS = 4;
/** Maximum number of heartbeats if `inFlight` activities wait for the quota all the time. */
export const heartbeats = (seconds: number, inFlight: number): number =>
  Math.floor(seconds / HEARTBEAT_SECONDS) * inFlight;

/**
 * List price of Temporal Cloud: pay as you go, first five million actions of a month, without
 * storage and support. A self-hosted server costs nothing per action.
 * (docs.temporal.io/cloud/pricing, November 2026)
 */
export const PRICE_PER_MILLION = { currency: 'USD', amount: 50 } as const;

/**
 * Price of this many actions: in whole cents, below a cent with four decimals, and only zero
 * actions cost 0.
 */
export function priceOf(actions: number): number {
  const amount = (actions * PRICE_PER_MILLION.amount) / 1_000_000;
  if (amount >= 0.01 || actions === 0) return Math.round(amount * 100) / 100;
  return Math.max(1, Math.round(amount * 10_000)) / 10_000;
}

const WINDOW_SECONDS = 60;
/** Assumed time of a vendor's answer, in seconds. */
const ANSWER_SECONDS = 0.2;
const MAX_IN_FLIGHT = 30;
/**
 * Calls per second without a quota: one call in flight per activity, at most thirty, each taking a
 * fifth of a second.
 */
export const paceOf = (inFlight: number): number =>
  Math.min(inFlight, MAX_IN_FLIGHT) / ANSWER_SECONDS;

/**
 * Seconds for this many calls if `usable` calls fit into a window (null: no limit). Every window
 * except the last is waited for in full, and `pace` is the maximum number of calls per second.
 */
export function secondsFor({
  calls,
  usable,
  pace,
}: {
  calls: number;
  usable: number | null;
  pace: number;
}): number {
  if (usable === null || calls === 0) return calls / pace;
  const waited = Math.ceil(calls / usable) - 1;
  return Math.max(waited * WINDOW_SECONDS + (calls - waited * usable) / pace, calls / pace);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
