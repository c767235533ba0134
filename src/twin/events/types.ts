import type { SecurityEvent, Severity, TwinSettings } from '../types.ts';

/** A party of an entry: the actor or a target. */
export interface EntryParty {
  id: string | null;
  /** `User`, `AppUser`, `UserGroup`, `AppInstance`, … */
  type: string | null;
  /** Login of a user; null for everything else. */
  login: string | null;
}

/**
 * One entry of the System Log with the fields that rules may use. Details and free text are
 * omitted, except for plain words.
 */
export interface LogEntry {
  uuid: string;
  /** ISO 8601. */
  published: string;
  eventType: string;
  severity: string | null;
  outcome: string | null;
  /** A code, or a sentence in which everything but plain words is replaced by `…`. */
  reason: string | null;
  actor: EntryParty | null;
  targets: EntryParty[];
  ipAddress: string | null;
  country: string | null;
  /** Whether the client used a proxy, if Okta reports it. */
  isProxy: boolean | null;
  /** Behaviours that Okta found positive, such as `New Device`. */
  behaviors: string[];
  /** Names of the apps among the targets. */
  apps: string[];
  /** Ids and names of the identity provider of a sign-in. */
  idps: string[];
}

export type Scalar = string | number | boolean | null;
/** A list of arx.yaml that a rule may use instead of values. */
export type SettingList = 'twin.expected_idps' | 'twin.privileged_groups';

/**
 * One condition on a field. A list meets it if any of its values does; it meets a negation if none
 * does.
 */
export type Condition = { field: string } & (
  | { operator: 'eq' | 'ne'; value: Scalar }
  | { operator: 'in' | 'not_in'; value: readonly Scalar[] | { setting: SettingList } }
  | { operator: 'contains' | 'not_contains' | 'starts_with'; value: string }
  | { operator: 'exists' | 'missing' }
);

/**
 * Matches entries of these types (exact, or `user.mfa.*` for all below) that meet every condition.
 */
export interface EntryMatch {
  types: readonly string[];
  when: readonly Condition[];
}

/**
 * What related entries have in common: the actor, a target, or the address. `person` means the
 * people among the targets, or the actor if there are none.
 */
export type CorrelationKey = 'actor' | 'target' | 'person' | 'ip';

/** Another entry within this time after the first, with a common value for any key of `by`. */
export interface Follower extends EntryMatch {
  withinMs: number;
  by: readonly CorrelationKey[];
}

/** What a rule requires besides one matching entry. */
export type RuleTrigger =
  | { kind: 'single' }
  | { kind: 'threshold'; count: number; withinMs: number; by: CorrelationKey }
  | { kind: 'followed'; follower: Follower }
  | { kind: 'not_followed'; follower: Follower };

/** One rule of rules/*.yaml. */
export interface EventRule extends EntryMatch {
  /** Unique across all files; the `rule` of its events. */
  name: string;
  description: string;
  trigger: RuleTrigger;
  severity: Severity;
  tactic: string;
  technique: string;
}

/** The settings that rules may use. */
export type EventSettings = Pick<TwinSettings, 'expectedIdps' | 'privilegedGroups'> &
  Partial<Pick<TwinSettings, 'logLatenessMs'>>;

/** A completely read part of the log; ISO 8601, `until` excluded. */
export interface LogWindow {
  since: string;
  until: string;
}

/**
 * What the next window needs from the previous ones: plain JSON with a few entries. It contains
 * personal data, so it belongs in the store and not in a workflow's history.
 */
export interface CarryOver extends LogWindow {
  entries: LogEntry[];
  /** Names of rules with so many entries that late ones no longer count; absent: none. */
  shortened?: string[];
}

export interface RaiseResult {
  /**
   * By time; one event for each entry and rule. Windows overlap, so the store ignores events that
   * it already has.
   */
  events: SecurityEvent[];
  carried: CarryOver;
  /** Number of skipped entries without uuid, type or time. */
  malformed: number;
}
