import type { OktaSyncInput, OktaSyncResult } from '../../workflows/messages.ts';
import type { SyncBranchName } from '../../workflows/support/state.ts';

/** What the workflow needs to know of a sync as begun. */
export interface SyncRun {
  run: string;
  /** Activities in flight that read factors. */
  window: number;
  /** Users an activity; `auto` decides by how many were listed. */
  batch: 'auto' | number;
  /**
   * Users of a batch where that is `auto`; plans of earlier versions leave out this and what
   * follows.
   */
  autoBatch?: number;
  /** History length at which the sync continues as new. */
  historyLimit?: number;
  /** Activities in flight of what is listed beside the users, and items of each. */
  windows?: Record<Exclude<SyncBranchName, 'users'>, number>;
  items?: number;
  /** Lists are read several pages an activity, and items while their list goes on. */
  overlap?: true;
}

export interface SyncPages {
  run: string;
  list: SyncBranchName;
  page: number;
  most?: number;
}

export interface SyncSlice {
  run: string;
  list: SyncBranchName;
  page: number;
  from: number;
  count: number;
}

/**
 * The activities of `oktaSync`. Each is safe to repeat: what was done before is found in the store.
 */
export interface SyncActivities {
  /** Freezes the configuration, the streams that are wanted and the window of the log. */
  beginSync(input: { run: string } & Omit<OktaSyncInput, 'resume'>): Promise<SyncRun>;
  /**
   * Reads and stores pages from `page` on, at most `most` (default 1); a page that is stored already is not read again.
   * `listed` is the size of the first.
   */
  listSyncPage(input: SyncPages): Promise<{ listed: number; more: boolean; sizes?: number[] }>;
  /** Reads what belongs to the items of a slice: factors, members and roles, assignments, roles. */
  readSyncItems(input: SyncSlice): Promise<{ read: number }>;
  /** Reads one page of the System Log and raises its security events. */
  readLogPage(input: { run: string; page: number }): Promise<{ entries: number; more: boolean }>;
  /**
   * Judges the twin as it now is and ends the sync. `lost` says by coded word why a listing broke
   * off; `failure`, why the sync as a whole did.
   */
  finishSync(input: {
    run: string;
    lost: Readonly<Record<string, string | null>>;
    failure: string | null;
  }): Promise<OktaSyncResult>;
}
