/** Selects the log entries that the next window needs. */

import type { TimedEntry } from './entry.ts';
import type { RuleEntries } from './triggers.ts';
import { correlationKeys } from './correlation.ts';
import type { EventRule, LogEntry, RuleTrigger } from './types.ts';

/**
 * Overlap of log windows, in milliseconds: an entry may be listed this much later than it was
 * published.
 */
export const OVERLAP_MS = 5 * 60_000;

/**
 * The time from which entries are evaluated again, if the log was evaluated up to `until` before.
 */
export function evaluationStart({ trigger: demand }: EventRule, until: number): number {
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

/** The entries that windows after `until` need, without repetition, by time. */
export function entriesToKeep(byRule: readonly RuleEntries[], until: number): LogEntry[] {
  const kept = byRule.flatMap((one) => entriesFor(one, until));
  const unique = new Map(kept.map((one) => [one.entry.uuid, one]));
  return [...unique.values()].sort((a, b) => a.at - b.at).map(({ entry }) => entry);
}

function entriesFor({ rule, first, then }: RuleEntries, until: number): readonly TimedEntry[] {
  const from = evaluationStart(rule, until);
  switch (rule.trigger.kind) {
    case 'single':
      return [];
    case 'threshold':
      return newestPerKey(first, rule.trigger, from);
    case 'followed':
    case 'not_followed':
      return [...first, ...then].filter(({ at }) => at >= from);
  }
}

// To tell whether the next entry reaches the threshold, as many earlier entries as the threshold
// counts are enough.
function newestPerKey(
  entries: readonly TimedEntry[],
  { count, by }: RuleTrigger & { kind: 'threshold' },
  from: number,
): TimedEntry[] {
  const older = new Map<string, number>();
  const wanted = (one: TimedEntry): boolean => {
    const keys = correlationKeys(one.entry, by);
    if (one.at >= from) return keys.length > 0;
    const places = keys.map((key) => (older.get(key) ?? 0) + 1);
    keys.forEach((key, at) => older.set(key, places[at] ?? 0));
    return places.some((place) => place <= count);
  };
  return entries.toReversed().filter(wanted);
}
