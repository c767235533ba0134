/** Okta's rate limit: buckets, windows and their statistics. */

/** State of a bucket after a request was counted. */
export interface BucketState {
  limit: number;
  remaining: number;
  /** Epoch seconds. */
  reset: number;
  refused: boolean;
}

/** Statistics of a bucket since the start. */
export interface BucketStatistics {
  name: string;
  windows: number;
  served: number;
  throttled: number;
  /** Smallest number of remaining calls in any window. */
  leastRemaining: number;
  /** Start of the first window, and time of the last served request; epoch milliseconds. */
  openedAt: number;
  lastServedAt: number | null;
}

/** One window of a bucket; times are epoch milliseconds. */
export interface WindowStatistics {
  startedAt: number;
  /** From this time the next window may begin. */
  endsAt: number;
  limit: number;
  served: number;
  throttled: number;
  leastRemaining: number;
}

/** All requests to a bucket, with or without a limit, and its windows, oldest first. */
export interface BucketReport {
  name: string;
  requests: number;
  firstRequestAt: number;
  lastRequestAt: number;
  /** At most the last 10,000; none without a limit. */
  windows: WindowStatistics[];
}

interface Bucket extends BucketStatistics {
  current: WindowStatistics;
}

const UNUSED = {
  windows: 0,
  served: 0,
  throttled: 0,
  leastRemaining: Infinity,
  lastServedAt: null,
};
const MAX_WINDOWS = 10_000;

/**
 * When a window begins: at the whole second of its first request, exactly at that request, or at
 * fixed times.
 */
export type WindowStart = 'second' | 'request' | 'clock';
/** How the exact end of a window is rounded to the whole seconds of the reset header. */
export type ResetRounding = 'up' | 'down';

export interface RateLimitSettings {
  /** Requests per window; 0 for no limit. */
  rateLimit: number;
  windowMs: number;
  /** Default `second`. */
  windowStart?: WindowStart;
  /** Default `up`. */
  resetRounding?: ResetRounding;
}

/**
 * Buckets as in Okta: by default, a window begins with its first request, not at the full minute.
 */
export class RateLimiter {
  readonly #settings: RateLimitSettings;
  readonly #buckets = new Map<string, Bucket>();
  readonly #reports = new Map<string, BucketReport>();

  constructor(settings: RateLimitSettings) {
    this.#settings = settings;
  }

  /** Counts a request. The settings may change between calls. Null if there is no limit. */
  take(name: string, now: number): BucketState | null {
    const { rateLimit: limit, windowMs, resetRounding = 'up' } = this.#settings;
    const report = this.#report(name, now);
    if (limit <= 0) return null;
    const bucket = this.#bucket(report, now);
    const { current } = bucket;
    const refused = current.served >= limit;
    const remaining = refused ? 0 : limit - current.served - 1;
    for (const seen of [bucket, current]) {
      seen[refused ? 'throttled' : 'served'] += 1;
      seen.leastRemaining = Math.min(seen.leastRemaining, remaining);
    }
    if (!refused) bucket.lastServedAt = now;
    return {
      limit,
      remaining,
      reset: ROUND[resetRounding]((current.startedAt + windowMs) / 1000),
      refused,
    };
  }

  statistics(): BucketStatistics[] {
    return [...this.#buckets.values()].map(({ current: _current, ...seen }) => seen);
  }

  /** The requests to each bucket, window by window. */
  reports(): BucketReport[] {
    return structuredClone([...this.#reports.values()]);
  }

  #report(name: string, now: number): BucketReport {
    const found = this.#reports.get(name) ?? {
      name,
      requests: 0,
      firstRequestAt: now,
      lastRequestAt: now,
      windows: [],
    };
    found.requests += 1;
    found.lastRequestAt = now;
    this.#reports.set(name, found);
    return found;
  }

  #bucket({ name, windows }: BucketReport, now: number): Bucket {
    const { windowMs, windowStart = 'second', rateLimit: limit } = this.#settings;
    const found = this.#buckets.get(name);
    if (found && now < found.current.startedAt + windowMs) return found;
    const startedAt = STARTED[windowStart](now, windowMs);
    const fresh = {
      startedAt,
      endsAt: startedAt + windowMs,
      limit,
      served: 0,
      throttled: 0,
      leastRemaining: limit,
    };
    windows.push(fresh);
    if (windows.length > MAX_WINDOWS) windows.shift();
    const bucket = found ?? { ...UNUSED, name, openedAt: startedAt, current: fresh };
    Object.assign(bucket, { current: fresh, windows: bucket.windows + 1 });
    this.#buckets.set(name, bucket);
    return bucket;
  }
}

const ROUND: Readonly<Record<ResetRounding, (seconds: number) => number>> = {
  up: Math.ceil,
  down: Math.floor,
};

const STARTED: Readonly<Record<WindowStart, (now: number, windowMs: number) => number>> = {
  // Whole seconds if the window is in whole seconds, so that the reset header is exact.
  second: (now, windowMs) => (windowMs % 1000 === 0 ? Math.floor(now / 1000) * 1000 : now),
  request: (now) => now,
  clock: (now, windowMs) => Math.floor(now / windowMs) * windowMs,
};
