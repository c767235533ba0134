import type { JournalEffect, JsonObject } from '../audit/types.ts';
import type { ClassifiedFactor, RunStatus, Verdict, VerdictCounts } from '../mfa/types.ts';
import type { StoreTransaction } from './types.ts';

/** A run as begun: what was decided then and holds to its end. Times are ISO 8601 UTC. */
export interface RunRecord {
  /** First run id of the continue-as-new chain. */
  run: string;
  workflowId: string;
  /** Runs with the same key cover the same users and may be compared. */
  scopeKey: string;
  org: string;
  status: 'running' | RunStatus;
  dryRun: boolean;
  startedAt: string;
  finishedAt: string | null;
  /**
   * The frozen plan (configuration snapshot, resolved groups, exemptions …); its shape belongs to
   * the activities.
   */
  plan: JsonObject;
  /** Summary document without users; null until finished. */
  summary: JsonObject | null;
  /** When its people were removed for their age; absent: they are there. */
  removedAt?: string;
}
/** A user as enumerated. */
export interface ListedUser {
  userId: string;
  login: string;
  email: string | null;
  department: string | null;
  /** ISO 8601 or null. */
  created: string | null;
  /** Okta status at enumeration. */
  status: string;
}
/** What was found out about one user in one run. */
export interface VerdictRecord {
  verdict: Verdict;
  /** One sentence, fit for a report; no personal data. */
  reason: string;
  factors: ClassifiedFactor[];
  checkedAt: string;
  /** Where the factors were read by an earlier run: which, and when; absent: by this one. */
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
/** Users whose standing changed since an earlier run: opaque ids. */
export interface RunChanges {
  /** Not compliant now, and neither compliant nor non-compliant before. */
  new: string[];
  /** Not compliant before, compliant now. */
  resolved: string[];
  /** Compliant before, not compliant now. */
  regressed: string[];
}

export interface RunRepository {
  /** Inserts the run; where it exists already, returns the stored one unchanged (a retry). */
  begin(
    record: Omit<RunRecord, 'status' | 'finishedAt' | 'summary' | 'removedAt'>,
  ): Promise<RunRecord>;
  get(run: string): Promise<RunRecord | null>;
  /** By run id, workflow id (newest run of it) or the word `latest`. */
  find(reference: string): Promise<RunRecord | null>;
  /** Newest first. */
  list(limit: number): Promise<RunRecord[]>;
  /**
   * The last run of this scope, other than `run` and finished before it began, with status complete
   * and not dry.
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
}
export interface RunUserRepository {
  /**
   * Stores a page once: a repeated call returns the stored page. Users listed on an earlier page
   * are left out.
   */
  addPage(
    run: string,
    page: number,
    next: string | null,
    users: readonly ListedUser[],
  ): Promise<PageRecord>;
  page(run: string, page: number): Promise<PageRecord | null>;
  /** Those of `userIds` that have no verdict yet, in the given order. */
  pending(run: string, userIds: readonly string[]): Promise<ListedUser[]>;
  get(run: string, userId: string): Promise<RunUser | null>;
  setVerdict(
    tx: StoreTransaction,
    run: string,
    userId: string,
    record: VerdictRecord,
  ): Promise<void>;
  /** `setVerdict` as the whole effect of an entry, which is then written together with it. */
  verdictEffect(run: string, userId: string, record: VerdictRecord): JournalEffect;
  setTicket(tx: StoreTransaction | null, run: string, userId: string, key: string): Promise<void>;
  /** Counts a failed attempt at this user; returns how many there are now. */
  countFailure(run: string, userId: string): Promise<number>;
  counts(run: string): Promise<VerdictCounts>;
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
  /** Users as they were listed, page by page: the cheapest way to see all of them. */
  asListed(run: string): AsyncIterable<RunUser[]>;
  /**
   * Lets the database count what it holds of the users, so that it looks them up well: after a run
   * has listed many.
   */
  analyse(): Promise<void>;
  changes(run: string, previous: string): Promise<RunChanges>;
  /** Non-compliant users of a first run of its scope count as new. */
  changesOfFirst(run: string): Promise<RunChanges>;
}
