import type { JournalEffect, JsonObject } from '../audit/types.ts';
import type { ClassifiedFactor, RunStatus, Verdict, VerdictCounts } from '../mfa/types.ts';
import type {
  ChangedUser,
  PastVerdict,
  RunFilter,
  RunUserFilter,
  RunUserPage,
  VerdictTally,
  VerdictTransition,
} from './run-search-types.ts';
import type { StoreTransaction } from './types.ts';

/** A run with the settings fixed at its start. Times are ISO 8601 UTC. */
export interface RunRecord {
  /** First run id of the continue-as-new chain. */
  run: string;
  workflowId: string;
  /** Runs with the same key cover the same users and may be compared. */
  scopeKey: string;
  org: string;
  /** `terminated`: its workflow was ended in Temporal, and could not close it. */
  status: 'running' | RunStatus | 'terminated';
  dryRun: boolean;
  startedAt: string;
  finishedAt: string | null;
  /**
   * The fixed plan (configuration snapshot, resolved groups, exemptions …); its shape is defined by
   * the activities.
   */
  plan: JsonObject;
  /** Summary document without users; null until finished. */
  summary: JsonObject | null;
  /**
   * When its users were removed at the end of the retention period; absent if they are still
   * stored.
   */
  removedAt?: string;
}
/** A user as listed by Okta. */
export interface ListedUser {
  userId: string;
  login: string;
  email: string | null;
  department: string | null;
  /** ISO 8601 or null. */
  created: string | null;
  /** When the user was last activated; ISO 8601 or null. */
  activated: string | null;
  /** Okta status when listed. */
  status: string;
}
/** The result for one user in one run. */
export interface VerdictRecord {
  verdict: Verdict;
  /** One sentence for reports; no personal data. */
  reason: string;
  factors: ClassifiedFactor[];
  checkedAt: string;
  /** The earlier run that read the factors, and when; absent if this run read them. */
  takenOver?: TakenOver;
}
/** The run that read the factors, and when (ISO 8601). */
export interface TakenOver {
  run: string;
  at: string;
}
export type RunUser = ListedUser & { page: number; ticket: string | null } & (
    | { verdict: null; reason: null; factors: null; checkedAt: null; takenOver?: never }
    | VerdictRecord
  );
export interface PageRecord {
  page: number;
  /** Cursor of the next page, null at the end of this source. */
  next: string | null;
  /** Users first listed on this page, in listing order. */
  userIds: string[];
}
/** Users whose compliance changed since an earlier run: opaque ids. */
export interface RunChanges {
  /** Not compliant now, and neither compliant nor non-compliant before. */
  new: string[];
  /** Not compliant before, compliant now. */
  resolved: string[];
  /** Compliant before, not compliant now. */
  regressed: string[];
}

export interface RunRepository {
  /** Inserts the run; if it exists, returns the stored one unchanged (a retry). */
  begin(
    record: Omit<RunRecord, 'status' | 'finishedAt' | 'summary' | 'removedAt'>,
  ): Promise<RunRecord>;
  get(run: string): Promise<RunRecord | null>;
  /** By run id, workflow id (newest run of it) or the word `latest`. */
  find(reference: string): Promise<RunRecord | null>;
  /** Newest first. */
  list(limit: number, filter?: RunFilter): Promise<RunRecord[]>;
  /**
   * The last complete run of this scope that is not `run`, not a dry run, and finished before `run`
   * began.
   */
  lastComplete(
    scopeKey: string,
    before: Pick<RunRecord, 'run' | 'startedAt'>,
  ): Promise<RunRecord | null>;
  finish(
    tx: StoreTransaction | null,
    run: string,
    end: { status: RunStatus; finishedAt: string; summary: JsonObject },
  ): Promise<void>;
  /**
   * Ends a run as `terminated`, without a summary; false, without a change, if it has already ended.
   */
  end(tx: StoreTransaction, run: string, finishedAt: string): Promise<boolean>;
}
export interface RunUserRepository {
  /**
   * Stores a page once; a repeated call returns the stored page. Users listed on an earlier page
   * are omitted.
   */
  addPage(
    run: string,
    page: number,
    next: string | null,
    users: readonly ListedUser[],
  ): Promise<PageRecord>;
  page(run: string, page: number): Promise<PageRecord | null>;
  /**
   * Whether an earlier page of the same list led to this token, or there are more pages than any list
   * has: the list would never end. A page without a next one ends a list.
   */
  isKnownToken(run: string, at: { page: number; next: string }): Promise<boolean>;
  /** The `userIds` without a verdict, in the given order. */
  pending(run: string, userIds: readonly string[]): Promise<ListedUser[]>;
  get(run: string, userId: string): Promise<RunUser | null>;
  setVerdict(
    tx: StoreTransaction,
    run: string,
    userId: string,
    record: VerdictRecord,
  ): Promise<void>;
  /** `setVerdict` as the only effect of an entry, which is written together with it. */
  verdictEffect(run: string, userId: string, record: VerdictRecord): JournalEffect;
  setTicket(tx: StoreTransaction | null, run: string, userId: string, key: string): Promise<void>;
  /** Counts a failed attempt for this user; returns the new count. */
  countFailure(run: string, userId: string): Promise<number>;
  counts(run: string): Promise<VerdictCounts>;
  /** Whether rows of the list of users could not be read. */
  hasUnreadableRows(run: string): Promise<boolean>;
  /**
   * Ids of users with one of these verdicts, ascending, after a given id (null: from the start).
   */
  idsByVerdict(
    run: string,
    verdicts: readonly Verdict[],
    after: string | null,
    limit: number,
  ): Promise<string[]>;
  /** Users in ascending order of login, in pages; stable under paging. */
  pages(run: string, size: number): AsyncIterable<RunUser[]>;
  /** A page of the users who meet the filter. */
  search(run: string, filter: RunUserFilter, page: RunUserPage): Promise<RunUser[]>;
  /** The users who meet the filter, by verdict; the verdicts of the filter do not count. */
  tally(run: string, filter: RunUserFilter): Promise<VerdictTally>;
  /** What each run found about a user, newest first; until a time, as it was known then. */
  history(userId: string, page: { until: string | null; limit: number }): Promise<PastVerdict[]>;
  /** How many users went from which verdict in an earlier run to which in this one. */
  transitions(run: string, previous: string): Promise<VerdictTransition[]>;
  /** The users whose verdicts differ between the runs, by ascending id. */
  changed(
    run: string,
    previous: string,
    page: { after: string | null; limit: number },
  ): Promise<ChangedUser[]>;
  /** Users in listing order, page by page; the cheapest way to read all of them. */
  asListed(run: string): AsyncIterable<RunUser[]>;
  /**
   * Has the database update its statistics of the users, so that look-ups are efficient; called
   * after a run has listed many.
   */
  analyse(): Promise<void>;
  changes(run: string, previous: string): Promise<RunChanges>;
  /** For the first run of a scope: all its non-compliant users count as new. */
  changesOfFirst(run: string): Promise<RunChanges>;
}
