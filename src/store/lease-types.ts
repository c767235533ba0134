import type { StoreTransaction } from './types.ts';

/**
 * A claimed lease. `fence` counts the claims: an earlier claim by the same owner is no longer
 * valid.
 */
export interface Lease {
  name: string;
  fence: number;
}

/**
 * Leases for work that only one process may do at a time. Times are by the store's clock; a process
 * that was killed blocks others only until its lease expires.
 */
export interface LeaseRepository {
  /**
   * Claims the lease for `ttlMs`. Null while another owner holds it; the same owner may claim it
   * again.
   */
  claim(name: string, owner: string, ttlMs: number): Promise<Lease | null>;
  /**
   * Extends it to `ttlMs` from now. Throws LeaseLostError if it has expired or was claimed again.
   */
  renew(tx: StoreTransaction | null, lease: Lease, ttlMs: number): Promise<void>;
  /** Releases it; does nothing if it has already expired. */
  release(lease: Lease): Promise<void>;
}

/** The table of leases for kysely; `0022-leases.ts` creates it. */
export interface LeaseDatabase {
  leases: { name: string; owner: string; fence: number; lease_until: Date };
}
