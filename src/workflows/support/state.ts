/** What a run carries over continue-as-new: positions and tallies, nothing personal. */
export interface ResumeState {
  phase: 'listing' | 'scan' | 'tickets' | 'closing';
  /** Users first listed on each page so far. */
  sizes: number[];
  /** Next source to list (a group in scope, or the org), and the page it begins with. */
  source: number;
  sourceStart: number;
  listingLost: string | null;
  /** Next user to check: page and offset on it. */
  scanAt: { page: number; from: number };
  checked: number;
  /** Last finding or ticket done, in ascending order. */
  after: string | null;
  ticketsDone: number;
  /** Why writing tickets was given up, if it was. */
  ticketsLost: string | null;
}
/** The four listings of a sync, each followed by what is read of its items. */
export type SyncBranchName = 'users' | 'groups' | 'apps' | 'assignees';
/** How far one listing is. */
export interface SyncBranch {
  /** Items first listed on each page so far. */
  sizes: number[];
  listed: boolean;
  /** Next item to read: page and offset on it. */
  at: { page: number; from: number };
  done: number;
  /** Why it broke off: a coded word; null where it did not. */
  lost: string | null;
}
/** What a sync carries over continue-as-new: positions and counts, nothing personal. */
export interface SyncState {
  branches: Partial<Record<SyncBranchName, SyncBranch>>;
  /** Pages and entries of the System Log; null where it is not read. */
  logs: { pages: number; entries: number; done: boolean; lost: string | null } | null;
}
