import type { ConnectorErrorCode } from '../../connectors/errors.ts';
import type { TicketAction } from '../../store/ticket-types.ts';
import type {
  MfaEnforcementCheckInput,
  MfaEnforcementCheckResult,
} from '../../workflows/messages.ts';
import type { RunStatus } from '../../mfa/types.ts';

/** What the workflow needs to know of a run as begun. */
export interface RunPlan {
  run: string;
  dryRun: boolean;
  /** How many lists are read one after the other: 1 for the org, else one a group. */
  sources: number;
  /** Check activities in flight. */
  window: number;
  /** Users an activity; `auto` decides by how many were listed. */
  batch: 'auto' | number;
  tickets: 'per_user' | 'bulk' | 'none';
  /**
   * Users of a batch where that is `auto`, and history length at which the run continues as new;
   * earlier plans do not say.
   */
  autoBatch?: number;
  historyLimit?: number;
  /**
   * Users are checked while the list is still read; plans of earlier versions do one after the
   * other.
   */
  overlap?: true;
  /** Only who changed is to be read: the log is asked for them, not before this time (ISO 8601). */
  delta?: { readyAt: string };
}

export interface PageSlice {
  run: string;
  page: number;
  from: number;
  count: number;
}

/** What became of one ticket; `code` says why it failed. */
export interface TicketOutcome {
  action: TicketAction;
  code:
    | ConnectorErrorCode
    | 'policy_denied'
    | 'invalid_argument'
    | 'audit_conflict'
    | 'unexpected'
    | null;
}

export interface Conclusion {
  run: string;
  listingLost: string | null;
  ticketsLost: string | null;
}

/**
 * The activities of the main job. Each is safe to repeat: what was done before is found in the
 * store.
 */
export interface MfaActivities {
  /** Freezes configuration, scope and exemptions, and refuses what the policy does not allow. */
  beginRun(
    input: { run: string } & Pick<
      MfaEnforcementCheckInput,
      'groups' | 'dryRun' | 'configRef' | 'mode'
    >,
  ): Promise<RunPlan>;
  /**
   * Reads and stores a page, and up to `most` of those that follow (default: none), as long as that
   * goes well and does not take long; a page that is stored already is not read again. `sizes` has
   * the users listed on each.
   */
  listPage(input: {
    run: string;
    source: number;
    page: number;
    first: boolean;
    most?: number;
  }): Promise<{ listed: number; more: boolean; sizes?: number[] }>;
  /** Reads from the log who changed, and settles whether the others need not be read. */
  readChanges(input: { run: string }): Promise<{ mode: 'full' | 'delta' }>;
  /** Reads, judges and records the users of a slice that have no verdict yet. */
  checkUsers(input: PageSlice): Promise<{ checked: number }>;
  /** Gives every user without a verdict the verdict `unknown`: the credential no longer works. */
  giveUpChecking(input: { run: string; code: string }): Promise<{ checked: number }>;
  findings(input: { run: string; after: string | null; limit: number }): Promise<{ ids: string[] }>;
  ensureTicket(input: { run: string; userId: string }): Promise<TicketOutcome>;
  ensureBulkTicket(input: { run: string }): Promise<TicketOutcome>;
  /** Records that tickets of these users could not be written. */
  conclude(input: Conclusion): Promise<{ status: RunStatus; reasons: string[] }>;
  closable(input: {
    run: string;
    after: string | null;
    limit: number;
  }): Promise<{ subjects: string[] }>;
  closeTicket(input: { run: string; subject: string }): Promise<TicketOutcome>;
  /**
   * Keeps the oldest of tickets that stand twice and links the others to it; returns how many were
   * linked.
   */
  sweepDuplicates(input: { run: string }): Promise<{ duplicates: number }>;
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
