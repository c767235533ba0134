/** The filters of `arx audit list`, from the words of the user to those of the store. */

import { historyTime } from '../../services/flows/history-filter.ts';
import { AUDIT_KINDS } from '../../audit/kinds.ts';
import type { AuditKind } from '../../audit/types.ts';
import { nearest, nearestFirst } from '../../config/yaml/nearest.ts';
import type { AuditFilter, Store } from '../../store/types.ts';
import { usageError } from '../kit/errors.ts';
import { resolveRun } from '../kit/references.ts';

/** Options of `arx audit list`. */
export interface ListOptions {
  run?: string;
  kind?: string;
  subject?: string;
  since?: string;
  until?: string;
  actor?: string;
  operation?: string;
  target?: string;
  outcome?: string[];
  limit: number;
  after?: number;
  order?: 'newest' | 'oldest';
  follow?: boolean;
  json?: boolean;
  local?: boolean;
  config?: string;
}

/**
 * The filter of a list. Names of people and groups are resolved exactly to all that they may mean.
 * Throws CliError `usage`.
 */
export async function auditFilterOf(store: Store, options: ListOptions): Promise<AuditFilter> {
  const { run, kind, subject, since, until, operation, outcome, limit, after } = options;
  return {
    ...(run !== undefined && { run: (await resolveRun(store, run)) ?? run }),
    ...(kind !== undefined && { kind: kindOf(kind) }),
    ...(subject !== undefined && { subject }),
    ...(since !== undefined && { since: timeOf(since, '--since', 'first') }),
    ...(until !== undefined && { until: timeOf(until, '--until', 'last') }),
    ...(options.actor !== undefined && { actors: await actorsOf(store, options.actor) }),
    ...(operation !== undefined && { operation }),
    ...(options.target !== undefined && { targets: await idsOf(store, options.target) }),
    ...(outcome !== undefined && { outcomes: outcome }),
    ...(after !== undefined && { after }),
    newestFirst: isNewestFirst(options),
    limit,
  };
}

/**
 * Scripts that read on from an index, and those that read documents, get the order of the chain.
 */
const isNewestFirst = ({ order, json, after, follow }: ListOptions): boolean =>
  order === undefined ? !json && after === undefined && !follow : order === 'newest';

function kindOf(text: string): AuditKind {
  const kind = AUDIT_KINDS.find((one) => one === text);
  if (kind !== undefined) return kind;
  const near = nearest(text, AUDIT_KINDS);
  const first = nearestFirst(text, AUDIT_KINDS).slice(0, MOST_LISTED).join(', ');
  throw usageError(
    `--kind ${text} is not a kind of audit entry.`,
    near === null ? `The nearest are ${first}.` : `Did you mean ${near}?`,
  );
}

const MOST_LISTED = 6;

function timeOf(text: string, flag: string, day: 'first' | 'last'): string {
  const at = historyTime(text, { day, now: Date.now });
  if (at !== null) return at;
  throw usageError(
    `${flag} ${text} is not a time.`,
    'Use a day (2026-11-22), a time (2026-11-22T08:00:00Z), or how long ago (36h, 7d).',
  );
}

/** A login, an e-mail address, an Okta id or a principal, as the principals that entries name. */
async function actorsOf(store: Store, actor: string): Promise<string[]> {
  if (/^[a-z]+:/.test(actor)) return [actor];
  const people = (await store.names.find(actor)).filter(({ kind }) => kind === 'user');
  const names = [actor, ...people.flatMap(({ id, name }) => [id, name])];
  return [...new Set(names)].map((name) => `user:${name}`);
}

/** What has exactly this name, and the text itself, which may be an id. */
async function idsOf(store: Store, target: string): Promise<string[]> {
  return [...new Set([target, ...(await store.names.find(target)).map(({ id }) => id)])];
}
