import type { SecurityEvent } from '../types.ts';
import { matchesAll, isOfType } from './conditions.ts';
import { readEntries } from './entry.ts';
import type { TimedEntry } from './entry.ts';
import { findTriggers } from './triggers.ts';
import type { RuleEntries } from './triggers.ts';
import { evaluationStart, entriesToKeep, overlapAfter, overlapOf } from './carry-over.ts';
import type {
  CarryOver,
  EntryMatch,
  EntryParty,
  EventRule,
  EventSettings,
  LogWindow,
  RaiseResult,
} from './types.ts';

interface RaiseOptions {
  settings: EventSettings;
  /** The result of the previous window; null or absent for the first. */
  carried?: CarryOver | null;
  /** The time that was read. Default: from the first to the last entry. */
  window?: LogWindow;
  /** Events that were raised before. A threshold is not raised again because of a late entry. */
  raised?: readonly Pick<SecurityEvent, 'uuid' | 'rule'>[];
}

/**
 * Raises the security events of one window of the System Log. Consecutive windows, each starting no
 * later than the end of the previous one, raise the same events as the whole log at once, however
 * it is split: what a rule needs from earlier windows is carried over. Evaluation uses only the
 * times of the entries and the end of the window.
 */
export function raise(
  rules: readonly EventRule[],
  entries: readonly unknown[],
  options: RaiseOptions,
): RaiseResult {
  const { entries: read, malformed } = readEntries(entries);
  const given = options.carried ?? null;
  const window = spanOf(options.window ?? widest(read), given);
  const before = window.restarts ? null : given;
  const log = before ? allEntries(before, read) : read;
  const byRule = entriesByRule(rules, log, options.settings);
  const overlap = overlapOf(options.settings.logLatenessMs);
  const raised = Map.groupBy(options.raised ?? [], ({ rule }) => rule);
  const events = byRule.flatMap((one) => {
    // Entries that an earlier window has evaluated are skipped: the entries around them may not be
    // available here.
    const from = before
      ? evaluationStart(one.rule, Date.parse(before.until), overlapAfter(before, one.rule, overlap))
      : -Infinity;
    const known = new Set(raised.get(one.rule.name)?.map(({ uuid }) => uuid));
    return findTriggers(one, { until: window.until, raised: known }).flatMap((found) =>
      found.at >= from ? [eventOf(one.rule, found)] : [],
    );
  });
  const carried = window.isOld && given ? given : carryOver(window, byRule, overlap);
  return { events: events.sort(byTime), carried, malformed };
}

const NEVER = '1970-01-01T00:00:00Z';

interface Span {
  since: number;
  until: number;
  /** The window starts before everything that was read, so it is evaluated on its own. */
  restarts: boolean;
  /** The window also ends before that, so the carry-over stays unchanged. */
  isOld: boolean;
}

function spanOf(window: LogWindow | null, carried: CarryOver | null): Span {
  const since = Date.parse(window?.since ?? carried?.until ?? NEVER);
  const until = window ? Date.parse(window.until) : since;
  if (!carried) return { since, until, restarts: true, isOld: false };
  const [start, end] = [Date.parse(carried.since), Date.parse(carried.until)];
  if (since <= start) return { since, until, restarts: true, isOld: until < end };
  return {
    since: since <= end ? start : since,
    until: Math.max(until, end),
    restarts: false,
    isOld: false,
  };
}

const widest = (entries: readonly TimedEntry[]): LogWindow | null => {
  const [first, last] = [entries[0], entries.at(-1)];
  return first && last ? { since: first.entry.published, until: last.entry.published } : null;
};

const allEntries = (before: CarryOver, read: readonly TimedEntry[]): readonly TimedEntry[] =>
  readEntries([...before.entries, ...read.map(({ entry }) => entry)]).entries;

/** The entries of a rule while they are collected. */
interface EntryLists extends RuleEntries {
  first: TimedEntry[];
  then: TimedEntry[];
}

interface MatchedList {
  match: EntryMatch;
  list: TimedEntry[];
}

/** The entries for each rule. Each entry is only checked against rules for its type. */
function entriesByRule(
  rules: readonly EventRule[],
  log: readonly TimedEntry[],
  settings: EventSettings,
): RuleEntries[] {
  const looked = rules.map((rule): EntryLists => ({ rule, first: [], then: [] }));
  const roles = looked.flatMap(({ rule, first, then }): MatchedList[] => {
    const follower =
      'follower' in rule.trigger ? [{ match: rule.trigger.follower, list: then }] : [];
    return [{ match: rule, list: first }, ...follower];
  });
  const byType = new Map<string, MatchedList[]>();
  for (const one of log) {
    const { eventType } = one.entry;
    const open =
      byType.get(eventType) ??
      roles.filter(({ match }) => match.types.some((type) => isOfType(eventType, type)));
    byType.set(eventType, open);
    for (const { match, list } of open) if (matchesAll(match, one.entry, settings)) list.push(one);
  }
  return looked;
}

function eventOf(
  { name, severity, tactic, technique }: EventRule,
  { entry }: TimedEntry,
): SecurityEvent {
  const { uuid, published: at, actor, targets } = entry;
  const target =
    targets.find(({ login }) => login !== null) ?? targets.find(({ id }) => id !== null) ?? null;
  return {
    uuid,
    rule: name,
    severity,
    tactic,
    technique,
    at,
    actor: partyLabel(actor),
    target: partyLabel(target),
  };
}

const partyLabel = (party: EntryParty | null): string | null => party?.login ?? party?.id ?? null;

const carryOver = (
  { since, until }: Span,
  looked: readonly RuleEntries[],
  overlapMs: number,
): CarryOver => ({
  since: new Date(since).toISOString(),
  until: new Date(until).toISOString(),
  ...entriesToKeep(looked, until, overlapMs),
});

const byTime = (a: SecurityEvent, b: SecurityEvent): number =>
  Date.parse(a.at) - Date.parse(b.at) ||
  (a.uuid === b.uuid ? (a.rule < b.rule ? -1 : 1) : a.uuid < b.uuid ? -1 : 1);
