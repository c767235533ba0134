import type { FactorClass } from '../mfa/types.ts';
import { isActiveApp, signOnKind } from './apps.ts';
import type { SignOnKind } from './apps.ts';
import { bySeverity } from './gaps.ts';
import { isPresent } from './judge.ts';
import type { Judge } from './judge.ts';
import { ageMs, byText } from './logic.ts';
import { GAP_TABLE } from './gap-kinds.ts';
import { coverageFrom, coverageText, mfaState } from './mfa.ts';
import { isPrivileged, privilegeReasons, reasonText } from './privileged.ts';
import { ssoApps } from './tally.ts';
import type { Tally } from './tally.ts';
import { STREAMS, neverRead } from './types.ts';
import type {
  Drift,
  Gap,
  MfaCoverage,
  MfaState,
  Severity,
  StreamState,
  TimelineEntry,
  TwinApp,
  TwinUser,
} from './types.ts';

/** A list cut for reading: `more` says how many are left out. */
export interface Excerpt<Item> {
  items: Item[];
  more: number;
}

export interface PrivilegedUser {
  id: string;
  login: string;
  status: string;
  mfa: MfaState;
  /** In words, such as `SUPER_ADMIN directly`. */
  why: string[];
}

/** A gap with what its kind is called. */
export interface ProfileGap extends Gap {
  title: string;
}

export interface ProfileApp {
  id: string;
  label: string;
  signOnMode: string;
  kind: SignOnKind;
  users: number | null;
  groups: number | null;
}

/** How a stream was last read, and when it was last read completely; null where it never was. */
export interface ProfileStream extends StreamState {
  ageMs: number | null;
  completeAt: string | null;
  completeAgeMs: number | null;
  completeCount: number | null;
}

/**
 * The identity posture of an organisation as one document, whatever it is rendered to. Plain JSON.
 */
export interface PostureProfile {
  org: string;
  run: string;
  /** When it was made. */
  at: string;
  /** All four streams; `ageMs` is null where one was never read. */
  streams: ProfileStream[];
  users: number;
  active: number;
  coverage: MfaCoverage;
  /** As the fact shows it, such as `87%`. */
  coverageText: string;
  byClass: Record<FactorClass, number>;
  byFactor: Record<string, number>;
  privilegedUsers: number;
  superAdmins: number;
  staleAccounts: number;
  ssoApps: number;
  apps: Record<SignOnKind, number>;
  gapCounts: Record<Severity, number>;
  /** The most severe first. */
  gaps: Excerpt<ProfileGap>;
  privileged: Excerpt<PrivilegedUser>;
  inventory: Excerpt<ProfileApp>;
  drift: Excerpt<Drift>;
  /** Oldest first. */
  timeline: TimelineEntry[];
}

/** Items that one list of a profile shows at most. */
export const MOST_ROWS = 200;
/** Syncs that its time line shows at most. */
const MOST_SYNCS = 60;

/**
 * What a profile is made of; lists may be whole or cut already, with their full length in `totals`.
 */
export interface ProfileInput {
  tally: Tally;
  gaps: readonly Gap[];
  /** Those who are privileged, and anybody else: others are left out. */
  users: readonly TwinUser[];
  apps: readonly TwinApp[];
  drift: readonly Drift[];
  /** How many changes there are where `drift` is cut already. */
  driftTotal?: number;
  timeline: readonly TimelineEntry[];
  /**
   * The streams as they were last read completely; without, those of the judge that are complete.
   */
  completed?: readonly StreamState[];
}

/** Puts the profile together; its figures are those of the tally. */
export function postureProfile(input: ProfileInput, judge: Judge): PostureProfile {
  const { tally } = input;
  const gapTotal = Object.values(tally.gaps).reduce((sum, count) => sum + count, 0);
  return {
    org: judge.org,
    run: judge.run,
    at: judge.at,
    streams: streamsOf(
      judge,
      input.completed ?? judge.streams.filter(({ state }) => state === 'complete'),
    ),
    users: tally.users,
    active: tally.active,
    coverage: coverageFrom(tally.mfa),
    coverageText: coverageText(tally.mfa),
    byClass: tally.byClass,
    byFactor: tally.byFactor,
    privilegedUsers: tally.privileged,
    superAdmins: tally.superAdmins,
    staleAccounts: tally.stale,
    ssoApps: ssoApps(tally),
    apps: tally.apps,
    gapCounts: tally.gaps,
    gaps: excerpt(
      input.gaps.toSorted(bySeverity).map((gap) => ({ ...gap, title: GAP_TABLE[gap.kind].title })),
      gapTotal,
    ),
    privileged: excerpt(usersWithPrivileges(input.users, judge), tally.privileged),
    inventory: excerpt(
      inventoryOf(input.apps),
      Object.values(tally.apps).reduce((sum, count) => sum + count, 0),
    ),
    drift: excerpt(input.drift, input.driftTotal),
    timeline: input.timeline.toSorted((one, other) => byText(one.at, other.at)).slice(-MOST_SYNCS),
  };
}

function excerpt<Item>(all: readonly Item[], total = all.length): Excerpt<Item> {
  const items = all.slice(0, MOST_ROWS);
  return { items, more: Math.max(0, total - items.length) };
}

function streamsOf({ streams, at }: Judge, completed: readonly StreamState[]): ProfileStream[] {
  return STREAMS.map((name) => {
    const state = streams.find((stream) => stream.name === name) ?? neverRead(name);
    const { at: completeAt = null, count: completeCount = null } =
      completed.find((stream) => stream.name === name) ?? {};
    const completeAgeMs = ageMs(completeAt, at);
    return { ...state, ageMs: ageMs(state.at, at), completeAt, completeAgeMs, completeCount };
  });
}

function usersWithPrivileges(users: readonly TwinUser[], judge: Judge): PrivilegedUser[] {
  return users
    .filter((user) => isPresent(user) && isPrivileged(user, judge) === true)
    .map((user) => ({
      id: user.id,
      login: user.login,
      status: user.status,
      mfa: mfaState(user.factors),
      why: privilegeReasons(user, judge).map(reasonText),
    }))
    .toSorted((one, other) => byText(one.login, other.login));
}

const KINDS: readonly SignOnKind[] = ['password', 'other', 'federated', 'bookmark'];

function inventoryOf(apps: readonly TwinApp[]): ProfileApp[] {
  return apps
    .filter(isActiveApp)
    .map(({ id, label, signOnMode, users, groups }) => ({
      id,
      label,
      signOnMode,
      users,
      groups,
      kind: signOnKind(signOnMode),
    }))
    .toSorted(
      (one, other) =>
        KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) || byText(one.label, other.label),
    );
}
