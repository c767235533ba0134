/** A person waiting goes before a scan. */
export type Priority = 'interactive' | 'scan';

/** What a settled call says of its bucket: the status and headers of its answer. */
export interface Settlement {
  status: number;
  headers: Pick<Headers, 'get'>;
}

/**
 * The right to send one request. Settled exactly once: with the answer, or with null where none
 * came.
 */
export interface Permit {
  /** Gives what the answer says of its bucket; null where none came. */
  settle(settlement: Settlement | null): Sample | null;
}

/** Hands out permits so that no bucket of a vendor is overdrawn. */
export interface Governor {
  /**
   * Waits for a place in the bucket; rejects with the signal's reason when it is aborted first, and
   * with whatever the book throws.
   */
  acquire(bucket: string, priority: Priority, signal?: AbortSignal): Promise<Permit>;
}

/** How much of a bucket arx may use. */
export interface Quota {
  /** Part of the limit that arx may use up, 0 to 1; the calls of others count too. */
  share: number;
  /** Calls a window that scans leave to interactive look-ups. */
  reserve: number;
  /** Stay under 90 % of the limit, where Okta begins to warn the organisation's administrators. */
  warningThreshold: boolean;
}

/** A clock that tests can turn. */
export interface Clock {
  /** Milliseconds that never go back. */
  now(): number;
  /** Runs `wake` after `ms`; the returned function calls it off. */
  after(ms: number, wake: () => void): () => void;
}

/** What one answer says of its bucket. Null where it says nothing. */
export interface Sample {
  /** Null where the headers are missing or garbled. */
  window: {
    limit: number;
    remaining: number;
    /** The vendor's own number, to tell windows apart. */ reset: number;
  } | null;
  /**
   * Milliseconds until the window ends (at least 1 s, at most 120 s); null where not told or not
   * plausible.
   */
  resetInMs: number | null;
  /**
   * The vendor's clock in epoch milliseconds, cut to whole seconds; ours where the answer has no
   * Date.
   */
  date: number;
  throttled: boolean;
  /**
   * The vendor's own answer rather than a failure on the way: without headers it means that there
   * is no limit.
   */
  settled: boolean;
}

/** A stretch of time on the book's clock, in milliseconds. */
export interface Span {
  from: number;
  to: number;
}

/** What is known of the running window. */
export interface Window {
  limit: number;
  remaining: number;
  /** As the vendor told it, epoch seconds. */
  reset: number;
  /** When its first request was sent and answered; null where that was not ours. */
  began: Span | null;
  /** Looks whether it is over, that found it running. */
  polls: number;
  /**
   * When to take it as over although its reset is implausible; null where the reset can be
   * believed.
   */
  oddEnd: number | null;
}

/** The vendor's clock minus ours lies between the two. */
export interface Skew {
  low: number;
  high: number;
}

/** What has been learned of the length of windows. */
export interface EndRule {
  /** From the first request on, whole seconds; null before anything was seen. */
  seconds: number | null;
  /** Whether resets may be told up to a second late. */
  roundedUp: boolean;
  /** Whether a window was seen running a second before. */
  tested: boolean;
}

/**
 * All that is known of one bucket, as plain JSON: shared by every process of an org, and kept
 * across restarts. Times are those of the book's clock.
 */
export interface BucketState {
  window: Window | null;
  /** The window before, while nobody has seen the next one. */
  ended: Window | null;
  /** Reset of the window before. */
  lastReset: number;
  /** Vendor's answers in a row without rate limit headers. */
  silent: number;
  unlimited: boolean;
  /** Who has the one request under way that finds out whether a new window has begun. */
  probing: string | null;
  /** Requests under way by process, and when it was last heard of. */
  owners: Record<string, { inFlight: number; seenAt: number }>;
  blockedUntil: number;
  /** In the running window, and in the one before. */
  skew: { now: Skew | null; before: Skew | null };
  rule: EndRule;
}

/** Where the states of buckets are kept. */
export interface BucketBook {
  /** Milliseconds on the clock that all who share the book go by, as far as is known here. */
  now(): number;
  /**
   * Reads the state of a bucket (null where there is none yet), and writes what `step` makes of it,
   * with nobody in between. `now` is the book's time of that very moment.
   */
  change<Result>(bucket: string, step: Step<Result>): Promise<Result>;
}

export type Step<Result> = (
  state: BucketState | null,
  now: number,
) => { state: BucketState; result: Result };
