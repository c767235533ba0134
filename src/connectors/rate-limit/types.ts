/** Interactive calls take precedence over scans. */
export type Priority = 'interactive' | 'scan';

/** The status and headers of the response to a call. */
export interface Settlement {
  status: number;
  headers: Pick<Headers, 'get'>;
}

/**
 * The right to send one request. It is settled exactly once: with the response, or with null if
 * there was none.
 */
export interface Permit {
  /** Returns what the response says about its bucket; null without a response. */
  settle(settlement: Settlement | null): Sample | null;
}

/** Hands out permits, so that no rate limit of a vendor is exceeded. */
export interface Governor {
  /**
   * Waits for a slot in the bucket. Rejects with the signal's reason if it is aborted first, and
   * with the errors of the store.
   */
  acquire(bucket: string, priority: Priority, signal?: AbortSignal): Promise<Permit>;
}

/** How much of a bucket arx may use. */
export interface Quota {
  /** Share of the limit that arx may use, 0 to 1; calls by others count too. */
  share: number;
  /** Calls per window that scans leave for interactive look-ups. */
  reserve: number;
  /** Stay below 90 % of the limit, at which Okta begins to warn the administrators. */
  warningThreshold: boolean;
}

/** A clock that tests can control. */
export interface Clock {
  /** Monotonic milliseconds. */
  now(): number;
  /** Runs `wake` after `ms`; the returned function cancels it. */
  after(ms: number, wake: () => void): () => void;
}

/** What one response says about its bucket. */
export interface Sample {
  /** Null if the headers are missing or invalid. */
  window: {
    limit: number;
    remaining: number;
    /** The vendor's reset value, which identifies the window. */
    reset: number;
  } | null;
  /** Milliseconds until the window ends, from 1 s to 120 s; null if missing or implausible. */
  resetInMs: number | null;
  /**
   * The vendor's clock in epoch milliseconds, truncated to seconds; the local clock if the response
   * has no Date.
   */
  date: number;
  throttled: boolean;
  /** A 429 because of too many requests at the same time. */
  concurrent: boolean;
  /** Milliseconds until an empty token bucket gets new tokens; null if it is not known to be empty. */
  emptyForMs: number | null;
  /**
   * True for a response by the vendor itself rather than a failure on the way: without rate-limit
   * headers it means that there is no limit.
   */
  settled: boolean;
}

/** A time span by the clock of the store, in milliseconds. */
export interface Span {
  from: number;
  to: number;
}

/** The state of a rate-limit window. */
export interface Window {
  limit: number;
  remaining: number;
  /** As reported by the vendor, in epoch seconds. */
  reset: number;
  /** When its first request was sent and answered; null if another client sent it. */
  began: Span | null;
  /** Number of probes that found the window still running. */
  polls: number;
  /**
   * When to consider the window over if its reset is implausible; null if the reset is plausible.
   */
  oddEnd: number | null;
}

/** Bounds of the vendor's clock minus the local clock, in milliseconds. */
export interface Skew {
  low: number;
  high: number;
}

/** What has been learned about the length of windows. */
export interface EndRule {
  /** Length from the first request, in whole seconds; null before the first observation. */
  seconds: number | null;
  /** Whether resets may be reported up to a second late. */
  roundedUp: boolean;
  /** Whether a window was seen still running a second earlier. */
  tested: boolean;
}

/**
 * The state of one bucket, as plain JSON. All processes of an org share it, and it survives
 * restarts. Times are by the clock of the store.
 */
export interface BucketState {
  window: Window | null;
  /** The previous window, until a response of the next one arrives. */
  ended: Window | null;
  /** Reset of the previous window. */
  lastReset: number;
  /** Consecutive responses of the vendor without rate-limit headers. */
  silent: number;
  unlimited: boolean;
  /** The process that is sending the probe, if any. */
  probing: string | null;
  /** Requests in flight by process, and the time of its last heartbeat. */
  owners: Record<string, { inFlight: number; seenAt: number }>;
  blockedUntil: number;
  /**
   * How many requests may be in flight, after a 429 about concurrent requests; null or absent if there
   * was none. Rises with every other response.
   */
  atOnce?: number | null;
  /** For the current window, and for the previous one. */
  skew: { now: Skew | null; before: Skew | null };
  rule: EndRule;
}

/** Stores the states of buckets. */
export interface BucketStore {
  /** Milliseconds by the clock that all processes sharing the store use, as far as known here. */
  now(): number;
  /**
   * Reads the state of a bucket (null if there is none yet) and writes the result of `step`
   * atomically. `now` is the store's time at that moment.
   */
  change<Result>(bucket: string, step: Step<Result>): Promise<Result>;
}

type Step<Result> = (
  state: BucketState | null,
  now: number,
) => { state: BucketState; result: Result };
