import type { BucketBook, BucketState, Clock } from './types.ts';

/** A book for one process, gone with it. */
export function memoryBook(clock: Clock): BucketBook {
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
