import type { TimedEntry } from './entry.ts';
import type { RuleEntries } from './judge.ts';
import { keysOf } from './together.ts';
import type { EventRule, LogEntry, RuleDemand } from './types.ts';

/**
 * How far windows of the log overlap: an entry may be listed that much later than it was published.
 * Milliseconds.
 */
export const OVERLAP_MS = 5 * 60_000;

/** From when on entries are judged again, of a log that was judged up to `until` before. */
export function judgingStart({ demand }: EventRule, until: number): number {
  switch (demand.kind) {
    case 'single':
      return -Infinity;
    case 'threshold':
      return until - OVERLAP_MS;
    case 'followed':
    case 'not_followed':
      return until - OVERLAP_MS - demand.follower.withinMs;
  }
}

/** The entries that windows after `until` need, each once, by time. */
export function entriesToKeep(looked: readonly RuleEntries[], until: number): LogEntry[] {
  const kept = looked.flatMap((one) => entriesFor(one, until));
  const unique = new Map(kept.map((one) => [one.entry.uuid, one]));
  return [...unique.values()].sort((a, b) => a.at - b.at).map(({ entry }) => entry);
}

function entriesFor({ rule, first, then }: RuleEntries, until: number): readonly TimedEntry[] {
  const from = judgingStart(rule, until);
  switch (rule.demand.kind) {
    case 'single':
      return [];
    case 'threshold':
      return newestOfEach(first, rule.demand, from);
    case 'followed':
    case 'not_followed':
      return [...first, ...then].filter(({ at }) => at >= from);
  }
}

// Whether the next one reaches the threshold can be told from as many before it as the threshold
// counts.
function newestOfEach(
  entries: readonly TimedEntry[],
  { count, by }: RuleDemand & { kind: 'threshold' },
  from: number,
): TimedEntry[] {
  const older = new Map<string, number>();
  const wanted = (one: TimedEntry): boolean => {
    const keys = keysOf(one.entry, by);
    if (one.at >= from) return keys.length > 0;
    const places = keys.map((key) => (older.get(key) ?? 0) + 1);
    keys.forEach((key, at) => older.set(key, places[at] ?? 0));
    return places.some((place) => place <= count);
  };
  return entries.toReversed().filter(wanted);
}
