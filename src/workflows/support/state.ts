/** The state that a run keeps when it continues as new: positions and counts, nothing personal. */
export interface ResumeState {
  phase: 'listing' | 'scan' | 'tickets' | 'closing';
  /** For each page so far, the number of users that it is the first to list. */
  sizes: number[];
  /** Index of the source to list next (a group in scope, or the org), and its first page. */
  source: number;
  sourceStart: number;
  listingLost: string | null;
  /** The next user to check: page, and offset on the page. */
  scanAt: { page: number; from: number };
  checked: number;
  /** The last finding or ticket that was handled, in ascending order. */
  after: string | null;
  ticketsDone: number;
  /** Why writing tickets was given up; null if it was not. */
  ticketsLost: string | null;
}

/** The four lists of a sync. For each, the details of its items are read too. */
export type SyncBranchName = 'users' | 'groups' | 'apps' | 'assignees';

/** The progress of one list. */
export interface SyncBranch {
  /** For each page so far, the number of items that it is the first to list. */
  sizes: number[];
  listed: boolean;
  /** The next item to read: page, and offset on the page. */
  at: { page: number; from: number };
  done: number;
  /** Why it broke off, as a coded word; null if it did not. */
  lost: string | null;
}

/** The state that a sync keeps when it continues as new: positions and counts, nothing personal. */
export interface SyncState {
  branches: Partial<Record<SyncBranchName, SyncBranch>>;
  /** Progress in the System Log; null if it is not read. */
  logs: { pages: number; entries: number; done: boolean; lost: string | null } | null;
}
