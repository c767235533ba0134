import type { JsonObject } from '../audit/types.ts';
import type { StreamName, StreamState } from '../twin/types.ts';
import type { RunStatus } from '../mfa/types.ts';
import type { StoreTransaction } from './types.ts';

/** A sync as begun and ended. One organisation has one twin, keyed by its host. */
export interface SyncRecord {
  /** First run id of the continue-as-new chain. */
  run: string;
  workflowId: string;
  org: string;
  status: 'running' | RunStatus;
  startedAt: string;
  finishedAt: string | null;
  /** What was decided at its beginning; its shape belongs to the activities. */
  plan: JsonObject;
  /** The document `arx.sync/v1`; null until finished. */
  result: JsonObject | null;
}
/** How a stream ended that a sync read. */
export interface SyncStream extends StreamState {
  at: string;
}
/** What is listed page by page. */
export type SyncList = 'users' | 'groups' | 'apps' | 'assignees';
/** What is read of each listed item. */
export type SyncWork =
  'factors' | 'members' | 'group_roles' | 'app_users' | 'app_groups' | 'user_roles';
/**
 * How a reading ended: `refused`, Okta does not allow it; `failed`, given up; `gone`, no longer
 * there.
 */
export type ReadOutcome = 'read' | 'refused' | 'failed' | 'gone';
export interface SyncRepository {
  /** Inserts the sync; where it exists already, returns the stored one unchanged (a retry). */
  begin(record: Omit<SyncRecord, 'status' | 'finishedAt' | 'result'>): Promise<SyncRecord>;
  get(run: string): Promise<SyncRecord | null>;
  /** The sync of an org that was begun last. */
  newest(org: string): Promise<SyncRecord | null>;
  /** The org whose sync was begun last, of all that have one; null where none has. */
  newestOrg(): Promise<string | null>;
  /** Ends a sync; false, and nothing is changed, where it had ended before. */
  finish(
    tx: StoreTransaction,
    run: string,
    end: { status: RunStatus; finishedAt: string; result: JsonObject },
  ): Promise<boolean>;
  /**
   * States of the streams as they were last read, in the order of their names; those never read are
   * left out.
   */
  streams(org: string): Promise<SyncStream[]>;
  /** The same as each was last read completely. */
  completeStreams(org: string): Promise<SyncStream[]>;
  /** Streams that some sync has read completely. */
  completeOnce(org: string): Promise<StreamName[]>;
  /** Keeps how the streams of a run ended. */
  putStreams(
    tx: StoreTransaction,
    sync: { org: string; run: string },
    streams: readonly SyncStream[],
  ): Promise<void>;
}
/** Pages listed, and items read, of a sync that is going on: nothing is asked of Okta twice. */
export interface SyncWorkRepository {
  /**
   * Stores a page once, with what `write` stores in the same transaction; a repeated call returns
   * the stored page. Items that an earlier page listed are left out of it.
   */
  addPage(
    page: { run: string; list: string; page: number; next: string | null },
    items: readonly string[],
    write: (tx: StoreTransaction) => Promise<void>,
    count?: number,
  ): Promise<SyncPage>;
  page(run: string, list: string, page: number): Promise<SyncPage | null>;
  /** The last page of a list that is stored, with its number. */
  lastPage(run: string, list: string): Promise<(SyncPage & { page: number }) | null>;
  /** Sum of the counts of all stored pages of a list. */
  sumCounts(run: string, list: string): Promise<number>;
  items(
    run: string,
    list: string,
    slice: { page: number; from: number; count: number },
  ): Promise<string[]>;
  /** Those of `ids` whose reading has not ended, in the given order. */
  pending(run: string, work: SyncWork, ids: readonly string[]): Promise<string[]>;
  /** Ends readings, with what `write` stores of them in the same transaction. */
  settle(
    of: { run: string; work: SyncWork },
    outcomes: readonly { id: string; outcome: ReadOutcome }[],
    write: (tx: StoreTransaction) => Promise<void>,
  ): Promise<void>;
  /** Counts a failed try; returns how many there are now. */
  countFailure(run: string, work: SyncWork, id: string): Promise<number>;
  outcomes(run: string): Promise<Record<SyncWork, Record<ReadOutcome, number>>>;
  /**
   * Lets the database look at what it holds now: PGlite never does by itself, PostgreSQL not so
   * soon.
   */
  measure(): Promise<void>;
  /** Forgets what was stored on the way. */
  clear(tx: StoreTransaction, run: string): Promise<void>;
}
export interface SyncPage {
  /** Cursor of the next page, null at the end. */
  next: string | null;
  count: number;
}
/** By which sync, and when, rows are read. */
export interface SyncStamp {
  org: string;
  run: string;
  at: string;
}
/**
 * What a complete stream says of rows: those that were read neither by this run nor since it began
 * are gone.
 */
export interface SyncView {
  org: string;
  run: string;
  startedAt: string;
  /** Streams whose missing rows are gone. */
  proves: readonly StreamName[];
}
