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
  AuditTree,
  CheckpointRepository,
} from './audit-types.ts';
import type { EnrichmentRepository } from './enrichment-types.ts';
import type { FlowRunRepository, FlowSettingsRepository } from './flow-types.ts';
import type { LeaseRepository } from './lease-types.ts';
import type { RetentionRepository } from './retention-types.ts';
import type {
  GrantRepository,
  KeyRepository,
  RequestRepository,
  SignatureLedger,
} from './governance-types.ts';
import type { Database } from './schema.ts';
import type { TwinStore } from './twin-types.ts';
import type { TicketLedger } from './ticket-types.ts';
import type { RunRepository, RunUserRepository } from './run-types.ts';

/** Handle of an open transaction; what a journal effect receives. */
export type StoreTransaction = Transaction<Database>;

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

/**
 * Configuration snapshots by digest, so that a run can name its configuration without carrying it
 * in history.
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
  /**
   * All of it, removed entries too, in pages, in order: texts as stored, so that a flipped byte
   * shows.
   */
  pages(size: number, filter?: AuditFilter): AsyncIterable<{ index: number; text: string }[]>;
  countByKind(run: string): Promise<Partial<Record<AuditKind, number>>>;
  removal: AuditRemoval;
}

/** States of rate limit buckets, by name; the name tells vendor, host and bucket. */
export interface RateBucketRepository extends BucketStore {
  /** The state as it was last written; null where nothing is known. */
  get(name: string): Promise<BucketState | null>;
}

/**
 * Everything arx keeps, in one PostgreSQL database; see `openStore`. Times that decide leases are
 * the database's.
 */
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
