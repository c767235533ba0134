import type { Judge } from './judge.ts';
import type { Certainty } from './logic.ts';
import { DIRECT } from './types.ts';
import type { PrivilegeReason, TwinRole, TwinUser } from './types.ts';

const SUPER_ADMIN = 'SUPER_ADMIN';

/**
 * Roles that somebody is known to hold: as this sync read them, or as they were last known where it
 * could not. That somebody holds none is known only where roles were read completely: see `noMore`.
 */
const rolesOf = ({ roles }: TwinUser): readonly TwinRole[] => roles ?? [];

/**
 * What is said of those who are not known to hold a role: false where all roles were read, else
 * null.
 */
const noMore = ({ roles }: TwinUser, { complete }: Judge): Certainty =>
  roles !== null && complete.has('roles') ? false : null;

/**
 * Every reason why a user is privileged: direct roles, then roles by group, then configured groups.
 */
export function privilegeReasons(user: TwinUser, judge: Judge): PrivilegeReason[] {
  const roles = rolesOf(user);
  const nameOf = (group: string): string | null => judge.groupNames.get(group) ?? null;
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
    ...memberships(user, judge).map((group) => ({
      kind: 'group' as const,
      group,
      groupName: nameOf(group),
    })),
  ];
}

const memberships = (user: TwinUser, { privilegedGroups }: Judge): string[] =>
  user.groups.filter((group) => privilegedGroups.has(group));

/** Whether a user is privileged; null where nothing says so but not all roles are known. */
export function isPrivileged(user: TwinUser, judge: Judge): Certainty {
  return memberships(user, judge).length > 0 || rolesOf(user).length > 0
    ? true
    : noMore(user, judge);
}

/**
 * Whether a user is a super administrator, in person or through a group; null where not all roles
 * are known.
 */
export function isSuperAdmin(user: TwinUser, judge: Judge): Certainty {
  return rolesOf(user).some(({ role }) => role === SUPER_ADMIN) ? true : noMore(user, judge);
}

/**
 * A reason in words: `SUPER_ADMIN directly`, `HELP_DESK_ADMIN through group Support`, `member of
 * group Admins`.
 */
export function reasonText(reason: PrivilegeReason): string {
  if (reason.kind === 'role') return `${reason.role} directly`;
  const group = `group ${reason.groupName ?? reason.group}`;
  return reason.kind === 'group' ? `member of ${group}` : `${reason.role} through ${group}`;
}
