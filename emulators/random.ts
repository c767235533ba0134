/**
 * A seeded source of numbers in [0, 1). The same seed gives the same organisation and the same
 * faults.
 */
export type Random = () => number;

/** Mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A whole number from 0 to `below` - 1. */
export function whole(random: Random, below: number): number {
  return Math.floor(random() * below);
}

/** One item, all equally likely; throws for an empty list. */
export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[whole(random, items.length)];
  if (item === undefined) throw new Error('pick: the list is empty');
  return item;
}

/** One item, with a probability in proportion to its weight. */
export function pickWeighted<Item>(
  random: Random,
  items: readonly (readonly [Item, number])[],
): Item {
  let left = random() * items.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [item, weight] of items) {
    left -= weight;
    if (left < 0) return item;
  }
  return pick(
    random,
    items.map(([item]) => item),
  );
}
