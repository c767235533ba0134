import type { JsonObject } from '../audit/types.ts';
import type { StoreTransaction } from './types.ts';

/** An answer that is kept, and how old it is by the store's clock. */
interface KeptEnrichment {
  content: JsonObject;
  ageMs: number;
}

/** An answer to be kept. */
export interface NewEnrichment {
  /** Whom it is about; null for nobody and for several. */
  userId: string | null;
  content: JsonObject;
  ttlMs: number;
}

/**
 * Which answers no longer hold: those about a user, or all of an organisation. Nobody's and
 * several's go with each.
 */
export interface EnrichmentDrop {
  org: string;
  userId: string | null;
  /**
   * How long answers that are begun from now on are not kept either: while a write is under way.
   */
  forMs: number;
}

/**
 * What is known of accounts, one row an account asked for, leased while somebody finds out. Time is
 * the store's clock.
 */
export interface EnrichmentRepository {
  /** The kept answer; null where there is none or it has expired. */
  get(key: string): Promise<KeptEnrichment | null>;
  /**
   * Takes the row for `owner`, to find out; false while another one does. Where a kept answer still
   * holds it is false too, unless `anew`. The same owner may take it again, which prolongs the
   * lease.
   */
  claim(
    place: { key: string; org: string },
    owner: string,
    how: { ttlMs: number; anew?: boolean },
  ): Promise<boolean>;
  /**
   * Keeps the answer of the owner of the row and frees it; false where it was lost, or a write has
   * overtaken it.
   */
  keep(key: string, owner: string, answer: NewEnrichment): Promise<boolean>;
  release(key: string, owner: string): Promise<void>;
  /** Forgets answers, for a write; runs in the transaction of its entry. */
  drop(tx: StoreTransaction, what: EnrichmentDrop): Promise<void>;
}
