import type { FactorClass } from '../mfa/types.ts';
import { isActiveApp, signOnKind } from './apps.ts';
import type { SignOnKind } from './apps.ts';
import { bySeverity } from './gaps.ts';
import { isPresent } from './context.ts';
import type { AssessmentContext } from './context.ts';
import { ageMs, byText } from './logic.ts';
import { exceptionWords } from './exceptions.ts';
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

/** A shortened list; `more` is the number of omitted items. */
export interface Excerpt<Item> {
  items: Item[];
  more: number;
}

interface PrivilegedUser {
  id: string;
  login: string;
  status: string;
  mfa: MfaState;
  /** As text, such as `SUPER_ADMIN directly`. */
  why: string[];
}

/** A gap with the title of its kind. */
interface ProfileGap extends Gap {
  title: string;
}

interface ProfileApp {
  id: string;
  label: string;
  signOnMode: string;
  kind: SignOnKind;
  users: number | null;
  groups: number | null;
}

/** The state of a stream, and when it was last read completely (null if never). */
export interface ProfileStream extends StreamState {
  ageMs: number | null;
  completeAt: string | null;
  completeAgeMs: number | null;
  completeCount: number | null;
}

/**
 * The identity posture of an organisation as one document, independent of the output format. Plain
 * JSON.
 */
export interface PostureProfile {
  org: string;
  run: string;
  /** When the profile was created. */
  at: string;
  /** All four streams; `ageMs` is null if a stream was never read. */
  streams: ProfileStream[];
  users: number;
  active: number;
  coverage: MfaCoverage;
  /** As shown in the fact, such as `87%`. */
  coverageText: string;
  byClass: Record<FactorClass, number>;
  byFactor: Record<string, number>;
  privilegedUsers: number;
  superAdmins: number;
  /** What could not be read of roles and groups, so that both are lower bounds; null if nothing. */
  privilegesLeaveOut: string | null;
  staleAccounts: number;
  ssoApps: number;
  apps: Record<SignOnKind, number>;
  gapCounts: Record<Severity, number>;
  /** Most severe first. */
  gaps: Excerpt<ProfileGap>;
  privileged: Excerpt<PrivilegedUser>;
  inventory: Excerpt<ProfileApp>;
  drift: Excerpt<Drift>;
  /** Oldest first. */
  timeline: TimelineEntry[];
}

/** Maximum number of items in one list of a profile. */
export const MAX_ROWS = 200;
/** Maximum number of syncs in the timeline. */
const MAX_SYNCS = 60;

/**
 * The input of a profile. Lists may already be shortened; `tally` and `driftTotal` then give their
 * full length.
 */
interface ProfileInput {
  tally: Tally;
  gaps: readonly Gap[];
  /** At least the privileged users; all others are ignored. */
  users: readonly TwinUser[];
  apps: readonly TwinApp[];
  drift: readonly Drift[];
  /** The number of changes, if `drift` is already shortened. */
  driftTotal?: number;
  timeline: readonly TimelineEntry[];
  /** The streams as last read completely. Default: the complete streams of the context. */
  completed?: readonly StreamState[];
}

/** Builds the profile. Its figures are those of the tally. */
export function postureProfile(input: ProfileInput, context: AssessmentContext): PostureProfile {
  const { tally } = input;
  const gapTotal = Object.values(tally.gaps).reduce((sum, count) => sum + count, 0);
  return {
    org: context.org,
    run: context.run,
    at: context.at,
    streams: streamsOf(
      context,
      input.completed ?? context.streams.filter(({ state }) => state === 'complete'),
    ),
    users: tally.users,
    active: tally.active,
    coverage: coverageFrom(tally.mfa),
    coverageText: coverageText(tally.mfa),
    byClass: tally.byClass,
    byFactor: tally.byFactor,
    privilegedUsers: tally.privileged,
    superAdmins: tally.superAdmins,
    privilegesLeaveOut: exceptionWords(context.unread.exceptions) || null,
    staleAccounts: tally.stale,
    ssoApps: ssoApps(tally),
    apps: tally.apps,
    gapCounts: tally.gaps,
    gaps: excerpt(
      input.gaps.toSorted(bySeverity).map((gap) => ({ ...gap, title: GAP_TABLE[gap.kind].title })),
      gapTotal,
    ),
    privileged: excerpt(usersWithPrivileges(input.users, context), tally.privileged),
    inventory: excerpt(
      inventoryOf(input.apps),
      Object.values(tally.apps).reduce((sum, count) => sum + count, 0),
    ),
    drift: excerpt(input.drift, input.driftTotal),
    timeline: input.timeline.toSorted((one, other) => byText(one.at, other.at)).slice(-MAX_SYNCS),
  };
}

function excerpt<Item>(all: readonly Item[], total = all.length): Excerpt<Item> {
  const items = all.slice(0, MAX_ROWS);
  return { items, more: Math.max(0, total - items.length) };
}

function streamsOf(
  { streams, at }: AssessmentContext,
  completed: readonly StreamState[],
): ProfileStream[] {
  return STREAMS.map((name) => {
    const state = streams.find((stream) => stream.name === name) ?? neverRead(name);
    const { at: completeAt = null, count: completeCount = null } =
      completed.find((stream) => stream.name === name) ?? {};
    const completeAgeMs = ageMs(completeAt, at);
    return { ...state, ageMs: ageMs(state.at, at), completeAt, completeAgeMs, completeCount };
  });
}

function usersWithPrivileges(
  users: readonly TwinUser[],
  context: AssessmentContext,
): PrivilegedUser[] {
  return users
    .filter((user) => isPresent(user) && isPrivileged(user, context) === true)
    .map((user) => ({
      id: user.id,
      login: user.login,
      status: user.status,
      mfa: mfaState(user.factors),
      why: privilegeReasons(user, context).map(reasonText),
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
