import { randomUUID } from 'node:crypto';
import { systemClock } from './clock.ts';
import { Lane } from './lane.ts';
import { memoryBook } from './memory-book.ts';
import type { BucketBook, Clock, Governor, Quota } from './types.ts';

export interface GovernorSettings {
  quota: Quota;
  /**
   * Requests of one bucket under way at once, over all processes of the book. Default 30: under
   * Okta's concurrency limit.
   */
  maxInFlight?: number;
  clock?: Clock;
  /** Where the state of the buckets is kept. Default: in this process. */
  book?: BucketBook;
}

/**
 * A governor: buckets learn their limits from the answers, and whoever finds no place waits in
 * line. All governors on one book share what they know and use.
 */
export function createGovernor({
  quota,
  maxInFlight = 30,
  clock = systemClock,
  book = memoryBook(clock),
}: GovernorSettings): Governor {
  const lanes = new Map<string, Lane>();
  const owner = randomUUID();
  const laneOf = (bucket: string): Lane => {
    const lane = lanes.get(bucket) ?? new Lane({ bucket, owner, quota, maxInFlight, clock, book });
    lanes.set(bucket, lane);
    return lane;
  };
  return { acquire: (bucket, priority, signal) => laneOf(bucket).acquire(priority, signal) };
}
