/** Lists the users in the scope of a check. */

import type { Call, CallContext, OktaOperations, OktaPage, OktaUser } from '../types.ts';
import type { UnreadableRow } from './types.ts';

const GROUP_ID = /^00g[A-Za-z0-9]{17}$/;
const ANY_ID = /^[A-Za-z0-9]{20}$/;

/**
 * One list of a scope: the members of a group, or all users; only those with one of the statuses.
 */
export interface ScopeList {
  statuses: readonly string[];
  groupId: string | null;
}

/**
 * The users of one page that are in scope, the rows that could not be read, and the cursor of the
 * next page.
 */
export interface ScopePage {
  users: OktaUser[];
  unreadable: UnreadableRow[];
  next: string | null;
}

/**
 * Reads one page of a list and filters it by status, because Okta lists group members with any
 * status.
 */
export async function readScopePage(
  okta: Call<OktaOperations>,
  { statuses, groupId, after }: ScopeList & { after: string | null },
  context: CallContext<OktaPage<OktaUser>>,
): Promise<ScopePage> {
  const pages = { after, skipUnreadable: true };
  const {
    items,
    next,
    unreadable = [],
  } = groupId === null
    ? (await okta('users:read', { statuses, ...pages }, context)).output
    : (await okta('groups:read_members', { groupId, ...pages }, context)).output;
  const users = items.filter(({ status }) => statuses.includes(status));
  return { users, unreadable, next };
}

/** Whether a reference to a group is certainly its id. */
export const isGroupId = (reference: string): boolean => GROUP_ID.test(reference);

/** The group that a name or id refers to, or why it cannot be determined. */
export async function findGroup(
  okta: Call<OktaOperations>,
  reference: string,
  context: Pick<CallContext<unknown>, 'caller' | 'signal'>,
): Promise<{ id: string; name: string } | { problem: string }> {
  if (isGroupId(reference)) return { id: reference, name: reference };
  const { output } = await okta(
    'groups:read',
    { name: reference },
    { ...context, subject: 'groups' },
  );
  const [group, ...others] = output.items.filter((item) => item.name === reference);
  if (!group && ANY_ID.test(reference)) return { id: reference, name: reference };
  if (!group) return { problem: NO_GROUP };
  if (others.length === 0) return { id: group.id, name: group.name };
  const ids = [group, ...others].map(({ id }) => id).join(', ');
  return { problem: `several groups have the same configured name; use the id instead: ${ids}` };
}

const NO_GROUP =
  'no group has exactly the configured name: check --group, scope.groups, exemptions and twin.privileged_groups';
