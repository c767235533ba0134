/** Selects the log entries that the next window needs. */

import type { TimedEntry } from './entry.ts';
import type { RuleEntries } from './triggers.ts';
import { correlationKeys } from './correlation.ts';
import type { CarryOver, EventRule, LogEntry, RuleTrigger } from './types.ts';

/** Smallest overlap of log windows, in milliseconds. */
const OVERLAP_MS = 5 * 60_000;

/**
 * Overlap of log windows, in milliseconds: an entry may be listed this much later than it was
 * published.
 */
export const overlapOf = (latenessMs: number | undefined): number =>
  Math.max(OVERLAP_MS, latenessMs ?? 0);

/**
 * The time from which entries are evaluated again, if the log was evaluated up to `until` before.
 */
export function evaluationStart(
  { trigger: demand }: EventRule,
  until: number,
  overlapMs: number,
): number {
  switch (demand.kind) {
    case 'single':
      return -Infinity;
    case 'threshold':
      return until - overlapMs;
    case 'followed':
    case 'not_followed':
      return until - overlapMs - demand.follower.withinMs;
  }
}

/**
 * Most entries of a rule that are kept for the whole overlap. A rule with more of them (an attack, of
 * which an event was raised) has the smallest overlap instead.
 */
const MOST_KEPT = 2_000;

/** What windows after `until` need: entries by time, and the rules with the smallest overlap. */
export function entriesToKeep(
  byRule: readonly RuleEntries[],
  until: number,
  overlapMs: number,
): { entries: LogEntry[]; shortened: string[] } {
  const shortened: string[] = [];
  const kept = byRule.flatMap((one) => {
    const whole = entriesFor(one, until, overlapMs);
    if (whole.length <= MOST_KEPT) return whole;
    shortened.push(one.rule.name);
    return entriesFor(one, until, OVERLAP_MS);
  });
  const unique = new Map(kept.map((one) => [one.entry.uuid, one]));
  const entries = [...unique.values()].sort((a, b) => a.at - b.at).map(({ entry }) => entry);
  return { entries, shortened };
}

/** The overlap of a rule with the windows before. */
export const overlapAfter = (
  { shortened = [] }: Pick<CarryOver, 'shortened'>,
  { name }: EventRule,
  overlapMs: number,
): number => (shortened.includes(name) ? OVERLAP_MS : overlapMs);

function entriesFor(
  { rule, first, then }: RuleEntries,
  until: number,
  overlapMs: number,
): readonly TimedEntry[] {
  const from = evaluationStart(rule, until, overlapMs);
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
