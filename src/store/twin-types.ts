import type { CarryOver } from '../twin/events/types.ts';
import type {
  Drift,
  Fact,
  Gap,
  SecurityEvent,
  Severity,
  Standing,
  TimelineEntry,
  TwinApp,
  TwinFactor,
  TwinGroup,
  TwinUser,
} from '../twin/types.ts';
import type { TwinJudgedRepository } from './twin-judged-types.ts';
import type { TwinSearchRepository } from './twin-search-types.ts';
import type { SyncRepository, SyncStamp, SyncView, SyncWorkRepository } from './twin-sync-types.ts';
import type { StoreTransaction } from './types.ts';

/** A user as listed by Okta. */
export type ListedTwinUser = Omit<TwinUser, 'groups' | 'factors' | 'roles' | 'gone' | 'lastSeen'>;
/** A user with the facts remembered by the previous sync; null if there was none. */
export interface StoredTwinUser {
  user: TwinUser;
  standing: Standing | null;
}

export interface TwinUserRepository {
  put(tx: StoreTransaction, stamp: SyncStamp, users: readonly ListedTwinUser[]): Promise<void>;
  /** Records that users still exist, although their rows could not be read. */
  touch(tx: StoreTransaction, stamp: SyncStamp, ids: readonly string[]): Promise<void>;
  /** Null: they could not be read. */
  setFactors(
    tx: StoreTransaction,
    org: string,
    users: readonly { id: string; factors: readonly TwinFactor[] | null }[],
  ): Promise<void>;
  /** Replaces the administrator roles that are assigned to a user directly. */
  setRoles(
    tx: StoreTransaction,
    stamp: SyncStamp,
    users: readonly { id: string; roles: readonly string[] }[],
  ): Promise<void>;
  /** Keeps the administrator roles of users whose roles could not be read. */
  keepRoles(tx: StoreTransaction, stamp: SyncStamp, ids: readonly string[]): Promise<void>;
  /** Stores the times of sign-ins from the System Log. */
  recordSignIns(
    tx: StoreTransaction,
    org: string,
    signIns: readonly { id: string; at: string }[],
  ): Promise<void>;
  /** All users ever read, by ascending id; with a view, as the sync sees them. */
  pages(org: string, size: number, view?: SyncView): AsyncIterable<StoredTwinUser[]>;
  /** Users who were privileged when last assessed, by ascending id. */
  listPrivileged(org: string): Promise<TwinUser[]>;
  /** By id or login; of several users with one login, the one that still exists. */
  get(org: string, reference: string): Promise<TwinUser | null>;
  /** Marks users who no longer exist, and deletes roles that are no longer assigned. */
  settle(tx: StoreTransaction, view: SyncView): Promise<void>;
}

export interface TwinGroupRepository {
  put(
    tx: StoreTransaction,
    stamp: SyncStamp,
    groups: readonly { id: string; name: string; type: string | null }[],
  ): Promise<void>;
  /** Records that groups still exist, although their rows could not be read. */
  touch(tx: StoreTransaction, stamp: SyncStamp, ids: readonly string[]): Promise<void>;
  setRoles(
    tx: StoreTransaction,
    org: string,
    groups: readonly { id: string; roles: readonly string[] }[],
  ): Promise<void>;
  addMembers(
    tx: StoreTransaction,
    stamp: SyncStamp,
    groupId: string,
    userIds: readonly string[],
  ): Promise<void>;
  /** Removes members that this run did not read; called when every page of the group is stored. */
  closeMembers(tx: StoreTransaction, view: SyncView, groupId: string): Promise<void>;
  /** Existing groups, by ascending id. */
  list(org: string): Promise<TwinGroup[]>;
  /** Groups that no longer exist, by ascending id; with a view, as the sync sees them. */
  listGone(org: string, view?: SyncView): Promise<TwinGroup[]>;
  /** Among these groups, those that contain all users without listing them. */
  everyone(org: string, ids: readonly string[]): Promise<string[]>;
  /** Among these groups, those with one of these ids or names. */
  findNamed(org: string, ids: readonly string[], wanted: readonly string[]): Promise<string[]>;
  settle(tx: StoreTransaction, view: SyncView): Promise<void>;
}

/** An app, and whether an earlier sync had already reported it. */
export interface StoredTwinApp {
  app: TwinApp;
  known: boolean;
}

export interface TwinAppRepository {
  put(
    tx: StoreTransaction,
    stamp: SyncStamp,
    apps: readonly Pick<TwinApp, 'id' | 'label' | 'signOnMode' | 'status'>[],
  ): Promise<void>;
  /** Records that apps still exist, although their rows could not be read. */
  touch(tx: StoreTransaction, stamp: SyncStamp, ids: readonly string[]): Promise<void>;
  /** Null: they could not be counted. */
  setCount(
    tx: StoreTransaction,
    org: string,
    of: 'users' | 'groups',
    apps: readonly { id: string; count: number | null }[],
  ): Promise<void>;
  /** All apps ever read, by ascending id. */
  pages(org: string, size: number, view?: SyncView): AsyncIterable<StoredTwinApp[]>;
  settle(tx: StoreTransaction, view: SyncView): Promise<void>;
}

/** A version of a fact. */
export interface FactVersion extends Fact {
  version: number;
  /** When this version was first seen. */
  since: string;
}

export interface TwinFactRepository {
  /** The current versions by key. The caller decides which are too old (`factAt`). */
  current(org: string): Promise<Fact[]>;
  /** Newest first. */
  history(org: string, key: string): Promise<FactVersion[]>;
  /** Adds new versions, and the time at which the others were seen again. */
  put(
    tx: StoreTransaction,
    org: string,
    facts: { changed: readonly Fact[]; seen: readonly Fact[] },
  ): Promise<void>;
}

/** A gap, and when it was closed. */
export interface KeptGap extends Gap {
  closedAt: string | null;
}

export interface TwinGapRepository {
  /** The open gaps, or only those of some subjects. */
  open(org: string, subjects?: readonly string[]): Promise<Gap[]>;
  /** The open gaps whose subject is neither a user nor an app nor the org. */
  orphans(org: string): Promise<Gap[]>;
  /** The gaps of a subject that were open at a time. */
  openAt(org: string, subject: string, at: string): Promise<Gap[]>;
  /** All gaps, including closed ones, newest first. */
  history(org: string, limit: number): Promise<KeptGap[]>;
}

export interface TwinHistoryRepository {
  add(
    tx: StoreTransaction,
    on: { org: string; run: string; at: string },
    timeline: TimelineEntry,
  ): Promise<void>;
  /** Newest first. */
  timeline(org: string, limit: number): Promise<TimelineEntry[]>;
  /**
   * In the order of `DRIFT_KINDS`, then newest first, then most severe first; with `run`, only of
   * that run.
   */
  drift(org: string, limit: number, run?: string): Promise<Drift[]>;
  /** The number of changes; with `run`, only of that run. */
  countDrift(org: string, run?: string): Promise<number>;
}

/** Which security events are listed; without a condition, all. */
export interface EventFilter {
  severities?: readonly Severity[];
  rule?: string;
  /** At this time or later; before this time. */
  since?: string;
  until?: string;
  /** The event after which the page starts. */
  after?: { uuid: string; rule: string };
}

export interface TwinEventRepository {
  /** Skips events that are already stored; returns the number of new ones. */
  add(
    tx: StoreTransaction,
    on: { org: string; run: string },
    events: readonly SecurityEvent[],
  ): Promise<number>;
  /** Newest first. */
  list(org: string, limit: number, filter?: EventFilter): Promise<SecurityEvent[]>;
  /** The names of the rules that raised events, in order. */
  rules(org: string): Promise<string[]>;
  /** The events at or after a time, as uuid of the entry and name of the rule. */
  raisedSince(org: string, at: string): Promise<Pick<SecurityEvent, 'uuid' | 'rule'>[]>;
  /** The number of events first raised by a run. */
  countOf(run: string): Promise<number>;
  /** The entries that earlier windows of the log pass to the next one. */
  readCarried(org: string): Promise<CarryOver | null>;
  /** The same within a running sync; undefined before its first page. */
  readCarriedIn(org: string, run: string): Promise<CarryOver | null | undefined>;
  carry(
    tx: StoreTransaction,
    on: { org: string; run: string },
    carried: CarryOver | null,
  ): Promise<void>;
  /**
   * Passes the entries of a sync to the next one; drops them if the stored ones are already newer.
   */
  keepCarried(tx: StoreTransaction, on: { org: string; run: string }): Promise<void>;
}

/** The identity twins of all organisations. */
export interface TwinStore {
  syncs: SyncRepository;
  work: SyncWorkRepository;
  users: TwinUserRepository;
  groups: TwinGroupRepository;
  apps: TwinAppRepository;
  facts: TwinFactRepository;
  gaps: TwinGapRepository;
  history: TwinHistoryRepository;
  events: TwinEventRepository;
  search: TwinSearchRepository;
  judged: TwinJudgedRepository;
}

export type { SearchHit, SearchPart } from './twin-search-types.ts';
