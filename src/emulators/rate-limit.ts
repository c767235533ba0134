/** State of one bucket after a request was counted. */
export interface BucketState {
  limit: number;
  remaining: number;
  /** Epoch seconds, rounded up. */
  reset: number;
  refused: boolean;
}

/** What a bucket has seen since the start. */
export interface BucketStatistics {
  name: string;
  windows: number;
  served: number;
  throttled: number;
  /** Smallest number of calls left in any window. */
  leastRemaining: number;
  /** When the first window began, and when the last request was served; epoch milliseconds. */
  openedAt: number;
  lastServedAt: number | null;
}

interface Bucket extends BucketStatistics {
  startedAt: number;
  used: number;
}

const UNSEEN = { windows: 0, served: 0, throttled: 0, leastRemaining: Infinity, lastServedAt: null, used: 0 };

export interface RateLimitSettings {
  /** Requests a window; 0 lifts the limit. */
  rateLimit: number;
  windowMs: number;
}

/** Okta's kind of buckets: each window begins with its first request, not with the minute of the clock. */
export class RateLimiter {
  readonly #settings: RateLimitSettings;
  readonly #buckets = new Map<string, Bucket>();

  constructor(settings: RateLimitSettings) {
    this.#settings = settings;
  }

  /** Counts a request; the settings may change between calls. Null where there is no limit. */
  take(name: string, now: number): BucketState | null {
    const { rateLimit: limit, windowMs } = this.#settings;
    if (limit <= 0) return null;
    const bucket = this.#bucket(name, now);
    const refused = bucket.used >= limit;
    bucket.used += 1;
    if (refused) bucket.throttled += 1;
    else Object.assign(bucket, { served: bucket.served + 1, lastServedAt: now });
    const remaining = Math.max(0, limit - bucket.used);
    bucket.leastRemaining = Math.min(bucket.leastRemaining, remaining);
    return { limit, remaining, reset: Math.ceil((bucket.startedAt + windowMs) / 1000), refused };
  }

  statistics(): BucketStatistics[] {
    return [...this.#buckets.values()].map(({ startedAt: _startedAt, used: _used, ...seen }) => seen);
  }

  #bucket(name: string, now: number): Bucket {
    const found = this.#buckets.get(name);
    if (found && now < found.startedAt + this.#settings.windowMs) return found;
    const startedAt = windowStart(now, this.#settings.windowMs);
    const bucket = found ?? { ...UNSEEN, name, openedAt: startedAt, startedAt };
    Object.assign(bucket, { startedAt, used: 0, windows: bucket.windows + 1 });
    this.#buckets.set(name, bucket);
    return bucket;
  }
}

// Whole seconds where the window has them, so that the reset header (in seconds) is exact.
function windowStart(now: number, windowMs: number): number {
  return windowMs % 1000 === 0 ? Math.floor(now / 1000) * 1000 : now;
}
