import type { MetricCounter, MetricTags } from '@temporalio/common';

/** How long counts may gather. */
const GATHER_MS = 250;

interface Gathered {
  tags: MetricTags;
  count: number;
}

/**
 * A counter that tells the meter a few times a second: each word with it costs as much as judging a
 * user.
 */
export class GatheredCounter {
  readonly #counter: MetricCounter;
  #gathered = new Map<string, Gathered>();

  constructor(counter: MetricCounter) {
    this.#counter = counter;
  }

  /** Counts one under these tags. */
  count(tags: Readonly<Record<string, string>>): void {
    if (this.#gathered.size === 0) setTimeout(() => this.#tell(), GATHER_MS).unref();
    const key = Object.values(tags).join(' ');
    const gathered = this.#gathered.get(key);
    if (gathered) gathered.count += 1;
    else this.#gathered.set(key, { tags: { ...tags }, count: 1 });
  }

  #tell(): void {
    const gathered = this.#gathered;
    this.#gathered = new Map();
    for (const { tags, count } of gathered.values()) this.#counter.add(count, tags);
  }
}
