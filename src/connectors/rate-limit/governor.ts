import { randomUUID } from 'node:crypto';
import { BucketQueue } from './bucket-queue.ts';
import type { BucketState, BucketStore, Clock, Governor, Quota } from './types.ts';

interface GovernorSettings {
  quota: Quota;
  /**
   * Concurrent requests per bucket, over all processes that share the store. Default 30, which is
   * below Okta's concurrency limit.
   */
  maxInFlight?: number;
  clock?: Clock;
  /** Stores the state of the buckets. Default: in this process. */
  store?: BucketStore;
}

/**
 * Creates a governor. Buckets learn their limits from the responses; requests without a slot wait
 * in a queue. All governors on one store share their state.
 */
export function createGovernor({
  quota,
  maxInFlight = 30,
  clock = systemClock,
  store = memoryBucketStore(clock),
}: GovernorSettings): Governor {
  const queues = new Map<string, BucketQueue>();
  const owner = randomUUID();
  const queueOf = (bucket: string): BucketQueue => {
    const queue =
      queues.get(bucket) ?? new BucketQueue({ bucket, owner, quota, maxInFlight, clock, store });
    queues.set(bucket, queue);
    return queue;
  };
  return { acquire: (bucket, priority, signal) => queueOf(bucket).acquire(priority, signal) };
}

/** A bucket store in the memory of one process. */
export function memoryBucketStore(clock: Clock): BucketStore {
  const states = new Map<string, BucketState>();
  return {
    now: () => clock.now(),
    change: async (bucket, step) => {
      const { state, result } = step(states.get(bucket) ?? null, clock.now());
      states.set(bucket, state);
      return result;
    },
  };
}

/** The monotonic clock of the process. */
const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, wake) => {
    const timer = setTimeout(wake, ms);
    return () => clearTimeout(timer);
  },
};
