/** Determines whether and why a user is privileged. */

import type { AssessmentContext } from './context.ts';
import type { Certainty } from './logic.ts';
import { DIRECT } from './types.ts';
import type { PrivilegeReason, TwinRole, TwinUser } from './types.ts';

const SUPER_ADMIN = 'SUPER_ADMIN';

/**
 * The roles that a user is known to hold: as read by this sync, or as last known if this sync could
 * not read them. That a user holds none is only known if roles were read completely: see
 * `withoutKnownRole`.
 */
const rolesOf = ({ roles }: TwinUser): readonly TwinRole[] => roles ?? [];

/**
 * The answer for a user without a known role: false if all roles were read, otherwise null. Something
 * that could not be read makes it null for the users whom it may concern.
 */
function withoutKnownRole(
  user: TwinUser,
  { complete, unread }: AssessmentContext,
  concernsAnyone: boolean,
): Certainty {
  const concerned =
    concernsAnyone ||
    unread.users.has(user.id) ||
    user.groups.some((group) => unread.groups.has(group));
  return user.roles !== null && complete.has('roles') && !concerned ? false : null;
}

/**
 * All reasons why a user is privileged: direct roles, then roles through groups, then configured
 * groups.
 */
export function privilegeReasons(user: TwinUser, context: AssessmentContext): PrivilegeReason[] {
  const roles = rolesOf(user);
  const nameOf = (group: string): string | null => context.groupNames.get(group) ?? null;
  return [
    ...roles
      .filter(({ via }) => via === DIRECT)
      .map(({ role }) => ({ kind: 'role' as const, role })),
    ...roles
      .filter(({ via }) => via !== DIRECT)
      .map(({ role, via }) => ({
        kind: 'role_by_group' as const,
        role,
        group: via,
        groupName: nameOf(via),
      })),
    ...memberships(user, context).map((group) => ({
      kind: 'group' as const,
      group,
      groupName: nameOf(group),
    })),
  ];
}

const memberships = (user: TwinUser, { privilegedGroups }: AssessmentContext): string[] =>
  user.groups.filter((group) => privilegedGroups.has(group));

/** Whether a user is privileged; null if there is no known reason but not all roles are known. */
export function isPrivileged(user: TwinUser, context: AssessmentContext): Certainty {
  return memberships(user, context).length > 0 || rolesOf(user).length > 0
    ? true
    : withoutKnownRole(user, context, context.unread.anyone.privileged);
}

/**
 * Whether a user is a super administrator, directly or through a group; null if not all roles are
 * known.
 */
export function isSuperAdmin(user: TwinUser, context: AssessmentContext): Certainty {
  return rolesOf(user).some(({ role }) => role === SUPER_ADMIN)
    ? true
    : withoutKnownRole(user, context, context.unread.anyone.superAdmin);
}

/**
 * A reason as text: `SUPER_ADMIN directly`, `HELP_DESK_ADMIN through group Support`, `member of
 * group Admins`.
 */
export function reasonText(reason: PrivilegeReason): string {
  if (reason.kind === 'role') return `${reason.role} directly`;
  const group = `group ${reason.groupName ?? reason.group}`;
  return reason.kind === 'group' ? `member of ${group}` : `${reason.role} through ${group}`;
}
