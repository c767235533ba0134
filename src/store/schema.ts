import type { ColumnType } from 'kysely';
import type { JsonObject } from '../audit/types.ts';
import type { BucketState } from '../connectors/rate-limit/types.ts';
import type { Approval } from '../governance/approval.ts';
import type { Verdict } from '../mfa/types.ts';
import type { FlowDatabase } from './flow-schema.ts';
import type { AuditSinkDatabase } from './audit-types.ts';
import type { AuthorityGroupDatabase, ActionRequest } from './governance-types.ts';
import type { ActionState } from '../governance/types.ts';
import type { LeaseDatabase } from './lease-types.ts';
import type { TwinDatabase } from './twin-schema.ts';
import type { MessageRefusal, MessageRow } from './types.ts';
import type { RunRecord } from './run-types.ts';
import type { TicketAction, TicketRefusal, TicketRow } from './ticket-types.ts';

/**
 * A json column: parsed by the driver when read, written as text. Its type is `json` rather than
 * `jsonb`, because `json` keeps the exact text and accepts every string that JSON allows.
 */
export type JsonColumn<Value> = ColumnType<Value, string, string>;
/** A timestamptz column that is compared only in SQL. */
type SqlTime = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;

/**
 * Times are ISO 8601 UTC text, except for leases. Text columns sort by code point (`collate "C"`)
 * on every server.
 */
export interface RunsTable {
  /** Order of insertion; breaks ties of `started_at`. */
  position: ColumnType<number, never, never>;
  run: string;
  workflow_id: string;
  scope_key: string;
  org: string;
  status: RunRecord['status'];
  dry_run: boolean;
  started_at: string;
  finished_at: string | null;
  plan: JsonColumn<RunRecord['plan']>;
  summary: ColumnType<RunRecord['summary'], string | undefined, string>;
  /** When its users were removed at the end of the retention period. */
  removed_at: ColumnType<string | null, never, never>;
}

interface RunPagesTable {
  run: string;
  page: number;
  next: string | null;
}

export interface RunUsersTable {
  run: string;
  user_id: string;
  page: number;
  /** Position on its page, from 0. */
  position: number;
  login: string;
  email: string | null;
  department: string | null;
  created: string | null;
  activated: string | null;
  status: string;
  verdict: Verdict | null;
  reason: string | null;
  factors: ColumnType<unknown, string | null | undefined, string | null>;
  checked_at: string | null;
  ticket: string | null;
  failures: ColumnType<number, number | undefined, number>;
  /** The run that read the factors, and when; null if this run did. */
  read_run: ColumnType<string | null, string | null | undefined, string | null>;
  read_at: ColumnType<string | null, string | null | undefined, string | null>;
}

interface RunDeltasTable {
  run: string;
  until: string;
  mode: ColumnType<'full' | 'delta' | null, 'full' | 'delta' | null | undefined, 'full' | 'delta'>;
  reason: ColumnType<unknown, string | null | undefined, string | null>;
}

export interface RunLogPagesTable {
  run: string;
  page: number;
  next: string | null;
  entries: number;
  reason: ColumnType<unknown, string | null, never>;
}

interface RunChangedTable {
  run: string;
  user_id: string;
}

export interface TicketsTable {
  label: string;
  org: string;
  control: string;
  subject: string;
  state: TicketRow['state'];
  key: string | null;
  attempt: ColumnType<number, number | undefined, number>;
  intended_at: string | null;
  closed_by: TicketRow['closedBy'];
  closed_seen_run: string | null;
  last_run: string | null;
  details: JsonColumn<TicketRow['details']>;
  lease_owner: string | null;
  lease_until: SqlTime;
}

interface TicketNotesTable {
  run: string;
  subject: string;
  action: TicketAction;
  key: string | null;
  /** Why it failed; null if it did not. */
  code: string | null;
  refusal: ColumnType<TicketRefusal | null, string | null | undefined, string | null>;
}

interface MessagesTable {
  run: string;
  channel: string;
  ts: string | null;
  state: MessageRow['state'];
  attempt: number;
  missed_at: string | null;
  refusal: ColumnType<MessageRefusal | null, string | null | undefined, string | null>;
}

interface CallsTable {
  run: string;
  okta: number;
  jira: number;
  slack: number;
  throttled: number;
}

interface SnapshotsTable {
  digest: string;
  /** Canonical JSON, over which the digest is computed. */
  content: string;
  /** When it was last stored. */
  kept_at: ColumnType<string, string, string>;
}

interface AuditEntriesTable {
  /** 0-based position in the chain. */
  index: number;
  id: string;
  workflow_id: string;
  run: string;
  kind: string;
  subject: string;
  sequence: number;
  at: string;
  /** The entry as canonical JSON: exactly the hashed bytes, plus `hash`. */
  text: string;
}

/** A single row with the end of the chain; every append locks it. */
interface AuditHeadTable {
  id: number;
  entries: number;
  head: string;
  /** Number of times that an activity attempt took over from an earlier one. */
  takeovers: ColumnType<number, number | undefined, number>;
}

interface ActivityAttemptsTable {
  activity: string;
  /** The last attempt that began, if it was not the first. */
  attempt: number;
  at: SqlTime;
}

export interface RequestsTable {
  position: ColumnType<number, never, never>;
  request_id: string;
  state: ActionState;
  request: JsonColumn<ActionRequest>;
  approval: ColumnType<Approval | null, string | null, string | null>;
  outcome: ColumnType<JsonObject | null, string | null, string | null>;
  updated_at: string;
}

interface GrantsTable {
  request_id: string;
  connector: string;
  operation: string;
  args_digest: string;
  principal: string;
  issued_at: string;
  expires_at: string;
  used_at: ColumnType<string | null, string | null | undefined, string | null>;
}

interface SigningKeysTable {
  kid: string;
  public_key: string;
  created_at: string;
  revoked_at: string | null;
}

export interface AccessKeysTable {
  name: string;
  hash: string;
  person: string | null;
  created_at: string;
  revoked_at: string | null;
  scopes: string | null;
  expires_at: string | null;
  last_used_at: string | null;
}

interface UsedInputsTable {
  input: string;
  request_id: string;
  at: string;
}

interface SeenSignaturesTable {
  hash: string;
  expires_at: string;
}

/** State of a vendor's rate-limit bucket; null until the first update is complete. */
interface RateBucketsTable {
  name: string;
  state: ColumnType<BucketState | null, string | null, string>;
}

/** The Merkle tree, with 256 hashes per tile. */
interface AuditTilesTable {
  level: number;
  index: number;
  hashes: Buffer;
}

interface AuditKeysTable {
  position: ColumnType<number, never, never>;
  verifier_key: string;
  created_at: string;
  from_size: number;
  to_size: number | null;
}

interface AuditCheckpointsTable {
  position: ColumnType<number, never, never>;
  size: number;
  note: string;
  at: string;
}

/** The tables for kysely. */
export interface Database
  extends TwinDatabase, FlowDatabase, LeaseDatabase, AuthorityGroupDatabase, AuditSinkDatabase {
  runs: RunsTable;
  run_pages: RunPagesTable;
  run_users: RunUsersTable;
  run_deltas: RunDeltasTable;
  run_log_pages: RunLogPagesTable;
  run_changed: RunChangedTable;
  tickets: TicketsTable;
  ticket_notes: TicketNotesTable;
  messages: MessagesTable;
  calls: CallsTable;
  snapshots: SnapshotsTable;
  requests: RequestsTable;
  grants: GrantsTable;
  signing_keys: SigningKeysTable;
  access_keys: AccessKeysTable;
  seen_signatures: SeenSignaturesTable;
  used_inputs: UsedInputsTable;
  rate_buckets: RateBucketsTable;
  audit_entries: AuditEntriesTable;
  audit_head: AuditHeadTable;
  activity_attempts: ActivityAttemptsTable;
  audit_tiles: AuditTilesTable;
  audit_keys: AuditKeysTable;
  audit_checkpoints: AuditCheckpointsTable;
}
