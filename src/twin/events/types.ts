import type { SecurityEvent, Severity, TwinSettings } from '../types.ts';

/** Who did something, or to whom it was done. */
export interface EntryParty {
  id: string | null;
  /** `User`, `AppUser`, `UserGroup`, `AppInstance`, … */
  type: string | null;
  /** Login of a person; null for everything else. */
  login: string | null;
}

/**
 * One entry of the System Log, as far as rules may look at it; details are left out, and so is
 * free text apart from plain words.
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
  /** Whether the client came through a proxy, as far as Okta says. */
  isProxy: boolean | null;
  /** Behaviours that Okta found positive, such as `New Device`. */
  behaviors: string[];
  /** Names of the apps among the targets. */
  apps: string[];
  /** Ids and names of the identity provider of a sign-in. */
  idps: string[];
}

export type Scalar = string | number | boolean | null;
/** A list of arx.yaml that a rule may name in the place of values. */
export type SettingList = 'twin.expected_idps' | 'twin.privileged_groups';

/**
 * One condition on a field; a field that holds a list satisfies it when any of its values does, a
 * negation when none.
 */
export type Condition = { field: string } & (
  | { operator: 'eq' | 'ne'; value: Scalar }
  | { operator: 'in' | 'not_in'; value: readonly Scalar[] | { setting: SettingList } }
  | { operator: 'contains' | 'not_contains' | 'starts_with'; value: string }
  | { operator: 'exists' | 'missing' }
);

/**
 * Entries of these types (exact, or `user.mfa.*` for all below) for which every condition holds.
 */
export interface EntryMatch {
  types: readonly string[];
  when: readonly Condition[];
}

/**
 * What makes entries belong together: the same actor, a same target, the same address; `person`
 * stands for the people among the targets, or the actor where there are none.
 */
export type TogetherBy = 'actor' | 'target' | 'person' | 'ip';

/** Another entry within a time after the first, the same by any of `by`. */
export interface Follower extends EntryMatch {
  withinMs: number;
  by: readonly TogetherBy[];
}

/** What a rule asks for besides one entry that matches. */
export type RuleDemand =
  | { kind: 'single' }
  | { kind: 'threshold'; count: number; withinMs: number; by: TogetherBy }
  | { kind: 'followed'; follower: Follower }
  | { kind: 'not_followed'; follower: Follower };

/** One rule of rules/*.yaml. */
export interface EventRule extends EntryMatch {
  /** Unique over all files; the `rule` of the events it raises. */
  name: string;
  description: string;
  demand: RuleDemand;
  severity: Severity;
  tactic: string;
  technique: string;
}

/** What rules may refer to. */
export type EventSettings = Pick<TwinSettings, 'expectedIdps' | 'privilegedGroups'>;

/** A stretch of the log, read whole; ISO 8601, `until` excluded. */
export interface LogWindow {
  since: string;
  until: string;
}

/**
 * What the next window needs to know of the ones before it: plain JSON, a few entries. It names
 * people, so it belongs in the store and not into a workflow's history.
 */
export interface Carried extends LogWindow {
  entries: LogEntry[];
}

export interface Raised {
  /**
   * By time; one for each entry and rule. The store passes over those that it has: windows overlap.
   */
  events: SecurityEvent[];
  carried: Carried;
  /** Entries without uuid, type or time, passed over. */
  malformed: number;
}
