import type { Drift, DriftKind, Gap, Standing } from '../twin/types.ts';
import type { SearchPart } from './twin-search-types.ts';
import type { StoreTransaction } from './types.ts';

/** One attempt at the end of a sync: what two of them make is kept apart. */
export interface Attempt {
  org: string;
  run: string;
  attempt: string;
}

/** Gaps by what became of them. */
export interface GapChanges {
  opened: readonly Gap[];
  closed: readonly Gap[];
  reworded: readonly Gap[];
}

/** What follows from some users or apps. */
export interface JudgedPage {
  /** Those that are not what they were. */
  standings: readonly { id: string; standing: Standing }[];
  gaps: GapChanges;
  drift: readonly Drift[];
  /** Of the search index. */
  parts: readonly SearchPart[];
}

/** What a sync has judged and not yet said: kept page by page, so that nobody holds all of it. */
export interface TwinJudgedRepository {
  /** Keeps a page; nobody sees it before `settle`. */
  add(on: Attempt, page: JudgedPage): Promise<void>;
  /**
   * Puts everything in its place, and forgets it: `at` closes gaps; drift is told by kind in this
   * order, or not at all.
   */
  settle(
    tx: StoreTransaction,
    on: Attempt & { at: string },
    drift: readonly DriftKind[] | null,
  ): Promise<void>;
}
