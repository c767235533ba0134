import type { Clock } from './types.ts';

/** The process's own monotonic clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, wake) => {
    const timer = setTimeout(wake, ms);
    return () => clearTimeout(timer);
  },
};
