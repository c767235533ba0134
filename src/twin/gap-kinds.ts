/** The kinds of gaps, and the tests that find them. */

import { isSuperAdmin, isPrivileged, privilegeReasons, reasonText } from './privileged.ts';
import { isActive } from './context.ts';
import type { AssessmentContext } from './context.ts';
import { ageMs, all, dayOf, laterOf } from './logic.ts';
import type { Certainty } from './logic.ts';
import { activeTypes, mfaFactorCount, mfaState, weakOnly } from './mfa.ts';
import type { GapKind, Severity, StreamName, TwinUser } from './types.ts';

interface GapRow {
  severity: Severity;
  /** The kind of subject. */
  about: 'user' | 'app' | 'org';
  /**
   * Streams without which the gap is neither opened nor closed. Partly known roles are handled by
   * the test itself.
   */
  needs: readonly StreamName[];
  title: string;
}

/** Every kind of gap, as specified. */
// prettier-ignore
export const GAP_TABLE: Record<GapKind, GapRow> = {
  admin_no_mfa: { severity: 'critical', about: 'user', needs: ['users'], title: 'Administrator without MFA' },
  admin_weak_only: { severity: 'high', about: 'user', needs: ['users'], title: 'Administrator with only weak factors' },
  user_no_mfa: { severity: 'high', about: 'user', needs: ['users'], title: 'User without MFA' },
  super_admin_single_factor: { severity: 'high', about: 'user', needs: ['users'], title: 'Super administrator with a single factor' },
  user_weak_only: { severity: 'medium', about: 'user', needs: ['users'], title: 'User with only weak factors' },
  stale_account: { severity: 'medium', about: 'user', needs: ['users'], title: 'Stale account' },
  admin_old_password: { severity: 'medium', about: 'user', needs: ['users'], title: 'Administrator with an old password' },
  too_many_super_admins: { severity: 'medium', about: 'org', needs: ['users', 'roles'], title: 'Too many super administrators' },
  never_signed_in: { severity: 'low', about: 'user', needs: ['users'], title: 'Account that never signed in' },
  password_app: { severity: 'low', about: 'app', needs: ['apps'], title: 'Password-based app' },
  lingering_staged: { severity: 'low', about: 'user', needs: ['users'], title: 'Account left STAGED' },
  lingering_provisioned: { severity: 'low', about: 'user', needs: ['users'], title: 'Account left PROVISIONED' },
};

/** The maximum number of super administrators. */
export const MAX_SUPER_ADMINS = 5;

interface UserTest {
  holds: (user: TwinUser, context: AssessmentContext) => Certainty;
  /** Text that stays the same as long as nothing changes. */
  detail: (user: TwinUser, context: AssessmentContext) => string;
}

const noMfa = ({ factors }: TwinUser): Certainty =>
  factors === null ? null : mfaState(factors) === 'none';
const lastSignIn = ({ lastLogin, lastSeen }: TwinUser): string | null =>
  laterOf(lastLogin, lastSeen);
const since = ({ activated, created }: TwinUser): string | null => activated ?? created;

function olderThan(time: string | null, limitMs: number, at: string): Certainty {
  const age = ageMs(time, at);
  return age === null ? null : age >= limitMs;
}

// A user who may be an administrator has the user's gap until that is known, because it is certain
// that MFA is missing.
const isOrdinary = (user: TwinUser, context: AssessmentContext): Certainty =>
  isPrivileged(user, context) !== true;

const staleInStatus = (status: string): UserTest => ({
  holds: (user, { settings, at }) =>
    user.gone || user.status !== status ? false : olderThan(since(user), settings.staleAfterMs, at),
  detail: (user) => `${status} since ${dayOf(since(user))}`,
});

const privilegeText = (user: TwinUser, context: AssessmentContext): string =>
  privilegeReasons(user, context).map(reasonText).join(', ');
const typesText = ({ factors }: TwinUser): string => activeTypes(factors ?? []).join(', ');
const missingMfaText = (user: TwinUser): string =>
  typesText(user) === ''
    ? 'no factor is ACTIVE'
    : `no ACTIVE factor counts as MFA (${typesText(user)})`;

/** The tests for gaps of users. */
export const USER_TESTS: Partial<Record<GapKind, UserTest>> = {
  admin_no_mfa: {
    holds: (user, context) => all(isActive(user), isPrivileged(user, context), noMfa(user)),
    detail: (user, context) => `${missingMfaText(user)}; ${privilegeText(user, context)}`,
  },
  admin_weak_only: {
    holds: (user, context) =>
      all(isActive(user), isPrivileged(user, context), weakOnly(user.factors)),
    detail: (user, context) =>
      `only weak factors are ACTIVE (${typesText(user)}); ${privilegeText(user, context)}`,
  },
  user_no_mfa: {
    holds: (user, context) => all(isActive(user), isOrdinary(user, context), noMfa(user)),
    detail: missingMfaText,
  },
  super_admin_single_factor: {
    holds: (user, context) => all(isActive(user), isSuperAdmin(user, context), singleFactor(user)),
    detail: (user, context) =>
      `only one factor counts as MFA (${typesText(user)}); ${privilegeText(user, context)}`,
  },
  user_weak_only: {
    holds: (user, context) =>
      all(isActive(user), isOrdinary(user, context), weakOnly(user.factors)),
    detail: (user) => `only weak factors are ACTIVE (${typesText(user)})`,
  },
  stale_account: {
    holds: (user, { settings, at }) =>
      all(
        isActive(user),
        lastSignIn(user) !== null,
        olderThan(lastSignIn(user), settings.staleAfterMs, at),
      ),
    detail: (user) => `last sign-in ${dayOf(lastSignIn(user))}`,
  },
  admin_old_password: {
    // A user whose password is in another directory has no password that could be old.
    holds: (user, context) =>
      all(
        isActive(user) && user.passwordChanged !== null,
        isPrivileged(user, context),
        olderThan(user.passwordChanged, context.settings.passwordAgeMs, context.at),
      ),
    detail: (user, context) =>
      `password last changed ${dayOf(user.passwordChanged)}; ${privilegeText(user, context)}`,
  },
  never_signed_in: {
    holds: (user, { settings, at }) =>
      all(
        isActive(user) && lastSignIn(user) === null,
        olderThan(since(user), settings.staleAfterMs, at),
      ),
    detail: (user) => `no sign-in since ${dayOf(since(user))}`,
  },
  lingering_staged: staleInStatus('STAGED'),
  lingering_provisioned: staleInStatus('PROVISIONED'),
};

function singleFactor({ factors }: TwinUser): Certainty {
  if (factors === null) return null;
  return mfaState(factors) === 'enrolled' && mfaFactorCount(factors) === 1;
}
