import type { Call, CallContext, OktaOperations, OktaPage, OktaUser } from '../types.ts';

const GROUP_ID = /^00g[A-Za-z0-9]{17}$/;
const ANY_ID = /^[A-Za-z0-9]{20}$/;

/**
 * One list of a scope: the members of a group, or everybody; of either only who has one of the
 * statuses.
 */
export interface ScopeList {
  statuses: readonly string[];
  groupId: string | null;
}

/** Who of one page is in scope, and the cursor of the next page. */
export interface ScopePage {
  users: OktaUser[];
  next: string | null;
}

/**
 * One page of a list, and who of it is in scope: Okta lists members of a group whatever their
 * status.
 */
export async function readScopePage(
  okta: Call<OktaOperations>,
  { statuses, groupId, after }: ScopeList & { after: string | null },
  context: CallContext<OktaPage<OktaUser>>,
): Promise<ScopePage> {
  const { items, next } =
    groupId === null
      ? (await okta('users:read', { statuses, after }, context)).output
      : (await okta('groups:read_members', { groupId, after }, context)).output;
  return { users: items.filter(({ status }) => statuses.includes(status)), next };
}

/** Why a page ends its list for good; null where it does not. */
export const pageProblem = ({
  after,
  next,
}: {
  after: string | null;
  next: string | null;
}): string | null =>
  next !== null && next === after ? 'Okta gave a page that leads to itself' : null;

/** Whether a reference to a group is its id beyond doubt. */
export const isGroupId = (reference: string): boolean => GROUP_ID.test(reference);

/** The one group that a name or id means, or why there is none for certain. */
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
  return { problem: `several groups have one configured name; give the id instead: ${ids}` };
}

const NO_GROUP =
  'no group is called exactly as configured: check --group, scope.groups, exemptions and twin.privileged_groups';
