import type { TimedEntry } from './entry.ts';
import { keysOf, keysOfAny } from './together.ts';
import type { EventRule, Follower, RuleDemand } from './types.ts';

/** The entries that one rule looks at, by time. */
export interface RuleEntries {
  rule: EventRule;
  /** Those that the rule itself names. */
  first: readonly TimedEntry[];
  /** Those that may follow them. */
  then: readonly TimedEntry[];
}

/** The entries for which a rule raises an event, of a log that was read up to `until`. */
export function judge({ rule, first, then }: RuleEntries, until: number): TimedEntry[] {
  const { demand } = rule;
  switch (demand.kind) {
    case 'single':
      return [...first];
    case 'threshold':
      return reaching(first, demand);
    case 'followed':
      return withFollower(first, then, demand.follower).flatMap(({ one, followed }) =>
        followed ? [one] : [],
      );
    case 'not_followed':
      return withFollower(first, then, demand.follower).flatMap(({ one, followed }) =>
        !followed && until > one.at + demand.follower.withinMs ? [one] : [],
      );
  }
}

// The entry that brings the count within the time up to the threshold; as long as it stays there,
// no other.
function reaching(
  entries: readonly TimedEntry[],
  demand: RuleDemand & { kind: 'threshold' },
): TimedEntry[] {
  const { count, withinMs, by } = demand;
  const seen = new Map<string, { times: number[]; high: boolean }>();
  return entries.filter(({ entry, at }) => {
    const reached = keysOf(entry, by).map((key) => {
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

function withFollower(
  first: readonly TimedEntry[],
  then: readonly TimedEntry[],
  { withinMs, by }: Follower,
) {
  const followers = new Map<string, TimedEntry[]>();
  for (const one of then) {
    for (const key of keysOfAny(one.entry, by)) {
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
    return { one, followed: keysOfAny(one.entry, by).some(follows) };
  });
}

// The first other entry at or after this one, by halving: the list is by time.
function nextAfter(list: readonly TimedEntry[], { at, entry }: TimedEntry): TimedEntry | undefined {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return list[low]?.entry.uuid === entry.uuid ? list[low + 1] : list[low];
}
