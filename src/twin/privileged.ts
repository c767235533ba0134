import type { Judge } from './judge.ts';
import type { Certainty } from './logic.ts';
import { DIRECT } from './types.ts';
import type { PrivilegeReason, TwinRole, TwinUser } from './types.ts';

const SUPER_ADMIN = 'SUPER_ADMIN';

/** Roles as far as they can be relied on; null where they were not read or their stream is not complete. */
export const knownRoles = (user: TwinUser, { complete }: Judge): TwinRole[] | null =>
  complete.has('roles') ? user.roles : null;

/** Every reason why a user is privileged: direct roles, then roles by group, then configured groups. */
export function privilegeReasons(user: TwinUser, judge: Judge): PrivilegeReason[] {
  const roles = user.roles ?? [];
  const nameOf = (group: string): string | null => judge.groupNames.get(group) ?? null;
  return [
    ...roles.filter(({ via }) => via === DIRECT).map(({ role }) => ({ kind: 'role' as const, role })),
    ...roles
      .filter(({ via }) => via !== DIRECT)
      .map(({ role, via }) => ({ kind: 'role_by_group' as const, role, group: via, groupName: nameOf(via) })),
    ...memberships(user, judge).map((group) => ({ kind: 'group' as const, group, groupName: nameOf(group) })),
  ];
}

const memberships = (user: TwinUser, { privilegedGroups }: Judge): string[] =>
  user.groups.filter((group) => privilegedGroups.has(group));

/** Whether a user is privileged; null where nothing says so but roles are not known. */
export function isPrivileged(user: TwinUser, judge: Judge): Certainty {
  const roles = knownRoles(user, judge);
  if (memberships(user, judge).length > 0 || (roles !== null && roles.length > 0)) return true;
  return roles === null ? null : false;
}

/** Whether a user is a super administrator, in person or through a group; null where roles are not known. */
export function isSuperAdmin(user: TwinUser, judge: Judge): Certainty {
  return knownRoles(user, judge)?.some(({ role }) => role === SUPER_ADMIN) ?? null;
}

/** A reason in words: `SUPER_ADMIN directly`, `HELP_DESK_ADMIN through group Support`, `member of group Admins`. */
export function reasonText(reason: PrivilegeReason): string {
  if (reason.kind === 'role') return `${reason.role} directly`;
  const group = `group ${reason.groupName ?? reason.group}`;
  return reason.kind === 'group' ? `member of ${group}` : `${reason.role} through ${group}`;
}
