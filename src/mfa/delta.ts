/**
 * Rules of a delta scan: whether it can be used, which users a page of the System Log affects, and
 * whose factors must be read again.
 */

import { rowOf } from './delta-table.ts';
import type { LogRow } from './delta-table.ts';
import type { Factor, Verdict } from './types.ts';

/** Why all users are read although a delta scan was requested. */
type FullCode =
  | 'no_base'
  | 'full_due'
  | 'base_too_old'
  | 'log_not_allowed'
  | 'log_unreadable'
  | 'log_gap'
  | 'log_malformed'
  | 'log_too_long'
  | 'settings_changed'
  | 'names_nobody';

/** A reason with its text for reports. */
export interface FullReason {
  code: FullCode;
  text: string;
}

const SENTENCES: Record<FullCode, string> = {
  no_base: 'this scope has no complete run to start from',
  full_due: 'the last full scan is older than scan.full_every allows',
  base_too_old:
    'the last complete run of this scope is older than the retention period of the System Log',
  log_not_allowed: 'this workflow is not allowed to use okta:logs:read',
  log_unreadable: 'the System Log could not be read',
  log_gap: 'the System Log does not go back to the run to start from',
  log_malformed: 'some entries of the System Log could not be understood and may hide a change',
  log_too_long: 'the System Log has so many entries that a delta scan would not save calls',
  settings_changed: 'a setting changed that affects the factors of many users',
  names_nobody: 'an entry of the System Log changes factors but does not name the user',
};

/** The reason for a code. `detail` is one of arx's own codes, or an event type with its time. */
export function fullReason(code: FullCode, detail?: string): FullReason {
  return { code, text: detail === undefined ? SENTENCES[code] : `${SENTENCES[code]} (${detail})` };
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/**
 * The log is read from this long before the start of the base run: clocks differ, and an entry that
 * arrived too late for the base run is still found by the next run.
 */
const OVERLAP_MS = 60 * MINUTE_MS;
/**
 * Okta keeps its log for 90 days. The margin of five days ensures that no entry is purged while the
 * log is read.
 */
export const LOG_KEPT_MS = 85 * DAY_MS;

/** The last complete run of the scope. Times are ISO 8601. */
export interface Base {
  run: string;
  startedAt: string;
  /** When the last run started that read all users: this run or an earlier one. */
  lastFull: string;
}

interface DeltaStartInput {
  base: Base | null;
  now: Date;
  fullEveryMs: number;
  /** Whether arx.yaml and the policies allow reading the log. */
  logAllowed: boolean;
}

/**
 * The time from which a delta scan must read the log (ISO 8601), or the reason why a full scan is
 * needed.
 */
export function deltaStart({
  base,
  now,
  fullEveryMs,
  logAllowed,
}: DeltaStartInput): { since: string } | FullReason {
  if (base === null) return fullReason('no_base');
  if (!logAllowed) return fullReason('log_not_allowed');
  const since = Date.parse(base.startedAt) - OVERLAP_MS;
  if (now.getTime() - since > LOG_KEPT_MS) return fullReason('base_too_old');
  if (now.getTime() - Date.parse(base.lastFull) > fullEveryMs) return fullReason('full_due');
  return { since: new Date(since).toISOString() };
}

/** The fields of a log entry that matter here. The connector's events have this shape. */
export interface LogEntry {
  eventType: string;
  /** ISO 8601. */
  published?: string;
  actor: Party | null;
  targets: readonly Party[];
}
interface Party {
  id: string | null;
  type: string | null;
}

/**
 * The users whom the entries of a page may have changed, and the first reason to read all users
 * (null if there is none).
 */
interface PageEffect {
  changed: string[];
  force: FullReason | null;
}

/**
 * Evaluates a page of the log. Entries count whatever their outcome; `malformed` is the number of
 * entries that could not be understood. `base` is the start of the base run: a reason then mentions
 * that an entry is older. Such an entry still counts, because it may have arrived late.
 */
export function effectOf(
  entries: readonly LogEntry[],
  malformed: number,
  base?: string,
): PageEffect {
  const changed = new Set<string>();
  let force = malformed > 0 ? fullReason('log_malformed') : null;
  for (const entry of entries) {
    const row = rowOf(entry.eventType);
    if (row === null) continue;
    const users = row.effect === 'named_users' ? usersIn(entry, row) : [];
    for (const id of users) changed.add(id);
    if (users.length > 0) continue;
    force ??= fullReason(
      row.effect === 'named_users' ? 'names_nobody' : 'settings_changed',
      describeEntry(entry, row, base),
    );
  }
  return { changed: [...changed], force };
}

/**
 * Identifies the entry so that a reader can look it up. Okta's own text is shown only if it is an
 * event type or a time.
 */
function describeEntry(
  { eventType, published }: LogEntry,
  { family }: LogRow,
  base: string | undefined,
): string {
  const type = /^[a-z0-9_.]{1,120}$/i.test(eventType) ? eventType : `${family}*`;
  const at = Date.parse(published ?? '');
  if (Number.isNaN(at)) return type;
  const early = base !== undefined && at < Date.parse(base);
  const why = early
    ? ', which is before the run to start from, in the hour that is read again'
    : '';
  return `${type} at ${new Date(at).toISOString()}${why}`;
}

/** All users named by an entry; none if it does not name the user whom it is about. */
function usersIn({ actor, targets }: LogEntry, { subject }: LogRow): string[] {
  const targeted = targets.filter(({ type }) => type === 'User');
  const acting = actor?.type === 'User' ? [actor] : [];
  const named = subject === 'actor' ? [...targeted, ...acting] : targeted;
  if (named.length === 0 || named.some(({ id }) => id === null)) return [];
  return [...targeted, ...acting].flatMap(({ id }) => (id === null ? [] : [id]));
}

/** A user as the base run left it. */
export interface EarlierReading {
  status: string;
  created: string | null;
  verdict: Verdict | null;
  factors: readonly Factor[] | null;
}

/** Why the factors of a user must be read again. */
type RereadReason =
  'newly_listed' | 'changed' | 'not_settled' | 'listed_differently' | 'may_change_silently';

/**
 * Verdicts based on factors that were read and understood, and that do not change with time alone.
 */
const SETTLED: readonly (Verdict | null)[] = ['compliant', 'weak_only', 'none', 'exempt'];
/**
 * Statuses that a factor cannot leave without an entry in the log. The other statuses may change
 * silently or are not documented.
 */
const STEADY: readonly (string | null)[] = ['ACTIVE', 'INACTIVE', 'DISABLED'];

/** Why a user must be read; null if the earlier reading can be reused and assessed again. */
export function rereadReason(
  earlier: EarlierReading | null,
  listed: Pick<EarlierReading, 'status' | 'created'>,
  changed: boolean,
): RereadReason | null {
  if (earlier === null) return 'newly_listed';
  if (changed) return 'changed';
  if (!SETTLED.includes(earlier.verdict) || earlier.factors === null) return 'not_settled';
  if (earlier.status !== listed.status || earlier.created !== listed.created)
    return 'listed_differently';
  return earlier.factors.every(({ status }) => STEADY.includes(status))
    ? null
    : 'may_change_silently';
}
