import type {
  AuditEntry,
  AuditHead,
  AuditKind,
  Journal,
  Json,
  JsonObject,
} from '../audit/types.ts';
import type { BucketStore, BucketState } from '../connectors/rate-limit/types.ts';
import type { Transaction } from 'kysely';
import type { AttemptRepository } from './journal/attempts.ts';
import type { DeltaRepository } from './delta-types.ts';
import type {
  AuditKeyRepository,
  AuditRemoval,
  AuditSinkRepository,
  AuditTree,
  CheckpointRepository,
} from './audit-types.ts';
import type { EnrichmentRepository } from './enrichment-types.ts';
import type { FlowRunRepository, FlowSettingsRepository } from './flow-types.ts';
import type { NameReader, ReferenceReader } from './name-types.ts';
import type { LeaseRepository } from './lease-types.ts';
import type { RetentionRepository } from './retention-types.ts';
import type {
  AuthorityGroupRepository,
  GrantRepository,
  InputLedger,
  KeyRepository,
  RequestRepository,
  SignatureLedger,
} from './governance-types.ts';
import type { Database } from './schema.ts';
import type { TwinStore } from './twin-types.ts';
import type { TicketLedger } from './ticket-types.ts';
import type { RunRepository, RunUserRepository } from './run-types.ts';

/** The handle of an open transaction, which a journal effect receives. */
export type StoreTransaction = Transaction<Database>;

/** The summary message of a run. */
export interface MessageRow {
  run: string;
  channel: string;
  ts: string | null;
  state: 'intended' | 'posted' | 'failed';
  attempt: number;
  /**
   * Since when a message that may have been posted has not been found; null if it is not missing.
   */
  missedAt: string | null;
  /** Why it could not be posted; null or absent unless `failed`. */
  refusal?: MessageRefusal | null;
}

/** The code of a failure, and what Slack said, cleaned. */
export interface MessageRefusal {
  code: string;
  message: string | null;
}

export interface MessageLedger {
  get(run: string): Promise<MessageRow | null>;
  put(tx: StoreTransaction | null, row: MessageRow): Promise<void>;
}

/** The number of calls of a run, for the report. */
export interface CallCounts {
  okta: number;
  jira: number;
  slack: number;
  /** Responses with 429. */
  throttled: number;
}

export interface CallLedger {
  /** Adds to the counts of a run; called in batches by the pipeline's observer. */
  add(run: string, counts: CallCounts): Promise<void>;
  get(run: string): Promise<CallCounts>;
}

/**
 * Configuration snapshots by digest, so that a run can refer to its configuration without having it
 * in its history.
 */
export interface SnapshotRepository {
  put(content: JsonObject): Promise<string>;
  get(digest: string): Promise<JsonObject | null>;
}

export interface AuditFilter {
  run?: string;
  kind?: AuditKind;
  subject?: string;
  since?: string;
  until?: string;
  /** Any of these principals; upper and lower case are alike. */
  actors?: readonly string[];
  /** An operation such as `okta:users:suspend`; `*` stands for any characters. */
  operation?: string;
  /** Entries about any of these ids. */
  targets?: readonly string[];
  /** Any of these: the last word of a kind (`failed`), or a word of the outcome (`rejected`). */
  outcomes?: readonly string[];
  /** From the end of the chain; by default in its order. */
  newestFirst?: boolean;
  /** The 0-based index of the last entry that was read. */
  after?: number;
  limit?: number;
}

/** Which entries are searched; all conditions must hold. */
export interface AuditSearch {
  run?: string;
  kinds?: readonly string[];
  /** The principal of the actor. */
  actor?: string;
  operation?: string;
  /** The code of the outcome. */
  outcome?: string;
  /** The subject of the entry, or the target of its call. */
  target?: string;
  /** At this time or later; before this time. ISO 8601 UTC. */
  since?: string;
  until?: string;
  /** Only entries before this index; null: all. */
  before: number | null;
  limit: number;
}

/** What entries are about: the family of their kind (`scan` of `scan.started`) and the run. */
export interface AuditMark {
  family: string;
  run: string;
  /** The request, for entries about approvals; null for others. */
  request: string | null;
}

/** Entries, newest first. */
export interface AuditSearchPage {
  items: { index: number; entry: AuditEntry }[];
  /** `before` of the next page, which may follow a short page; null at the start of the trail. */
  next: number | null;
}

export interface AuditReader {
  head(): Promise<AuditHead>;
  /** Entries with their content and their 0-based index, in the order of the chain by default. */
  list(filter: AuditFilter): Promise<{ index: number; entry: AuditEntry }[]>;
  /** A page of the entries that meet all conditions, newest first. */
  search(wanted: AuditSearch): Promise<AuditSearchPage>;
  /** What the entries from one index up to another are about, each once; without those removed. */
  marks(from: number, to: number): Promise<AuditMark[]>;
  /** One entry by id or 0-based index, with its stored text; null if there is none. */
  get(reference: string): Promise<{ index: number; text: string } | null>;
  /**
   * The whole trail in order, page by page, including removed entries. Texts are as stored, so that
   * any changed byte is detected.
   */
  pages(size: number, filter?: AuditFilter): AsyncIterable<{ index: number; text: string }[]>;
  countByKind(run: string): Promise<Partial<Record<AuditKind, number>>>;
  removal: AuditRemoval;
}

/** The states of rate-limit buckets by name, which consists of vendor, host and bucket. */
export interface RateBucketRepository extends BucketStore {
  /** The last written state; null if there is none. */
  get(name: string): Promise<BucketState | null>;
}

/**
 * Everything that arx stores, in one PostgreSQL database; see `openStore`. Leases use the
 * database's clock.
 */
export interface Store {
  attempts: AttemptRepository;
  journal: Journal;
  audit: AuditReader;
  auditTree: AuditTree;
  auditSinks: AuditSinkRepository;
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
  authorityGroups: AuthorityGroupRepository;
  keys: KeyRepository;
  inputs: InputLedger;
  signatures: SignatureLedger;
  rateBuckets: RateBucketRepository;
  twin: TwinStore;
  enrichments: EnrichmentRepository;
  flows: FlowRunRepository;
  flowSettings: FlowSettingsRepository;
  names: NameReader;
  references: ReferenceReader;
  leases: LeaseRepository;
  retention: RetentionRepository;
  /** Updates the schema; safe to call from several processes. */
  migrate(): Promise<void>;
  /** Names of migrations not yet applied; empty when up to date. */
  pendingMigrations(): Promise<string[]>;
  /** Responds quickly or throws StoreUnavailableError. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export type { Json };
