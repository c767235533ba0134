import type { OktaSyncInput, OktaSyncResult } from '../../workflows/messages.ts';
import type { SyncBranchName } from '../../workflows/support/state.ts';

/** What the workflow needs to know about a sync that has begun. */
export interface SyncRun {
  run: string;
  /** Activities for users that run at the same time. */
  window: number;
  /** Users per activity; `auto` is `autoBatch`. */
  batch: 'auto' | number;
  autoBatch: number;
  /** History length at which the sync continues as new. */
  historyLimit: number;
  /** For the other lists: activities that run at the same time, and items per activity. */
  windows: Record<Exclude<SyncBranchName, 'users'>, number>;
  items: number;
}

export interface SyncPages {
  run: string;
  list: SyncBranchName;
  page: number;
  most: number;
}

export interface SyncSlice {
  run: string;
  list: SyncBranchName;
  page: number;
  from: number;
  count: number;
}

/** The activities of `oktaSync`. Each is safe to repeat: what was done is found in the store. */
export interface SyncActivities {
  /** Freezes the configuration, the requested streams and the window of the log. */
  beginSync(input: { run: string } & Omit<OktaSyncInput, 'resume'>): Promise<SyncRun>;
  /**
   * Reads and stores pages from `page` on, at most `most`. A stored page is not read again. `sizes`
   * holds the items listed on each page.
   */
  listSyncPage(input: SyncPages): Promise<{ sizes: number[]; more: boolean }>;
  /** Reads the details of a slice: factors of users, members and roles of groups, and so on. */
  readSyncItems(input: SyncSlice): Promise<{ read: number }>;
  /** Reads one page of the System Log and raises its security events. */
  readLogPage(input: { run: string; page: number }): Promise<{ entries: number; more: boolean }>;
  /**
   * Derives facts, gaps and changes from the twin, and ends the sync. `lost`: why a list broke off, as
   * a coded word; `failure`: why the sync as a whole failed.
   */
  finishSync(input: {
    run: string;
    lost: Readonly<Record<string, string | null>>;
    failure: string | null;
  }): Promise<OktaSyncResult>;
}
