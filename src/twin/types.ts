import type { FactorClass } from '../mfa/types.ts';

/*
 * The identity twin: a copy of an Okta organisation as last read by arx, and the findings from it.
 * All types are plain JSON; times are ISO 8601 UTC; ids are Okta's.
 */

/** Whether a user has MFA: `unknown` if factors could not be read or are not understood. */
export type MfaState = 'enrolled' | 'none' | 'unknown';

/** One factor as stored: never a secret, phone number or address. */
export interface TwinFactor {
  id: string;
  /** Okta's factorType, unchanged. */
  type: string;
  provider: string | null;
  status: string | null;
}

/** One administrator role; `via` is `direct` or the id of the group that grants it. */
export interface TwinRole {
  role: string;
  via: string;
}

/** `via` of a role that is assigned to the user directly. */
export const DIRECT = 'direct';

export interface TwinUser {
  id: string;
  login: string;
  email: string | null;
  /** Okta's status, such as ACTIVE. */
  status: string;
  department: string | null;
  title: string | null;
  userType: string | null;
  created: string | null;
  activated: string | null;
  lastLogin: string | null;
  /**
   * The latest successful sign-in in the System Log, kept from sync to sync; null if there is none.
   */
  lastSeen: string | null;
  passwordChanged: string | null;
  /** Ids of groups. */
  groups: string[];
  /** Null if they could not be read. */
  factors: TwinFactor[] | null;
  /** Null if they could not be read; empty for a user who is not an administrator. */
  roles: TwinRole[] | null;
  /** Gone: a complete stream no longer lists the user. */
  gone: boolean;
}

export interface TwinApp {
  id: string;
  label: string;
  signOnMode: string;
  status: string;
  /** Number of assigned users; null if they could not be counted. */
  users: number | null;
  /** Number of assigned groups; null if they could not be counted. */
  groups: number | null;
  gone: boolean;
}

export interface TwinGroup {
  id: string;
  name: string;
  /** The administrator roles that it grants; null or absent if they were never read. */
  roles?: readonly string[] | null;
}

export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** A notable entry of the System Log. */
export interface SecurityEvent {
  /** The uuid of the log entry; an event is raised once for each uuid and rule. */
  uuid: string;
  /** Name of the rule that raised it. */
  rule: string;
  severity: Severity;
  /** MITRE ATT&CK. */
  tactic: string;
  technique: string;
  at: string;
  /** The actor as named by the log: a login or an id. */
  actor: string | null;
  target: string | null;
}

export const STREAMS = ['users', 'apps', 'logs', 'roles'] as const;
export type StreamName = (typeof STREAMS)[number];

/** Something of a stream that could not be read, while the rest of it was. */
export interface StreamException {
  /**
   * What could not be read: a detail of a user, group or app (`members` and `group_roles` of a
   * group, `factors` and `user_roles` of a user, `app_users` and `app_groups` of an app), a row of a
   * list (`users_row`, `groups_row`, `apps_row`, `assignees_row`), or an `entry` of the System Log.
   */
  what: ExceptionKind;
  /**
   * Id of the user, group or app, or uuid of the entry. For a row or entry without a usable id: its
   * place, such as `row 17 of page 3`.
   */
  id: string;
  /** `forbidden`, `malformed`, `skipped`, …; null if unknown. */
  code: string | null;
  /** HTTP status; null without an answer, or if the answer arrived but could not be read. */
  status: number | null;
}

export type ExceptionKind =
  | 'factors'
  | 'members'
  | 'group_roles'
  | 'user_roles'
  | 'app_users'
  | 'app_groups'
  | 'users_row'
  | 'groups_row'
  | 'apps_row'
  | 'assignees_row'
  | 'entry';

/** The result of reading one stream. */
export interface StreamState {
  name: StreamName;
  /**
   * `denied`: Okta refused access. `partial`: reading was cut short, or the stream was never read.
   */
  state: 'complete' | 'partial' | 'denied';
  /** Items read. */
  count: number;
  /** When it was last read; null if never. */
  at: string | null;
  /** Why it is not complete, or what it is complete without; null if it is complete. */
  reason: string | null;
  /** What could not be read of a complete stream; absent or empty if everything was. */
  exceptions?: readonly StreamException[];
}

/** The state of a stream that no sync has read yet. */
export const neverRead = (name: StreamName): StreamState => ({
  name,
  state: 'partial',
  count: 0,
  at: null,
  reason: 'never read',
});

/**
 * `verified`: read from a complete stream; `derived`: computed from such data; `stale`: older than
 * its time to live.
 */
export type Confidence = 'verified' | 'derived' | 'stale';

export interface Fact {
  /** Such as `tool:okta`, `mfa_coverage`, `sso_apps`, `mfa_factor:push`. */
  key: string;
  /** Such as `87%` or `40`. */
  value: string;
  /** The fact as one token: `tool:okta`, `mfa_coverage:87%`, `sso_apps:40`. */
  text: string;
  confidence: Confidence;
  /** The streams that it depends on, such as `okta:users`. */
  source: string;
  /** The sync that first stated this value. */
  run: string;
  /** When the value was last confirmed. */
  observedAt: string;
  /** What could not be read, so that the value is a bound; null if nothing is missing. */
  leavesOut: string | null;
}

export const GAP_KINDS = [
  'admin_no_mfa',
  'admin_weak_only',
  'user_no_mfa',
  'super_admin_single_factor',
  'user_weak_only',
  'stale_account',
  'admin_old_password',
  'too_many_super_admins',
  'never_signed_in',
  'password_app',
  'lingering_staged',
  'lingering_provisioned',
] as const;
export type GapKind = (typeof GAP_KINDS)[number];

/** A weakness of the posture. There is at most one for each kind and subject. */
export interface Gap {
  kind: GapKind;
  severity: Severity;
  /** Id of the user or app, or the org for the organisation as a whole. */
  subject: string;
  /** Login or label of the subject, for display. */
  name: string;
  /** One sentence. */
  detail: string;
  /** Time of the sync that first found it. */
  since: string;
}

/** Most important first, which is the display order. */
export const DRIFT_KINDS = [
  'admin_added',
  'mfa_lost',
  'gap_opened',
  'gap_closed',
  'app_added',
] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

/** A change from one sync to the next. */
export interface Drift {
  kind: DriftKind;
  /** Id of the user or app, or the org. */
  subject: string;
  /** Login or label. */
  name: string;
  /** The kind of the gap that opened or closed. */
  gap: GapKind | null;
  severity: Severity | null;
  detail: string;
  run: string;
  at: string;
}

/**
 * MFA coverage of ACTIVE users; `share` is enrolled ÷ (enrolled + none), 0 to 1, null if both are
 * zero.
 */
export interface MfaCoverage {
  enrolled: number;
  none: number;
  unknown: number;
  share: number | null;
}

/** The posture at one sync. */
export interface TimelineEntry {
  run: string;
  at: string;
  coverage: MfaCoverage;
  privileged: number;
  ssoApps: number;
  gaps: Record<Severity, number>;
  drift: Record<DriftKind, number>;
  /** Streams that were not complete; the figures that depend on them are older. */
  incomplete: StreamName[];
}

/** Why a user is privileged. */
export type PrivilegeReason =
  | { kind: 'role'; role: string }
  | { kind: 'role_by_group'; role: string; group: string; groupName: string | null }
  | { kind: 'group'; group: string; groupName: string | null };

/** The configuration of the twin. */
export interface TwinSettings {
  /** Ids or exact names of groups whose members are privileged. */
  privilegedGroups: string[];
  /** Expected identity providers of sign-ins, by id or name. */
  expectedIdps: string[];
  /** Age at which an account is stale, never used or left behind; milliseconds. */
  staleAfterMs: number;
  /** Age at which an administrator's password is old; milliseconds. */
  passwordAgeMs: number;
  /** Age at which a fact that was not confirmed again is stale; milliseconds. */
  factTtlMs: number;
  /** Ids or exact names of groups whose members are not read. */
  skipGroups: string[];
  /** How much later than its time an entry of the System Log may arrive; milliseconds. */
  logLatenessMs: number;
}

const DAY_MS = 86_400_000;

/** Default settings. */
export const DEFAULT_TWIN_SETTINGS: TwinSettings = {
  privilegedGroups: [],
  expectedIdps: [],
  staleAfterMs: 90 * DAY_MS,
  passwordAgeMs: 180 * DAY_MS,
  factTtlMs: 7 * DAY_MS,
  skipGroups: [],
  logLatenessMs: 3_600_000,
};

/** The context of every assessment of a sync, besides the user or app itself. */
export interface TwinContext {
  org: string;
  run: string;
  /** The reference time of the assessment. */
  at: string;
  streams: readonly StreamState[];
  groups: readonly TwinGroup[];
  settings: TwinSettings;
}

/**
 * A whole twin in memory. Large organisations are assessed user by user instead (see assess.ts).
 */
export interface Twin extends TwinContext {
  users: readonly TwinUser[];
  apps: readonly TwinApp[];
}

/** What is remembered about a user from sync to sync to compute drift: the last certain values. */
export interface Standing {
  privileged: boolean | null;
  mfa: MfaState;
}

/** A user as listed by `arx twin users`. */
export interface TwinUserItem extends TwinUser {
  mfa: MfaState;
  /** Strongest class among the ACTIVE factors; null if there is none or they could not be read. */
  strongest: FactorClass | null;
  /** Null if unknown. */
  privileged: boolean | null;
  why: PrivilegeReason[];
}
