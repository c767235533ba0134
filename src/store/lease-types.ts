import type { StoreTransaction } from './types.ts';

/**
 * What was claimed, and the how-manieth claim of it this is: an earlier one of the same owner no
 * longer counts.
 */
export interface Lease {
  name: string;
  fence: number;
}

/**
 * Turns at what only one may do at a time. Time is the store's clock: whoever was killed keeps
 * others off no longer than that.
 */
export interface LeaseRepository {
  /**
   * Takes the lease for `ttlMs`. Null while another owner holds it; the same owner may take it
   * again.
   */
  claim(name: string, owner: string, ttlMs: number): Promise<Lease | null>;
  /**
   * Holds it for `ttlMs` from now. Throws LeaseLostError where it is over, or was claimed again.
   */
  renew(tx: StoreTransaction | null, lease: Lease, ttlMs: number): Promise<void>;
  /** Ends it; nothing happens where it is over already. */
  release(lease: Lease): Promise<void>;
}

/** Table of leases as kysely sees it; `0022-leases.ts` makes it. */
export interface LeaseDatabase {
  leases: { name: string; owner: string; fence: number; lease_until: Date };
}
