import type { JsonObject } from '../audit/types.ts';
import type { StoreTransaction } from './types.ts';

/** A cached answer, and its age by the store's clock. */
interface KeptEnrichment {
  content: JsonObject;
  ageMs: number;
}

/** An answer to cache. */
export interface NewEnrichment {
  /** The user it is about; null if there is none, or several. */
  userId: string | null;
  content: JsonObject;
  ttlMs: number;
}

/**
 * The answers that are no longer valid: those about a user, or all of an organisation. Answers
 * without a single user are included in both.
 */
export interface EnrichmentDrop {
  org: string;
  userId: string | null;
  /**
   * How long answers that are started from now on are not cached either, because a write is in
   * progress.
   */
  forMs: number;
}

/**
 * Cached answers about accounts, one row per requested account; the row is leased while a process
 * looks up the account. Times are by the store's clock.
 */
export interface EnrichmentRepository {
  /** The cached answer; null if there is none or it has expired. */
  get(key: string): Promise<KeptEnrichment | null>;
  /**
   * Leases the row to `owner` for a look-up; false while another owner has it, and, unless `refresh`,
   * while a cached answer is valid. The same owner may claim it again, which extends the lease.
   */
  claim(
    place: { key: string; org: string },
    owner: string,
    how: { ttlMs: number; refresh?: boolean },
  ): Promise<boolean>;
  /**
   * Caches the answer of the row's owner and releases the row; false if the lease was lost, or a
   * write came in between.
   */
  keep(key: string, owner: string, answer: NewEnrichment): Promise<boolean>;
  release(key: string, owner: string): Promise<void>;
  /** Deletes answers because of a write; runs in the transaction of its entry. */
  drop(tx: StoreTransaction, what: EnrichmentDrop): Promise<void>;
}
