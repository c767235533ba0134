import type { TimedEntry } from './entry.ts';
import { correlationKeys, anyCorrelationKeys } from './correlation.ts';
import type { EventRule, Follower, RuleTrigger } from './types.ts';

/** The entries that one rule uses, by time. */
export interface RuleEntries {
  rule: EventRule;
  /** Entries that match the rule itself. */
  first: readonly TimedEntry[];
  /** Entries that match the rule's follower. */
  then: readonly TimedEntry[];
}

/**
 * The entries for which a rule raises an event. The log has been read up to `until`; `raised` has the
 * uuids of entries for which the rule was raised before.
 */
export function findTriggers(
  { rule, first, then }: RuleEntries,
  { until, raised }: { until: number; raised: ReadonlySet<string> },
): TimedEntry[] {
  const { trigger: demand } = rule;
  switch (demand.kind) {
    case 'single':
      return [...first];
    case 'threshold':
      return findThresholdEntries(first, demand, raised);
    case 'followed':
      return pairWithFollowers(first, then, demand.follower).flatMap(({ one, followed }) =>
        followed ? [one] : [],
      );
    case 'not_followed':
      return pairWithFollowers(first, then, demand.follower).flatMap(({ one, followed }) =>
        !followed && until > one.at + demand.follower.withinMs ? [one] : [],
      );
  }
}

/** Entries while the count within the time is at the threshold; the first one reached it. */
type HighPeriod = TimedEntry[];

// Returns the entry with which the count within the time reaches the threshold. While the count
// stays there, no other entry is returned. A late entry may change which entry that is, so a period
// in which another entry was returned before is left out.
function findThresholdEntries(
  entries: readonly TimedEntry[],
  demand: RuleTrigger & { kind: 'threshold' },
  raised: ReadonlySet<string>,
): TimedEntry[] {
  const rises = new Set(
    highPeriods(entries, demand).flatMap(([first, ...others]) =>
      first && !others.some(({ entry }) => raised.has(entry.uuid)) ? [first] : [],
    ),
  );
  return entries.filter((one) => rises.has(one));
}

function highPeriods(
  entries: readonly TimedEntry[],
  { count, withinMs, by }: RuleTrigger & { kind: 'threshold' },
): HighPeriod[] {
  const seen = new Map<string, { times: number[]; period: HighPeriod | null }>();
  const periods: HighPeriod[] = [];
  for (const one of entries) {
    for (const key of correlationKeys(one.entry, by)) {
      const counted = seen.get(key) ?? { times: [], period: null };
      seen.set(key, counted);
      counted.times.push(one.at);
      const nth = counted.times[counted.times.length - count];
      const high = nth !== undefined && one.at - nth <= withinMs;
      if (!high) counted.period = null;
      else if (counted.period) counted.period.push(one);
      else periods.push((counted.period = [one]));
    }
  }
  return periods;
}

function pairWithFollowers(
  first: readonly TimedEntry[],
  then: readonly TimedEntry[],
  { withinMs, by }: Follower,
) {
  const followers = new Map<string, TimedEntry[]>();
  for (const one of then) {
    for (const key of anyCorrelationKeys(one.entry, by)) {
      const list = followers.get(key);
      if (list) list.push(one);
      else followers.set(key, [one]);
    }
  }
  return first.map((one) => {
    const follows = (key: string) => {
      const next = nextAfter(followers.get(key) ?? [], one);
      return next !== undefined && next.at - one.at <= withinMs;
    };
    return { one, followed: anyCorrelationKeys(one.entry, by).some(follows) };
  });
}

// Binary search for the first other entry at or after this one. The list is ordered by time.
function nextAfter(list: readonly TimedEntry[], { at, entry }: TimedEntry): TimedEntry | undefined {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return list[low]?.entry.uuid === entry.uuid ? list[low + 1] : list[low];
}
