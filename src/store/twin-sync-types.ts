import type { JsonObject } from '../audit/types.ts';
import type { StreamName, StreamState } from '../twin/types.ts';
import type { RunStatus } from '../mfa/types.ts';
import type { StoreTransaction } from './types.ts';

/** A sync. Each organisation has one twin, identified by its host. */
export interface SyncRecord {
  /** First run id of the continue-as-new chain. */
  run: string;
  workflowId: string;
  org: string;
  /** `terminated`: its workflow was ended in Temporal, and could not close it. */
  status: 'running' | RunStatus | 'terminated';
  startedAt: string;
  finishedAt: string | null;
  /** The settings fixed at its start; their shape is defined by the activities. */
  plan: JsonObject;
  /** The document `arx.sync/v1`; null until finished. */
  result: JsonObject | null;
}
/** How a stream of a sync ended. */
export interface SyncStream extends StreamState {
  at: string;
}
/** The lists that are read page by page. */
export type SyncList = 'users' | 'groups' | 'apps' | 'assignees';
/** The reads for each listed item. */
export type SyncWork =
  'factors' | 'members' | 'group_roles' | 'app_users' | 'app_groups' | 'user_roles';
/**
 * How a read ended: `refused`: Okta will not answer it, however often it is asked; `skipped`: the
 * configuration says not to read it; `failed`: given up; `gone`: the item no longer exists.
 */
export type ReadOutcome = 'read' | 'refused' | 'skipped' | 'failed' | 'gone';
/** How the read of one item ended; `code` and `status` say why it failed. */
export interface ReadEnd {
  id: string;
  outcome: ReadOutcome;
  code?: string | null;
  status?: number | null;
}
/** A row of a list, or an entry of the log, that could not be read. */
export interface UnreadableRow {
  /** Its place on the page, from 1. */
  place: number;
  /** The id of an item as Okta writes it, or the uuid of an entry; null if it has none. */
  id: string | null;
}
export interface SyncRepository {
  /** Inserts the sync; if it exists, returns the stored one unchanged (a retry). */
  begin(record: Omit<SyncRecord, 'status' | 'finishedAt' | 'result'>): Promise<SyncRecord>;
  get(run: string): Promise<SyncRecord | null>;
  /** The newest sync of an org. */
  newest(org: string): Promise<SyncRecord | null>;
  /** The org with the newest sync; null if there is none. */
  newestOrg(): Promise<string | null>;
  /** Ends a sync; false, without a change, if it has already ended. */
  finish(
    tx: StoreTransaction,
    run: string,
    end: { status: RunStatus; finishedAt: string; result: JsonObject },
  ): Promise<boolean>;
  /** Ends a sync as `terminated`, without a result; false if it has already ended. */
  end(tx: StoreTransaction, run: string, finishedAt: string): Promise<boolean>;
  /**
   * The states of the streams when last read, in the order of their names; streams that were never
   * read are omitted.
   */
  streams(org: string): Promise<SyncStream[]>;
  /** The states of the streams when each was last read completely. */
  completeStreams(org: string): Promise<SyncStream[]>;
  /** The streams that any sync has read completely. */
  completeOnce(org: string): Promise<StreamName[]>;
  /** Stores how the streams of a run ended. */
  putStreams(
    tx: StoreTransaction,
    sync: { org: string; run: string },
    streams: readonly SyncStream[],
  ): Promise<void>;
}
/**
 * The pages and items that a running sync has read, so that nothing is requested from Okta twice.
 */
export interface SyncWorkRepository {
  /**
   * Stores a page once, together with what `write` stores in the same transaction; a repeated call
   * returns the stored page. Items listed on an earlier page are omitted.
   */
  addPage(
    page: {
      run: string;
      list: string;
      page: number;
      next: string | null;
      unreadable?: readonly UnreadableRow[];
    },
    items: readonly string[],
    write: (tx: StoreTransaction) => Promise<void>,
    count?: number,
  ): Promise<SyncPage>;
  page(run: string, list: string, page: number): Promise<SyncPage | null>;
  /** Whether an earlier page of the list led to this token, so that the list would never end. */
  isKnownToken(run: string, list: string, at: { page: number; next: string }): Promise<boolean>;
  /** The last stored page of a list, with its number. */
  lastPage(run: string, list: string): Promise<(SyncPage & { page: number }) | null>;
  /** The sum of the counts of all stored pages of a list. */
  sumCounts(run: string, list: string): Promise<number>;
  items(
    run: string,
    list: string,
    slice: { page: number; from: number; count: number },
  ): Promise<string[]>;
  /** The `ids` whose read has not ended, in the given order. */
  pending(run: string, work: SyncWork, ids: readonly string[]): Promise<string[]>;
  /** Ends reads, together with what `write` stores in the same transaction. */
  settle(
    of: { run: string; work: SyncWork },
    outcomes: readonly ReadEnd[],
    write: (tx: StoreTransaction) => Promise<void>,
  ): Promise<void>;
  /** Counts a failed attempt; returns the new count. */
  countFailure(run: string, work: SyncWork, id: string): Promise<number>;
  outcomes(run: string): Promise<Record<SyncWork, Record<ReadOutcome, number>>>;
  /** The items that were refused or skipped, by id; at most `most` of each kind of read. */
  exceptions(run: string, most: number): Promise<(ReadEnd & { work: SyncWork })[]>;
  /** The rows that could not be read, in the order of the lists and pages. */
  unreadable(run: string): Promise<(UnreadableRow & { list: string; page: number })[]>;
  /**
   * Has the database update its statistics, which PGlite never does by itself and PostgreSQL does
   * later.
   */
  measure(): Promise<void>;
  /** Deletes the intermediate rows. */
  clear(tx: StoreTransaction, run: string): Promise<void>;
}
export interface SyncPage {
  /** Cursor of the next page, null at the end. */
  next: string | null;
  count: number;
}
/** The sync that reads rows, and the time. */
export interface SyncStamp {
  org: string;
  run: string;
  at: string;
}
/**
 * What a complete stream proves about rows: those read neither by this run nor since it began no
 * longer exist.
 */
export interface SyncView {
  org: string;
  run: string;
  startedAt: string;
  /** The streams whose missing rows no longer exist. */
  proves: readonly StreamName[];
}
