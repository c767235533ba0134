/** Counts the figures of a twin. */

import { zeroCounts } from '../mfa/records.ts';
import { CLASSES_BY_STRENGTH } from '../mfa/strength.ts';
import { SHORT_NAMES, shortNameOf } from '../mfa/short-names.ts';
import type { FactorClass } from '../mfa/types.ts';
import { isActiveApp, signOnKind } from './apps.ts';
import type { SignOnKind } from './apps.ts';
import { isActive, isPresent } from './context.ts';
import type { AssessmentContext } from './context.ts';
import { activeTypes, mfaState, strongestOf } from './mfa.ts';
import { isPrivileged, isSuperAdmin, privilegeReasons } from './privileged.ts';
import type { Gap, MfaState, Severity, TwinApp, TwinUser, TwinUserItem } from './types.ts';

/** Short name for factors of types that Okta does not document. */
const UNRECOGNISED = 'unrecognised';

/** The figures of a twin, counted user by user and app by app; plain JSON. */
export interface Tally {
  /** Existing users of any status. */
  users: number;
  /** ACTIVE users. */
  active: number;
  /** ACTIVE users by MFA state. */
  mfa: Record<MfaState, number>;
  /** ACTIVE users by the strongest class of their ACTIVE factors. */
  byClass: Record<FactorClass, number>;
  /** ACTIVE users by the short names of their ACTIVE factors. */
  byFactor: Record<string, number>;
  privileged: number;
  superAdmins: number;
  stale: number;
  /** ACTIVE apps by kind of sign-on. */
  apps: Record<SignOnKind, number>;
  gaps: Record<Severity, number>;
}

/** A tally of zeros. */
export function emptyTally(): Tally {
  return {
    users: 0,
    active: 0,
    mfa: zeroCounts(['enrolled', 'none', 'unknown']),
    byClass: zeroCounts(CLASSES_BY_STRENGTH),
    byFactor: zeroCounts([...Object.values(SHORT_NAMES), UNRECOGNISED]),
    privileged: 0,
    superAdmins: 0,
    stale: 0,
    apps: zeroCounts(['federated', 'password', 'bookmark', 'other']),
    gaps: zeroCounts(['critical', 'high', 'medium', 'low']),
  };
}

/** Adds one user. Users who are gone are not counted. */
export function countUser(tally: Tally, user: TwinUser, context: AssessmentContext): void {
  if (user.gone) return;
  tally.users += 1;
  if (isPresent(user)) {
    if (isPrivileged(user, context) === true) tally.privileged += 1;
    if (isSuperAdmin(user, context) === true) tally.superAdmins += 1;
  }
  if (!isActive(user)) return;
  tally.active += 1;
  tally.mfa[mfaState(user.factors)] += 1;
  const strongest = strongestOf(user.factors);
  if (strongest !== null) tally.byClass[strongest] += 1;
  for (const name of shortNames(user)) tally.byFactor[name] = (tally.byFactor[name] ?? 0) + 1;
}

const shortNames = ({ factors }: TwinUser): Set<string> =>
  new Set(activeTypes(factors ?? []).map((type) => shortNameOf(type) ?? UNRECOGNISED));

/** Adds one app. Only existing ACTIVE apps count. */
export function countApp(tally: Tally, app: TwinApp): void {
  if (isActiveApp(app)) tally.apps[signOnKind(app.signOnMode)] += 1;
}

/** Adds open gaps. */
export function countGaps(tally: Tally, gaps: readonly Gap[]): void {
  for (const { kind, severity } of gaps) {
    tally.gaps[severity] += 1;
    if (kind === 'stale_account') tally.stale += 1;
  }
}

/** ACTIVE apps without bookmarks. */
export const ssoApps = ({ apps }: Tally): number => apps.federated + apps.password + apps.other;

/** A user as listed, with MFA state and the reasons for privileges. */
export function userItem(user: TwinUser, context: AssessmentContext): TwinUserItem {
  return {
    ...user,
    mfa: mfaState(user.factors),
    strongest: strongestOf(user.factors),
    privileged: isPrivileged(user, context),
    why: privilegeReasons(user, context),
  };
}
