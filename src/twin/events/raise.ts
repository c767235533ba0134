import type { SecurityEvent } from '../types.ts';
import { allHold, isOfType } from './conditions.ts';
import { readEntries } from './entry.ts';
import type { TimedEntry } from './entry.ts';
import { judge } from './judge.ts';
import type { RuleEntries } from './judge.ts';
import { judgingStart, entriesToKeep } from './memory.ts';
import type {
  Carried,
  EntryMatch,
  EntryParty,
  EventRule,
  EventSettings,
  LogWindow,
  Raised,
} from './types.ts';

export interface RaiseOptions {
  settings: EventSettings;
  /** What the window before gave; null or absent for the first. */
  carried?: Carried | null;
  /** What was read; from the first to the last entry where it is not said. */
  window?: LogWindow;
}

/**
 * Security events of one window of the System Log. Windows in order, each starting no later than
 * the last one ended, raise what the whole log at once would, however it is cut: what a rule needs
 * of earlier windows is carried over. Judged by the entries' own times and the end of the window.
 */
export function raise(
  rules: readonly EventRule[],
  entries: readonly unknown[],
  options: RaiseOptions,
): Raised {
  const { entries: read, malformed } = readEntries(entries);
  const given = options.carried ?? null;
  const window = spanOf(options.window ?? widest(read), given);
  const before = window.anew ? null : given;
  const log = before ? allEntries(before, read) : read;
  const looked = entriesByRule(rules, log, options.settings);
  const events = looked.flatMap((one) => {
    // What was judged in an earlier window is left to it: here not all that surrounds it may be at
    // hand.
    const from = before ? judgingStart(one.rule, Date.parse(before.until)) : -Infinity;
    return judge(one, window.until).flatMap((found) =>
      found.at >= from ? [eventOf(one.rule, found)] : [],
    );
  });
  const carried = window.stale && given ? given : carryOver(window, looked);
  return { events: events.sort(byTime), carried, malformed };
}

const NEVER = '1970-01-01T00:00:00Z';

interface Span {
  since: number;
  until: number;
  /** The window reaches back before all that was read: it is judged by itself. */
  anew: boolean;
  /** It also ends before that, so what is carried stays as it is. */
  stale: boolean;
}

function spanOf(window: LogWindow | null, carried: Carried | null): Span {
  const since = Date.parse(window?.since ?? carried?.until ?? NEVER);
  const until = window ? Date.parse(window.until) : since;
  if (!carried) return { since, until, anew: true, stale: false };
  const [start, end] = [Date.parse(carried.since), Date.parse(carried.until)];
  if (since <= start) return { since, until, anew: true, stale: until < end };
  return {
    since: since <= end ? start : since,
    until: Math.max(until, end),
    anew: false,
    stale: false,
  };
}

const widest = (entries: readonly TimedEntry[]): LogWindow | null => {
  const [first, last] = [entries[0], entries.at(-1)];
  return first && last ? { since: first.entry.published, until: last.entry.published } : null;
};

const allEntries = (before: Carried, read: readonly TimedEntry[]): readonly TimedEntry[] =>
  readEntries([...before.entries, ...read.map(({ entry }) => entry)]).entries;

/** For each rule the entries that it looks at; each entry is put only to the rules for its type. */
function entriesByRule(
  rules: readonly EventRule[],
  log: readonly TimedEntry[],
  settings: EventSettings,
): RuleEntries[] {
  const looked = rules.map((rule) => ({
    rule,
    first: [] as TimedEntry[],
    then: [] as TimedEntry[],
  }));
  const roles = looked.flatMap(({ rule, first, then }) => {
    const follower = 'follower' in rule.demand ? [{ match: rule.demand.follower, list: then }] : [];
    return [{ match: rule as EntryMatch, list: first }, ...follower];
  });
  const byType = new Map<string, typeof roles>();
  for (const one of log) {
    const { eventType } = one.entry;
    const open =
      byType.get(eventType) ??
      roles.filter(({ match }) => match.types.some((type) => isOfType(eventType, type)));
    byType.set(eventType, open);
    for (const { match, list } of open) if (allHold(match, one.entry, settings)) list.push(one);
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

const carryOver = ({ since, until }: Span, looked: readonly RuleEntries[]): Carried => ({
  since: new Date(since).toISOString(),
  until: new Date(until).toISOString(),
  entries: entriesToKeep(looked, until),
});

const byTime = (a: SecurityEvent, b: SecurityEvent): number =>
  Date.parse(a.at) - Date.parse(b.at) ||
  (a.uuid === b.uuid ? (a.rule < b.rule ? -1 : 1) : a.uuid < b.uuid ? -1 : 1);
