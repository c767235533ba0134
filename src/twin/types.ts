import type { FactorClass } from '../mfa/types.ts';

/*
 * The identity twin: a copy of an Okta organisation as arx last read it, and what follows from it.
 * Everything here is plain JSON; times are ISO 8601 UTC; ids are Okta's.
 */

/** Whether somebody has MFA: `unknown` where factors could not be read or are not understood. */
export type MfaState = 'enrolled' | 'none' | 'unknown';

/** One factor as kept: never a secret, phone number or address. */
export interface TwinFactor {
  id: string;
  /** Okta's factorType, kept as it came. */
  type: string;
  provider: string | null;
  status: string | null;
}

/** One administrator role; `via` is `direct` or the id of the group that gives it. */
export interface TwinRole {
  role: string;
  via: string;
}

/** `via` of a role that a user holds in person. */
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
   * Newest successful sign-in that an entry of the System Log shows, kept from sync to sync; null
   * where none did.
   */
  lastSeen: string | null;
  passwordChanged: string | null;
  /** Ids of groups. */
  groups: string[];
  /** Null where they could not be read. */
  factors: TwinFactor[] | null;
  /** Null where they could not be read; empty for somebody who is no administrator. */
  roles: TwinRole[] | null;
  /** No longer there: a complete stream no longer lists them. */
  gone: boolean;
}

export interface TwinApp {
  id: string;
  label: string;
  signOnMode: string;
  status: string;
  /** Users assigned; null where they could not be counted. */
  users: number | null;
  /** Groups assigned; null where they could not be counted. */
  groups: number | null;
  gone: boolean;
}

export interface TwinGroup {
  id: string;
  name: string;
}

export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** A notable entry of the System Log. */
export interface SecurityEvent {
  /** Of the log entry; an event is raised once for each uuid and rule. */
  uuid: string;
  /** Name of the rule that raised it. */
  rule: string;
  severity: Severity;
  /** MITRE ATT&CK. */
  tactic: string;
  technique: string;
  at: string;
  /** Who did it, as the log names them: a login or an id. */
  actor: string | null;
  target: string | null;
}

export const STREAMS = ['users', 'apps', 'logs', 'roles'] as const;
export type StreamName = (typeof STREAMS)[number];

/** How far one stream came when it was last read. */
export interface StreamState {
  name: StreamName;
  /** `denied`: Okta refused it; `partial`: it broke off, or was never read. */
  state: 'complete' | 'partial' | 'denied';
  /** Items read. */
  count: number;
  /** When it was last read; null where never. */
  at: string | null;
  /** Why it is not complete; null where it is. */
  reason: string | null;
}

/** A stream that no sync has read yet. */
export const neverRead = (name: StreamName): StreamState => ({
  name,
  state: 'partial',
  count: 0,
  at: null,
  reason: 'never read',
});

/**
 * `verified`: read in a complete stream; `derived`: computed from such; `stale`: older than its
 * time to live.
 */
export type Confidence = 'verified' | 'derived' | 'stale';

export interface Fact {
  /** Such as `tool:okta`, `mfa_coverage`, `sso_apps`, `mfa_factor:push`. */
  key: string;
  /** Such as `87%` or `40`. */
  value: string;
  /** The fact as one word: `tool:okta`, `mfa_coverage:87%`, `sso_apps:40`. */
  text: string;
  confidence: Confidence;
  /** Streams that it rests on, such as `okta:users`. */
  source: string;
  /** The sync that first saw this value. */
  run: string;
  /** When the value was last seen to hold. */
  observedAt: string;
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

/** Something that falls short. There is at most one for each kind and subject. */
export interface Gap {
  kind: GapKind;
  severity: Severity;
  /** Id of the user or app; the org for what concerns all of it. */
  subject: string;
  /** Login or label of the subject, for people. */
  name: string;
  /** One sentence. */
  detail: string;
  /** The sync time at which it was first found. */
  since: string;
}

/** The most important first: in this order they are told. */
export const DRIFT_KINDS = [
  'admin_added',
  'mfa_lost',
  'gap_opened',
  'gap_closed',
  'app_added',
] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

/** Something that changed from one sync to the next. */
export interface Drift {
  kind: DriftKind;
  /** Id of the user or app, or the org. */
  subject: string;
  /** Login or label. */
  name: string;
  /** Of a gap that opened or closed. */
  gap: GapKind | null;
  severity: Severity | null;
  detail: string;
  run: string;
  at: string;
}

/**
 * MFA over ACTIVE users; `share` is enrolled ÷ (enrolled + none), 0 to 1, null where both are zero.
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
  /** Names of the streams that were not complete: figures that rest on them are older. */
  incomplete: StreamName[];
}

/** Why somebody counts as privileged. */
export type PrivilegeReason =
  | { kind: 'role'; role: string }
  | { kind: 'role_by_group'; role: string; group: string; groupName: string | null }
  | { kind: 'group'; group: string; groupName: string | null };

/** What the configuration says of the twin. */
export interface TwinSettings {
  /** Ids or exact names of groups whose members are privileged. */
  privilegedGroups: string[];
  /** Identity providers that are expected in sign-ins, by id or name. */
  expectedIdps: string[];
  /** Age at which an account counts as stale, never used or left behind; milliseconds. */
  staleAfterMs: number;
  /** Age at which an administrator's password is old; milliseconds. */
  passwordAgeMs: number;
  /** Age at which a fact that was not seen again counts as stale; milliseconds. */
  factTtlMs: number;
}

const DAY_MS = 86_400_000;

/** Settings where nothing is configured. */
export const DEFAULT_TWIN_SETTINGS: TwinSettings = {
  privilegedGroups: [],
  expectedIdps: [],
  staleAfterMs: 90 * DAY_MS,
  passwordAgeMs: 180 * DAY_MS,
  factTtlMs: 7 * DAY_MS,
};

/** What every judgement of a sync rests on, besides the user or app that it is about. */
export interface TwinContext {
  org: string;
  run: string;
  /** The time as of which is judged. */
  at: string;
  streams: readonly StreamState[];
  groups: readonly TwinGroup[];
  settings: TwinSettings;
}

/** A whole twin in memory; large organisations are judged user by user instead (see tally.ts). */
export interface Twin extends TwinContext {
  users: readonly TwinUser[];
  apps: readonly TwinApp[];
}

/**
 * What is remembered of a user from sync to sync so that drift can be told; the last that was
 * certain.
 */
export interface Standing {
  privileged: boolean | null;
  mfa: MfaState;
}

/** A user as listed by `arx twin users`. */
export interface TwinUserItem extends TwinUser {
  mfa: MfaState;
  /**
   * Strongest class among the ACTIVE factors; null where none is ACTIVE or they could not be read.
   */
  strongest: FactorClass | null;
  /** Null where it cannot be said. */
  privileged: boolean | null;
  why: PrivilegeReason[];
}
