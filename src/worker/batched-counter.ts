import type { MetricCounter, MetricTags } from '@temporalio/common';

/** How long counts are collected. */
const FLUSH_AFTER_MS = 250;

interface Batch {
  tags: MetricTags;
  count: number;
}

/**
 * A counter that updates the meter a few times a second, because one update costs as much as
 * judging a user.
 */
export class BatchedCounter {
  readonly #counter: MetricCounter;
  #batches = new Map<string, Batch>();

  constructor(counter: MetricCounter) {
    this.#counter = counter;
  }

  /** Counts one under these tags. */
  count(tags: Readonly<Record<string, string>>): void {
    if (this.#batches.size === 0) setTimeout(() => this.#flush(), FLUSH_AFTER_MS).unref();
    const key = Object.values(tags).join(' ');
    const gathered = this.#batches.get(key);
    if (gathered) gathered.count += 1;
    else this.#batches.set(key, { tags: { ...tags }, count: 1 });
  }

  #flush(): void {
    const gathered = this.#batches;
    this.#batches = new Map();
    for (const { tags, count } of gathered.values()) this.#counter.add(count, tags);
  }
}
