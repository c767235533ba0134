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

/** The entries for which a rule raises an event. The log has been read up to `until`. */
export function findTriggers({ rule, first, then }: RuleEntries, until: number): TimedEntry[] {
  const { trigger: demand } = rule;
  switch (demand.kind) {
    case 'single':
      return [...first];
    case 'threshold':
      return findThresholdEntries(first, demand);
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

// Returns the entry with which the count within the time reaches the threshold. While the count
// stays there, no other entry is returned.
function findThresholdEntries(
  entries: readonly TimedEntry[],
  demand: RuleTrigger & { kind: 'threshold' },
): TimedEntry[] {
  const { count, withinMs, by } = demand;
  const seen = new Map<string, { times: number[]; high: boolean }>();
  return entries.filter(({ entry, at }) => {
    const reached = correlationKeys(entry, by).map((key) => {
      const counted = seen.get(key) ?? { times: [], high: false };
      seen.set(key, counted);
      counted.times.push(at);
      const nth = counted.times[counted.times.length - count];
      const high = nth !== undefined && at - nth <= withinMs;
      const rises = high && !counted.high;
      counted.high = high;
      return rises;
    });
    return reached.includes(true);
  });
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
