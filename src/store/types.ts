import type { AuditEntry, AuditHead, AuditKind, Journal, JournalEffect, Json, JsonObject } from '../audit/types.ts';
import type { BucketBook, BucketState } from '../connectors/rate-limit/types.ts';
import type { ClassifiedFactor, Verdict, VerdictCounts } from '../mfa/types.ts';
import type { RunStatus } from '../workflows/messages.ts';
import type { Transaction } from 'kysely';
import type { AttemptRepository } from './journal/attempts.ts';
import type { DeltaRepository } from './delta-types.ts';
import type { AuditKeyRepository, AuditRemoval, AuditTree, CheckpointRepository } from './audit-types.ts';
import type { EnrichmentRepository } from './enrichment-types.ts';
import type { FlowRunRepository, FlowSettingsRepository } from './flow-types.ts';
import type { LeaseRepository } from './lease-types.ts';
import type { RetentionRepository } from './retention-types.ts';
import type { GrantRepository, KeyRepository, RequestRepository, SignatureLedger } from './governance-types.ts';
import type { Database } from './schema.ts';
import type { TwinStore } from './twin-types.ts';

/** Handle of an open transaction; what a journal effect receives. */
export type StoreTransaction = Transaction<Database>;

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
  /** The frozen plan (configuration snapshot, resolved groups, exemptions …); its shape belongs to the activities. */
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
    { verdict: null; reason: null; factors: null; checkedAt: null; takenOver?: never } | VerdictRecord
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
  begin(record: Omit<RunRecord, 'status' | 'finishedAt' | 'summary' | 'removedAt'>): Promise<RunRecord>;
  get(run: string): Promise<RunRecord | null>;
  /** By run id, workflow id (newest run of it) or the word `latest`. */
  find(reference: string): Promise<RunRecord | null>;
  /** Newest first. */
  list(limit: number): Promise<RunRecord[]>;
  /** The last run of this scope, other than `run` and finished before it began, with status complete and not dry. */
  lastComplete(scopeKey: string, before: Pick<RunRecord, 'run' | 'startedAt'>): Promise<RunRecord | null>;
  finish(
    tx: StoreTransaction | null,
    run: string,
    end: { status: RunStatus; finishedAt: string; summary: JsonObject },
  ): Promise<void>;
}

export interface RunUserRepository {
  /** Stores a page once: a repeated call returns the stored page. Users listed on an earlier page are left out. */
  addPage(run: string, page: number, next: string | null, users: readonly ListedUser[]): Promise<PageRecord>;
  page(run: string, page: number): Promise<PageRecord | null>;
  /** Those of `userIds` that have no verdict yet, in the given order. */
  pending(run: string, userIds: readonly string[]): Promise<ListedUser[]>;
  get(run: string, userId: string): Promise<RunUser | null>;
  setVerdict(tx: StoreTransaction, run: string, userId: string, record: VerdictRecord): Promise<void>;
  /** `setVerdict` as the whole effect of an entry, which is then written together with it. */
  verdictEffect(run: string, userId: string, record: VerdictRecord): JournalEffect;
  setTicket(tx: StoreTransaction | null, run: string, userId: string, key: string): Promise<void>;
  /** Counts a failed attempt at this user; returns how many there are now. */
  countFailure(run: string, userId: string): Promise<number>;
  counts(run: string): Promise<VerdictCounts>;
  /** Ids of users with one of these verdicts, ascending, after a given id (null: from the start). */
  idsByVerdict(run: string, verdicts: readonly Verdict[], after: string | null, limit: number): Promise<string[]>;
  /** Users in ascending order of login, in pages; stable under paging. */
  pages(run: string, size: number): AsyncIterable<RunUser[]>;
  /** Users as they were listed, page by page: the cheapest way to see all of them. */
  asListed(run: string): AsyncIterable<RunUser[]>;
  /** Lets the database count what it holds of the users, so that it looks them up well: after a run has listed many. */
  analyse(): Promise<void>;
  changes(run: string, previous: string): Promise<RunChanges>;
  /** Non-compliant users of a first run of its scope count as new. */
  changesOfFirst(run: string): Promise<RunChanges>;
}

/** One row a (org, control, subject): what arx knows of the ticket. Written before Jira is called. */
export interface TicketRow {
  /** Identity: `arx-` and a hash of org, subject and control; stands as a label on the ticket. */
  label: string;
  org: string;
  control: string;
  /** User id, or scope key in bulk mode. */
  subject: string;
  /** absent: nothing known; intended: a create call may have gone out; open, closed: as last seen or set. */
  state: 'absent' | 'intended' | 'open' | 'closed';
  key: string | null;
  /** Counts create calls; part of the audit identity. */
  attempt: number;
  /** ISO time of the first create call whose outcome is not known; null where there is none. */
  intendedAt: string | null;
  closedBy: 'arx' | 'person' | null;
  /** The run that first saw the ticket closed by a person. */
  closedSeenRun: string | null;
  /** The run that last wrote to the ticket (created, commented, reopened, closed). */
  lastRun: string | null;
  /** Free for the activities: digests of what the ticket says. */
  details: JsonObject;
}

/** What a run did with the ticket of a subject. */
export interface TicketNote {
  subject: string;
  action: TicketAction;
  key: string | null;
  /** Why it failed; null where it did not. */
  code: string | null;
}

/** How one ticket fared in one run; kept for counts and reports. */
export type TicketAction = 'created' | 'kept' | 'reopened' | 'closed' | 'withheld' | 'left_closed' | 'failed';

export interface TicketLedger {
  /**
   * Takes the row for `owner` for `ttlMs` (creating it `absent` if missing). Null while another owner holds it.
   * The same owner may take it again. Time is the store's clock.
   */
  claim(
    identity: Pick<TicketRow, 'label' | 'org' | 'control' | 'subject'>,
    owner: string,
    ttlMs: number,
  ): Promise<TicketRow | null>;
  /**
   * Writes the patch only while `owner` holds the row and, where `expectAttempt` is given, only if no other create
   * call was begun since; throws LeaseLostError otherwise.
   */
  update(
    tx: StoreTransaction | null,
    label: string,
    owner: string,
    patch: Partial<Omit<TicketRow, 'label' | 'org' | 'control' | 'subject'>>,
    expectAttempt?: number,
  ): Promise<void>;
  release(label: string, owner: string): Promise<void>;
  get(label: string): Promise<TicketRow | null>;
  /** Open tickets of users that this run found compliant, by ascending subject. */
  openOfCompliant(run: string, org: string, control: string, after: string | null, limit: number): Promise<TicketRow[]>;
  /**
   * Records what this run did with the ticket of a subject; a repeated call with the same action is a retry. One note a
   * subject and run: the last one stands, but `kept` does not replace `created` or `reopened` of the same run.
   */
  note(tx: StoreTransaction | null, run: string, subject: string, note: Omit<TicketNote, 'subject'>): Promise<void>;
  listNotes(run: string): Promise<TicketNote[]>;
}

/** The summary message of a run. */
export interface MessageRow {
  run: string;
  channel: string;
  ts: string | null;
  state: 'intended' | 'posted' | 'failed';
  attempt: number;
  /** Since when it has been looked for in vain, where that was intended; null where it was not. */
  missedAt: string | null;
}

export interface MessageLedger {
  get(run: string): Promise<MessageRow | null>;
  put(tx: StoreTransaction | null, row: MessageRow): Promise<void>;
}

/** Calls made in a run, for the report. */
export interface CallCounts {
  okta: number;
  jira: number;
  slack: number;
  /** Answers with 429. */
  throttled: number;
}

export interface CallLedger {
  /** Adds to the counts of a run; called by the pipeline's observer, batched. */
  add(run: string, counts: CallCounts): Promise<void>;
  get(run: string): Promise<CallCounts>;
}

/** Configuration snapshots by digest, so that a run can name its configuration without carrying it in history. */
export interface SnapshotRepository {
  put(content: JsonObject): Promise<string>;
  get(digest: string): Promise<JsonObject | null>;
}

export interface AuditFilter {
  run?: string;
  kind?: AuditKind;
  subject?: string;
  since?: string;
  /** Position to start after (0-based index of the last entry seen). */
  after?: number;
  limit?: number;
}

export interface AuditReader {
  head(): Promise<AuditHead>;
  /** Entries that have their content, in order of the chain, with their 0-based index. */
  list(filter: AuditFilter): Promise<{ index: number; entry: AuditEntry }[]>;
  /** One entry by id or 0-based index, with its text as stored; null where there is none. */
  get(reference: string): Promise<{ index: number; text: string } | null>;
  /** All of it, removed entries too, in pages, in order: texts as stored, so that a flipped byte shows. */
  pages(size: number, filter?: AuditFilter): AsyncIterable<{ index: number; text: string }[]>;
  countByKind(run: string): Promise<Partial<Record<AuditKind, number>>>;
  removal: AuditRemoval;
}

/** States of rate limit buckets, by name; the name tells vendor, host and bucket. */
export interface RateBucketRepository extends BucketBook {
  /** The state as it was last written; null where nothing is known. */
  get(name: string): Promise<BucketState | null>;
}

/** Everything arx keeps, in one PostgreSQL database; see `openStore`. Times that decide leases are the database's. */
export interface Store {
  attempts: AttemptRepository;
  journal: Journal;
  audit: AuditReader;
  auditTree: AuditTree;
  auditKeys: AuditKeyRepository;
  checkpoints: CheckpointRepository;
  runs: RunRepository;
  users: RunUserRepository;
  deltas: DeltaRepository;
  tickets: TicketLedger;
  messages: MessageLedger;
  calls: CallLedger;
  snapshots: SnapshotRepository;
  requests: RequestRepository;
  grants: GrantRepository;
  keys: KeyRepository;
  signatures: SignatureLedger;
  rateBuckets: RateBucketRepository;
  twin: TwinStore;
  enrichments: EnrichmentRepository;
  flows: FlowRunRepository;
  flowSettings: FlowSettingsRepository;
  leases: LeaseRepository;
  retention: RetentionRepository;
  /** Brings the schema up to date; safe to call from several processes. */
  migrate(): Promise<void>;
  /** Names of migrations not yet applied; empty when up to date. */
  pendingMigrations(): Promise<string[]>;
  /** Answers quickly or throws StoreUnavailableError. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export type { Json };
