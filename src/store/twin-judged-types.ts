import type { Drift, DriftKind, Gap, Standing } from '../twin/types.ts';
import type { SearchPart } from './twin-search-types.ts';
import type { StoreTransaction } from './types.ts';

/** One attempt to finish a sync; the results of two attempts are kept separate. */
export interface Attempt {
  org: string;
  run: string;
  attempt: string;
}

/** Gaps by how they changed. */
export interface GapChanges {
  opened: readonly Gap[];
  closed: readonly Gap[];
  reworded: readonly Gap[];
}

/** The results for some users or apps. */
export interface JudgedPage {
  /** Users whose remembered facts have changed. */
  standings: readonly { id: string; standing: Standing }[];
  gaps: GapChanges;
  drift: readonly Drift[];
  /** Parts of the search index. */
  parts: readonly SearchPart[];
}

/**
 * Results of a sync that are not visible yet; stored page by page, so that no process needs all of
 * them in memory.
 */
export interface TwinJudgedRepository {
  /** Stores a page; it becomes visible with `settle`. */
  add(on: Attempt, page: JudgedPage): Promise<void>;
  /**
   * Makes all results visible and removes the intermediate rows. `at` is the time at which gaps are
   * closed; drift is recorded by kind in this order, or not at all.
   */
  settle(
    tx: StoreTransaction,
    on: Attempt & { at: string },
    drift: readonly DriftKind[] | null,
  ): Promise<void>;
}
