import type { CarryOver } from '../twin/events/types.ts';
import type {
  Drift,
  Fact,
  Gap,
  SecurityEvent,
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

/** A user as Okta lists them. */
export type ListedTwinUser = Omit<TwinUser, 'groups' | 'factors' | 'roles' | 'gone' | 'lastSeen'>;
/** A user with what was remembered of them by the sync before; null where there was none. */
export interface StoredTwinUser {
  user: TwinUser;
  standing: Standing | null;
}

export interface TwinUserRepository {
  put(tx: StoreTransaction, stamp: SyncStamp, users: readonly ListedTwinUser[]): Promise<void>;
  /** Null: could not be read. */
  setFactors(
    tx: StoreTransaction,
    org: string,
    users: readonly { id: string; factors: readonly TwinFactor[] | null }[],
  ): Promise<void>;
  /** Replaces the administrator roles that a user holds in person. */
  setRoles(
    tx: StoreTransaction,
    stamp: SyncStamp,
    users: readonly { id: string; roles: readonly string[] }[],
  ): Promise<void>;
  /** Notes sign-ins that the System Log shows. */
  recordSignIns(
    tx: StoreTransaction,
    org: string,
    signIns: readonly { id: string; at: string }[],
  ): Promise<void>;
  /** Everybody ever read, by ascending id; as a sync sees them where a view is given. */
  pages(org: string, size: number, view?: SyncView): AsyncIterable<StoredTwinUser[]>;
  /** By id or login; of several with one login who is still there. */
  get(org: string, reference: string): Promise<TwinUser | null>;
  /** Marks who is gone, and drops roles that are no longer held. */
  settle(tx: StoreTransaction, view: SyncView): Promise<void>;
}

export interface TwinGroupRepository {
  put(
    tx: StoreTransaction,
    stamp: SyncStamp,
    groups: readonly { id: string; name: string; type: string | null }[],
  ): Promise<void>;
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
  /** Takes out who was not read as a member by this run: every page of the group is stored. */
  closeMembers(tx: StoreTransaction, view: SyncView, groupId: string): Promise<void>;
  /** Groups that are there, by ascending id. */
  list(org: string): Promise<TwinGroup[]>;
  /**
   * Groups that are no longer there, by ascending id; as a sync sees them where a view is given.
   */
  listGone(org: string, view?: SyncView): Promise<TwinGroup[]>;
  /** Of those groups that everybody belongs to without being listed. */
  everyone(org: string, ids: readonly string[]): Promise<string[]>;
  settle(tx: StoreTransaction, view: SyncView): Promise<void>;
}

/** An app and whether an earlier sync had taken notice of it. */
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
  /** Null: could not be counted. */
  setCount(
    tx: StoreTransaction,
    org: string,
    of: 'users' | 'groups',
    apps: readonly { id: string; count: number | null }[],
  ): Promise<void>;
  /** Every app ever read, by ascending id. */
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
  /** Current versions by key; what is too old to count is for the reader to tell (`factAt`). */
  current(org: string): Promise<Fact[]>;
  /** Newest first. */
  history(org: string, key: string): Promise<FactVersion[]>;
  /** Adds the versions that are new, and the time at which the others were seen again. */
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
  /** Open ones, or those of some subjects only. */
  open(org: string, subjects?: readonly string[]): Promise<Gap[]>;
  /** Open ones whose subject is neither a user, nor an app, nor the org. */
  orphans(org: string): Promise<Gap[]>;
  /** Closed ones too, newest first. */
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
   * By kind as `DRIFT_KINDS` has them, then the newest, then the most severe first; of one run
   * where it is named.
   */
  drift(org: string, limit: number, run?: string): Promise<Drift[]>;
  /** How many changes there are; of one run where it is named. */
  countDrift(org: string, run?: string): Promise<number>;
}

export interface TwinEventRepository {
  /** Passes over those that are kept already; returns how many were new. */
  add(
    tx: StoreTransaction,
    on: { org: string; run: string },
    events: readonly SecurityEvent[],
  ): Promise<number>;
  /** Newest first. */
  list(org: string, limit: number): Promise<SecurityEvent[]>;
  /** Names of the rules that raised any, in their order. */
  rules(org: string): Promise<string[]>;
  /** How many were first raised by a run. */
  countOf(run: string): Promise<number>;
  /** What the windows of the log so far give to the next one. */
  readCarried(org: string): Promise<CarryOver | null>;
  /** The same within a sync; undefined before its first page. */
  readCarriedIn(org: string, run: string): Promise<CarryOver | null | undefined>;
  carry(
    tx: StoreTransaction,
    on: { org: string; run: string },
    carried: CarryOver | null,
  ): Promise<void>;
  /**
   * Makes what a sync carries the beginning of the next one's; drops it where that reaches further
   * already.
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
