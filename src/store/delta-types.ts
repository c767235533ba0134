import type { JsonObject } from '../audit/types.ts';
import type { StoreTransaction } from './types.ts';
import type { RunUser } from './run-types.ts';

/** How a delta scan continued; null until that is decided. */
export interface DeltaOutcome {
  mode: 'full' | 'delta';
  /** Why all users are read; its shape is defined by the activities. */
  reason: JsonObject | null;
}

/** A page of the System Log as read for a run. */
export interface LogPage {
  page: number;
  /** Cursor of the next page, null at the end. */
  next: string | null;
  entries: number;
  /** Why all users must be read after this page. */
  reason: JsonObject | null;
}

/** The state of delta scans, which read only the changed users. */
export interface DeltaRepository {
  /**
   * Sets the time (ISO 8601) up to which the log is read for this run; a repeated call returns the
   * first value.
   */
  begin(run: string, until: string): Promise<string>;
  page(run: string, page: number): Promise<LogPage | null>;
  /**
   * Stores a page once, with the ids of the users that it names; a second call returns the stored
   * page.
   */
  addPage(run: string, page: LogPage, changed: readonly string[]): Promise<LogPage>;
  /** Decides how the scan continues; does nothing if that is already decided. */
  settle(tx: StoreTransaction, run: string, outcome: DeltaOutcome): Promise<void>;
  readOutcome(run: string): Promise<DeltaOutcome | null>;
  /** The number of entries read, and of different ids that they name. */
  tally(run: string): Promise<{ entries: number; changed: number }>;
  /** The `userIds` that the log names. */
  findChanged(run: string, userIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Users of any run by id, with the result of that run. */
  earlier(run: string, userIds: readonly string[]): Promise<ReadonlyMap<string, RunUser>>;
  /** The number of users of this run whose verdict is based on factors read by an earlier run. */
  countTakenOver(run: string): Promise<number>;
}
