import type { LastingCode } from '../support/failures.ts';
import type { TicketAction } from '../../store/ticket-types.ts';
import type {
  MfaEnforcementCheckInput,
  MfaEnforcementCheckResult,
} from '../../workflows/messages.ts';
import type { RunStatus } from '../../mfa/types.ts';

/** What the workflow needs to know about a run that has begun. */
export interface RunPlan {
  run: string;
  dryRun: boolean;
  /** How many lists are read one after the other: 1 for the whole org, otherwise one per group. */
  sources: number;
  /** Check activities that run at the same time. */
  window: number;
  /** Users per activity; `auto` decides by how many were listed. */
  batch: 'auto' | number;
  tickets: 'per_user' | 'bulk' | 'none';
  /** Users per activity if `batch` is `auto` and there are many. */
  autoBatch: number;
  /** History length at which the run continues as new. */
  historyLimit: number;
  /**
   * Only users who changed are read. They are taken from the System Log, which is complete from
   * `readyAt` on (ISO 8601). Null: all users are read, and checking begins while the list is read.
   */
  delta: { readyAt: string } | null;
  /** What the run can be found by in Temporal; absent or null if the server has no such attributes. */
  search?: { scope: 'organisation' | 'groups' } | null;
}

export interface PageSlice {
  run: string;
  page: number;
  from: number;
  count: number;
}

/** The outcome for one ticket; `code` is why it failed. */
export interface TicketOutcome {
  action: TicketAction;
  code: LastingCode | null;
}

export interface Conclusion {
  run: string;
  listingLost: string | null;
  ticketsLost: string | null;
}

/** The activities of the check. Each is safe to repeat: what was done is found in the store. */
export interface MfaActivities {
  /** Freezes configuration, scope and exemptions; refuses a run that the policies do not allow. */
  beginRun(
    input: { run: string } & Pick<
      MfaEnforcementCheckInput,
      'groups' | 'dryRun' | 'configRef' | 'mode'
    >,
  ): Promise<RunPlan>;
  /**
   * Reads and stores pages from `page` on, at most `most`. It stops early if a page after the first
   * cannot be read or if it takes long. A stored page is not read again. `sizes` holds the users
   * listed on each page. `refused`: why Okta lists no member of one of several groups, as a coded
   * word.
   */
  listPage(input: {
    run: string;
    source: number;
    page: number;
    first: boolean;
    most: number;
  }): Promise<{ sizes: number[]; more: boolean; refused?: string }>;
  /** Reads from the log which users changed, and decides whether the others must be read too. */
  readChanges(input: { run: string }): Promise<{ mode: 'full' | 'delta' }>;
  /** Reads, assesses and records the users of a slice who have no verdict yet. */
  checkUsers(input: PageSlice): Promise<{ checked: number }>;
  /** Gives every user without a verdict the verdict `unknown`: the credential no longer works. */
  giveUpChecking(input: { run: string; code: string }): Promise<{ checked: number }>;
  findings(input: { run: string; after: string | null; limit: number }): Promise<{ ids: string[] }>;
  ensureTicket(input: { run: string; userId: string }): Promise<TicketOutcome>;
  ensureBulkTicket(input: { run: string }): Promise<TicketOutcome>;
  /** Decides whether the run is complete, and if not, why. */
  conclude(input: Conclusion): Promise<{ status: RunStatus; reasons: string[] }>;
  closable(input: {
    run: string;
    after: string | null;
    limit: number;
  }): Promise<{ subjects: string[] }>;
  closeTicket(input: { run: string; subject: string }): Promise<TicketOutcome>;
  /** Keeps the oldest of duplicate tickets and closes the others; returns how many were closed. */
  sweepDuplicates(input: { run: string }): Promise<{ duplicates: number }>;
  /** Posts the message of a run. If the run has finished before, its summary is written again. */
  postSummary(input: {
    run: string;
    status: RunStatus;
    reasons: string[];
  }): Promise<{ posted: boolean }>;
  finishRun(input: {
    run: string;
    status: RunStatus;
    reasons: string[];
  }): Promise<MfaEnforcementCheckResult>;
}
