import {
  AUTO_BATCH,
  batchSize,
  FINDINGS_A_PAGE,
  HISTORY_LIMIT,
  PAGES_AT_ONCE,
  USERS_A_PAGE,
} from './scan-plan.ts';

/** What a run will be like, as far as its length and its costs go. */
export interface RunShape {
  /** Users on each listed page, in listing order. */
  pages: readonly number[];
  /** Lists that the pages come from: the whole organisation is one, and each group. Default 1. */
  lists?: number;
  batch: 'auto' | number;
  tickets: 'per_user' | 'bulk' | 'none';
  /** Users who will not be covered, and tickets that can be closed. */
  findings: number;
  closable: number;
}

/**
 * Temporal actions of one run by phase. An action is a workflow start, an activity that is
 * scheduled or tried again, a heartbeat that reaches the server, a query; each continue-as-new
 * starts a workflow. Heartbeats, queries and tries after faults are not among these.
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
  /** Starts of continued runs, and what each does again at its beginning. */
  continued: number;
}

/**
 * Pages of `users` as Okta fills them; every further list (a group beyond the first) may end in a
 * page of its own.
 */
export function pagesOf(users: number, groups: number): number[] {
  const full = Array.from({ length: Math.floor(users / USERS_A_PAGE) }, () => USERS_A_PAGE);
  const rest = users % USERS_A_PAGE;
  const pages = rest > 0 ? [...full, rest] : full;
  const least = groups > 0 ? pages.length + groups : Math.max(1, pages.length);
  return [...pages, ...Array.from({ length: least - pages.length }, () => 0)];
}

/** Counts the actions of a run without faults; what its workflow schedules, phase by phase. */
export function actionsOf(shape: RunShape): ActionsByPhase {
  const { pages, lists = 1, tickets, closable } = shape;
  const size = batchSize(shape.batch, sum(pages), AUTO_BATCH);
  const writes = tickets !== 'none';
  const phases = {
    begin: 1,
    listing: Math.ceil(pages.length / PAGES_AT_ONCE) + lists - 1,
    checks: sum(pages.map((users) => Math.ceil(users / size))),
    tickets: ticketActions(shape),
    // One conclusion; where there are tickets, those to close page by page with an empty page last,
    // and the sweep.
    closing: writes ? 1 + pagesToTheEnd(closable) + closable + 1 : 1,
    summary: 2,
  };
  return { start: 1, ...phases, continued: 2 * continuations(sum(Object.values(phases))) };
}

function ticketActions({ tickets, findings }: RunShape): number {
  if (tickets === 'per_user') return pagesToTheEnd(findings) + findings;
  return tickets === 'bulk' ? 1 : 0;
}

const pagesToTheEnd = (items: number): number => Math.ceil(items / FINDINGS_A_PAGE) + 1;

/**
 * Events of an activity and of the workflow task that takes its result, where no two results come
 * together.
 */
const EVENTS_AN_ACTIVITY = 6;
/** Activities of one run of the chain, its beginning left out. */
const ACTIVITIES_A_RUN = Math.floor(HISTORY_LIMIT / EVENTS_AN_ACTIVITY) - 1;
const continuations = (activities: number): number =>
  Math.max(0, Math.ceil(activities / ACTIVITIES_A_RUN) - 1);

/** The sum of the actions of all phases. */
export const totalActions = (phases: ActionsByPhase): number => sum(Object.values(phases));

/**
 * Time from one heartbeat that reaches the server to the next: the SDK lets one through every 80 %
 * of five seconds.
 */
const HEARTBEAT_SECONDS = 4;
/** Heartbeats at most, where `inFlight` activities wait for the quota all the time. */
export const heartbeats = (seconds: number, inFlight: number): number =>
  Math.floor(seconds / HEARTBEAT_SECONDS) * inFlight;

/**
 * List price of Temporal Cloud: pay as you go, first five million actions of a month; storage and
 * support are apart, and a server of one's own asks nothing. (docs.temporal.io/cloud/pricing,
 * November 2026)
 */
export const PRICE_PER_MILLION = { currency: 'USD', amount: 50 } as const;

/**
 * Price of so many actions: in whole cents, below a cent with four decimals, and never 0 for any.
 */
export function priceOf(actions: number): number {
  const amount = (actions * PRICE_PER_MILLION.amount) / 1_000_000;
  if (amount >= 0.01 || actions === 0) return Math.round(amount * 100) / 100;
  return Math.max(1, Math.round(amount * 10_000)) / 10_000;
}

const WINDOW_SECONDS = 60;
/** Time that a vendor's answer is taken to need, seconds. */
const ANSWER_SECONDS = 0.2;
const MOST_IN_FLIGHT = 30;
/**
 * Calls a second where no quota is in the way: as many in flight as activities, up to thirty, a
 * fifth of a second each.
 */
export const paceOf = (inFlight: number): number =>
  Math.min(inFlight, MOST_IN_FLIGHT) / ANSWER_SECONDS;

/**
 * Time for so many calls of which `usable` fit in a window (null: no limit): every window but the
 * last is waited out, and no call goes faster than the pace (calls a second).
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
