import type { JsonObject } from '../audit/types.ts';
import type { StoreTransaction } from './types.ts';
import type { RunUser } from './run-types.ts';

/** How a scan that was to read only what changed went on; null until that is settled. */
export interface DeltaOutcome {
  mode: 'full' | 'delta';
  /** Why everybody is read; its shape belongs to the activities. */
  reason: JsonObject | null;
}

/** A page of the System Log as read for a run. */
export interface LogPage {
  page: number;
  /** Cursor of the next page, null at the end. */
  next: string | null;
  entries: number;
  /** Why after this page everybody must be read. */
  reason: JsonObject | null;
}

/** What scans know that read only what changed. */
export interface DeltaRepository {
  /**
   * Fixes up to when (ISO 8601) the log is read for this run; a repeated call returns the first
   * time.
   */
  begin(run: string, until: string): Promise<string>;
  page(run: string, page: number): Promise<LogPage | null>;
  /**
   * Stores a page once, with the ids of those whom it names; who comes second gets the stored page.
   */
  addPage(run: string, page: LogPage, changed: readonly string[]): Promise<LogPage>;
  /** Settles how the scan goes on; where it is settled already, nothing happens. */
  settle(tx: StoreTransaction, run: string, outcome: DeltaOutcome): Promise<void>;
  readOutcome(run: string): Promise<DeltaOutcome | null>;
  /** How many entries were read, and how many different ids they name. */
  tally(run: string): Promise<{ entries: number; changed: number }>;
  /** Those of `userIds` that the log names. */
  findChanged(run: string, userIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Users of any run by id, as that run left them. */
  earlier(run: string, userIds: readonly string[]): Promise<ReadonlyMap<string, RunUser>>;
  /** How many users of this run have a verdict that stands on an earlier reading. */
  countTakenOver(run: string): Promise<number>;
}
