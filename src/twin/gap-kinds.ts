import { isSuperAdmin, isPrivileged, privilegeReasons, reasonText } from './privileged.ts';
import { isActive } from './judge.ts';
import type { Judge } from './judge.ts';
import { ageMs, all, dayOf, later } from './logic.ts';
import type { Certainty } from './logic.ts';
import { activeTypes, mfaFactorCount, mfaState, weakOnly } from './mfa.ts';
import type { GapKind, Severity, StreamName, TwinUser } from './types.ts';

interface GapRow {
  severity: Severity;
  /** What one gap is about. */
  about: 'user' | 'app' | 'org';
  /**
   * Streams without which nothing is said; roles that are only a part of the answer are judged in
   * the test.
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

/** More super administrators than this are too many. */
export const MOST_SUPER_ADMINS = 5;

interface UserTest {
  holds: (user: TwinUser, judge: Judge) => Certainty;
  /** One sentence that stays the same while nothing changes. */
  detail: (user: TwinUser, judge: Judge) => string;
}

const noMfa = ({ factors }: TwinUser): Certainty =>
  factors === null ? null : mfaState(factors) === 'none';
const lastSignIn = ({ lastLogin, lastSeen }: TwinUser): string | null => later(lastLogin, lastSeen);
const since = ({ activated, created }: TwinUser): string | null => activated ?? created;

function olderThan(time: string | null, limitMs: number, at: string): Certainty {
  const age = ageMs(time, at);
  return age === null ? null : age >= limitMs;
}

// Who may be an administrator gets the user's gap until it is known: that the factor is missing is
// certain.
const ordinary = (user: TwinUser, judge: Judge): Certainty => isPrivileged(user, judge) !== true;

const lingering = (status: string): UserTest => ({
  holds: (user, { settings, at }) =>
    user.gone || user.status !== status ? false : olderThan(since(user), settings.staleAfterMs, at),
  detail: (user) => `${status} since ${dayOf(since(user))}`,
});

const why = (user: TwinUser, judge: Judge): string =>
  privilegeReasons(user, judge).map(reasonText).join(', ');
const types = ({ factors }: TwinUser): string => activeTypes(factors ?? []).join(', ');
const nothing = (user: TwinUser): string =>
  types(user) === '' ? 'no factor is ACTIVE' : `nothing ACTIVE that counts as MFA (${types(user)})`;

/** The tests of the kinds that are about a user. */
export const USER_TESTS: Partial<Record<GapKind, UserTest>> = {
  admin_no_mfa: {
    holds: (user, judge) => all(isActive(user), isPrivileged(user, judge), noMfa(user)),
    detail: (user, judge) => `${nothing(user)}; ${why(user, judge)}`,
  },
  admin_weak_only: {
    holds: (user, judge) => all(isActive(user), isPrivileged(user, judge), weakOnly(user.factors)),
    detail: (user, judge) => `only weak factors are ACTIVE (${types(user)}); ${why(user, judge)}`,
  },
  user_no_mfa: {
    holds: (user, judge) => all(isActive(user), ordinary(user, judge), noMfa(user)),
    detail: nothing,
  },
  super_admin_single_factor: {
    holds: (user, judge) => all(isActive(user), isSuperAdmin(user, judge), singleFactor(user)),
    detail: (user, judge) => `a single factor counts (${types(user)}); ${why(user, judge)}`,
  },
  user_weak_only: {
    holds: (user, judge) => all(isActive(user), ordinary(user, judge), weakOnly(user.factors)),
    detail: (user) => `only weak factors are ACTIVE (${types(user)})`,
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
    // Without a password of their own (another directory has it) there is none to be old.
    holds: (user, judge) =>
      all(
        isActive(user) && user.passwordChanged !== null,
        isPrivileged(user, judge),
        olderThan(user.passwordChanged, judge.settings.passwordAgeMs, judge.at),
      ),
    detail: (user, judge) =>
      `password last changed ${dayOf(user.passwordChanged)}; ${why(user, judge)}`,
  },
  never_signed_in: {
    holds: (user, { settings, at }) =>
      all(
        isActive(user) && lastSignIn(user) === null,
        olderThan(since(user), settings.staleAfterMs, at),
      ),
    detail: (user) => `no sign-in since ${dayOf(since(user))}`,
  },
  lingering_staged: lingering('STAGED'),
  lingering_provisioned: lingering('PROVISIONED'),
};

function singleFactor({ factors }: TwinUser): Certainty {
  if (factors === null) return null;
  return mfaState(factors) === 'enrolled' && mfaFactorCount(factors) === 1;
}
