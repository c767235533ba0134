/** A cell of a table; null where there is nothing to say. */
export type Cell = string | number | null;

/** Contestants or sizes side by side. */
export interface BenchTable {
  title: string;
  columns: string[];
  rows: Cell[][];
}

/** What a benchmark found. */
export interface BenchResult {
  name: string;
  /** What was measured and how, as sentences. */
  about: string;
  tables: BenchTable[];
  /** What must hold, and whether it did. */
  goals: { goal: string; met: boolean }[];
}

/** One benchmark: it takes down all that it started, also where it throws. */
export type Bench = (options: BenchOptions) => Promise<BenchResult>;

/**
 * Sizes by flag; a benchmark has its own default where one is absent, and passes over what means
 * nothing to it.
 */
export interface BenchOptions {
  users?: number;
  /** Rate-limit windows to fill. */
  windows?: number;
  /** Length of a rate-limit window of the emulator; Okta's is 60,000. */
  windowMs?: number;
  /** How often a worker is killed. */
  kills?: number;
  /** Also the size of a million users. */
  million: boolean;
}
