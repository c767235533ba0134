import type { ColumnType } from 'kysely';
import type { JsonObject } from '../audit/types.ts';
import type { CarryOver } from '../twin/events/types.ts';
import type {
  Confidence,
  Drift,
  DriftKind,
  GapKind,
  MfaState,
  Severity,
  StreamException,
  TimelineEntry,
  TwinFactor,
} from '../twin/types.ts';
import type { JsonColumn } from './schema.ts';
import type { GapChanges } from './twin-judged-types.ts';
import type { SearchHit } from './twin-types.ts';
import type { SyncStream, SyncRecord, UnreadableRow } from './twin-sync-types.ts';

type Position = ColumnType<number, never, never>;
type Flag = ColumnType<boolean, boolean | undefined, boolean>;
type OptionalJson<Value> = ColumnType<Value | null, string | null | undefined, string | null>;

/**
 * When and by which sync a row was last read: a row that a complete stream did not read again no
 * longer exists.
 */
interface Seen {
  seen_run: string;
  seen_at: string;
}

/** The sync, and its attempt, that created a row. */
interface Attempted {
  run: string;
  attempt: string;
}

/**
 * The tables of the twin for kysely; `0014-twin.ts` creates them, `0019-twin-judged.ts` extends
 * them. Times are ISO 8601 UTC text.
 */
export interface TwinDatabase {
  twin_syncs: {
    position: Position;
    run: string;
    workflow_id: string;
    org: string;
    status: SyncRecord['status'];
    started_at: string;
    finished_at: string | null;
    plan: JsonColumn<JsonObject>;
    result: OptionalJson<JsonObject>;
  };
  twin_streams: {
    position: Position;
    run: string;
    name: SyncStream['name'];
    org: string;
    state: SyncStream['state'];
    count: number;
    at: string;
    reason: string | null;
    /** A list; null before there were exceptions. */
    exceptions: ColumnType<StreamException[] | null, string | null, string | null>;
  };
  twin_pages: {
    run: string;
    list: string;
    page: number;
    next: string | null;
    count: number;
    /** Rows that could not be read; null if there are none. */
    unreadable: ColumnType<UnreadableRow[] | null, string | null | undefined, string | null>;
  };
  twin_items: { run: string; list: string; id: string; page: number; position: number };
  twin_reads: {
    run: string;
    work: string;
    id: string;
    outcome: string | null;
    /** Why it failed: the code of the error, and the HTTP status. */
    code: ColumnType<string | null, string | null | undefined, string | null>;
    status: ColumnType<number | null, number | null | undefined, number | null>;
    failures: ColumnType<number, number | undefined, number>;
  };
  twin_users: Seen & {
    org: string;
    id: string;
    login: string;
    email: string | null;
    status: string;
    department: string | null;
    title: string | null;
    user_type: string | null;
    created: string | null;
    activated: string | null;
    last_login: string | null;
    password_changed: string | null;
    factors: OptionalJson<TwinFactor[]>;
    gone: Flag;
    /** The remembered facts from which drift is derived. */
    privileged: ColumnType<boolean | null, boolean | null | undefined, boolean | null>;
    mfa: ColumnType<MfaState | null, MfaState | null | undefined, MfaState | null>;
  };
  twin_seen: { org: string; user_id: string; at: string };
  twin_groups: Seen & {
    org: string;
    id: string;
    name: string;
    type: string | null;
    roles: OptionalJson<string[]>;
    gone: Flag;
  };
  twin_members: Seen & { org: string; user_id: string; group_id: string };
  twin_user_roles: Seen & { org: string; user_id: string; role: string };
  twin_apps: Seen & {
    org: string;
    id: string;
    label: string;
    sign_on_mode: string;
    status: string;
    users: ColumnType<number | null, number | null | undefined, number | null>;
    groups: ColumnType<number | null, number | null | undefined, number | null>;
    gone: Flag;
    /** True once a sync has reported it. */
    judged: Flag;
  };
  twin_facts: {
    org: string;
    key: string;
    version: number;
    value: string;
    text: string;
    confidence: Exclude<Confidence, 'stale'>;
    source: string;
    run: string;
    since: string;
    observed_at: string;
    leaves_out: string | null;
  };
  twin_gaps: {
    org: string;
    kind: GapKind;
    subject: string;
    since: string;
    severity: Severity;
    name: string;
    detail: string;
    closed_at: string | null;
  };
  twin_drift: {
    position: Position;
    org: string;
    run: string;
    at: string;
    entry: JsonColumn<Drift>;
  };
  twin_timeline: {
    position: Position;
    org: string;
    run: string;
    at: string;
    entry: JsonColumn<TimelineEntry>;
  };
  twin_events: {
    org: string;
    uuid: string;
    rule: string;
    severity: Severity;
    tactic: string;
    technique: string;
    at: string;
    actor: string | null;
    target: string | null;
    run: string;
  };
  twin_log: { org: string; run: string; carried: OptionalJson<CarryOver> };
  /**
   * Parts of the index that is searched, and of indexes that are being built; `twin_searched` names
   * the former.
   */
  twin_search: Attempted & {
    org: string;
    part: number;
    body: string;
    entries: JsonColumn<SearchHit[]>;
  };
  twin_searched: Attempted & { org: string };
  twin_judged_users: Attempted & { user_id: string; privileged: boolean | null; mfa: MfaState };
  twin_judged_gaps: Attempted & {
    change: keyof GapChanges;
    subject: string;
    kind: GapKind;
    severity: Severity;
    name: string;
    detail: string;
    since: string;
  };
  twin_judged_drift: Attempted & { position: Position; kind: DriftKind; entry: JsonColumn<Drift> };
}
