/** A person waiting goes before a scan. */
export type Priority = 'interactive' | 'scan';

/** What a settled call says of its bucket: the status and headers of its answer. */
export interface Settlement {
  status: number;
  headers: Headers;
}

/** The right to send one request. Settled exactly once: with the answer, or with null where none came. */
export interface Permit {
  settle(settlement: Settlement | null): void;
}

/** Hands out permits so that no bucket of a vendor is overdrawn. One governor an org. */
export interface Governor {
  /** Waits for a place in the bucket; rejects with the signal's reason when it is aborted first. */
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
  /** Milliseconds until the window ends (at least 1 s, at most 120 s); null where not told or not plausible. */
  resetInMs: number | null;
  throttled: boolean;
  /** The vendor's own answer rather than a failure on the way: without headers it means that there is no limit. */
  settled: boolean;
}
