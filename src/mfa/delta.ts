import { rowOf } from './delta-table.ts';
import type { LogRow } from './delta-table.ts';
import type { Factor, Verdict } from './types.ts';

/** Why everybody is read although a delta scan was asked for. */
export type FullCode =
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

/** A reason with the sentence that stands in reports. */
export interface FullReason {
  code: FullCode;
  text: string;
}

const SENTENCES: Record<FullCode, string> = {
  no_base: 'there is no complete run of this scope to start from',
  full_due: 'the last full scan is longer ago than scan.full_every allows',
  base_too_old: 'the last complete run of this scope is older than what the System Log keeps',
  log_not_allowed: 'okta:logs:read is not allowed for this workflow',
  log_unreadable: 'the System Log could not be read',
  log_gap: 'the System Log does not reach back to the run to start from',
  log_malformed: 'the System Log has entries that could not be understood and may hide a change',
  log_too_long: 'the System Log has more to read than a delta scan may save',
  settings_changed: 'settings that decide about the factors of many changed',
  names_nobody: 'an entry of the System Log that changes factors does not say whose',
};

/** A reason in words; `detail` is a code of ours, or an event type with its time. */
export function fullReason(code: FullCode, detail?: string): FullReason {
  return { code, text: detail === undefined ? SENTENCES[code] : `${SENTENCES[code]} (${detail})` };
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/**
 * How long before the base began the log is read again: clocks differ, and an entry that came too
 * late for the base is still found by the run after it.
 */
export const OVERLAP_MS = 60 * MINUTE_MS;
/**
 * Okta keeps its log for 90 days; some are left over, so that nothing is purged while it is read.
 */
export const LOG_KEPT_MS = 85 * DAY_MS;

/** The last complete run of the scope. Times are ISO 8601. */
export interface Base {
  run: string;
  startedAt: string;
  /** When the last run began that read everybody: this one, or one before it. */
  lastFull: string;
}

export interface GroundInput {
  base: Base | null;
  now: Date;
  fullEveryMs: number;
  /** Whether arx.yaml and the policies let the log be read. */
  logAllowed: boolean;
}

/**
 * Whether a delta scan may be begun, and from when on the log is to be read (ISO 8601); else why
 * not.
 */
export function groundOf({
  base,
  now,
  fullEveryMs,
  logAllowed,
}: GroundInput): { since: string } | FullReason {
  if (base === null) return fullReason('no_base');
  if (!logAllowed) return fullReason('log_not_allowed');
  const since = Date.parse(base.startedAt) - OVERLAP_MS;
  if (now.getTime() - since > LOG_KEPT_MS) return fullReason('base_too_old');
  if (now.getTime() - Date.parse(base.lastFull) > fullEveryMs) return fullReason('full_due');
  return { since: new Date(since).toISOString() };
}

/** What of a log entry matters here; the connector's events fit. */
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
 * Whom the entries of a page may have changed, and the first reason to read everybody; null where
 * there is none.
 */
export interface PageEffect {
  changed: string[];
  force: FullReason | null;
}

/**
 * Reads a page of the log. Entries count whatever their outcome; `malformed` are those that could not be understood.
 * `base`: when the base began, so that a reason can say that an entry is older (it counts: it may have come late).
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
    const people = row.effect === 'user' ? peopleIn(entry, row) : [];
    for (const id of people) changed.add(id);
    if (people.length > 0) continue;
    force ??= fullReason(
      row.effect === 'user' ? 'names_nobody' : 'settings_changed',
      describeEntry(entry, row, base),
    );
  }
  return { changed: [...changed], force };
}

/**
 * Which entry it was, for a reader who wants to look it up: Okta's own text only where it is an
 * event type and a time.
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
    ? ', before the run to start from began, within the hour that is read again'
    : '';
  return `${type} at ${new Date(at).toISOString()}${why}`;
}

/** Everybody whom an entry names; nobody unless it names whom it is about. */
function peopleIn({ actor, targets }: LogEntry, { about }: LogRow): string[] {
  const people = targets.filter(({ type }) => type === 'User');
  const acting = actor?.type === 'User' ? [actor] : [];
  const named = about === 'actor' ? [...people, ...acting] : people;
  if (named.length === 0 || named.some(({ id }) => id === null)) return [];
  return [...people, ...acting].flatMap(({ id }) => (id === null ? [] : [id]));
}

/** A user as the base left it. */
export interface Earlier {
  status: string;
  created: string | null;
  verdict: Verdict | null;
  factors: readonly Factor[] | null;
}

/** Why the factors of a user are read again. */
export type Reread =
  'newly_listed' | 'changed' | 'not_settled' | 'listed_differently' | 'may_change_silently';

/**
 * Verdicts that stand on factors which were read and understood, and that time alone does not
 * change.
 */
const SETTLED: readonly (Verdict | null)[] = ['compliant', 'weak_only', 'none', 'exempt'];
/**
 * Statuses that a factor leaves with an entry in the log only; the others may change by themselves
 * or are not documented.
 */
const STEADY: readonly (string | null)[] = ['ACTIVE', 'INACTIVE', 'DISABLED'];

/** Why a user must be read; null where the earlier reading may be taken over and judged again. */
export function rereadReason(
  earlier: Earlier | null,
  listed: Pick<Earlier, 'status' | 'created'>,
  changed: boolean,
): Reread | null {
  if (earlier === null) return 'newly_listed';
  if (changed) return 'changed';
  if (!SETTLED.includes(earlier.verdict) || earlier.factors === null) return 'not_settled';
  if (earlier.status !== listed.status || earlier.created !== listed.created)
    return 'listed_differently';
  return earlier.factors.every(({ status }) => STEADY.includes(status))
    ? null
    : 'may_change_silently';
}
