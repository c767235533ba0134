import { Context } from '@temporalio/activity';
import type { Call, Caller, OktaOperations, OktaPage, OktaUser } from '../connectors/types.ts';
import { configurationFailure } from './failures.ts';

const GROUP_ID = /^00g[A-Za-z0-9]{17}$/;
const ANY_ID = /^[A-Za-z0-9]{20}$/;

/** Reads groups for one caller. */
export interface GroupReader {
  okta: Call<OktaOperations>;
  caller: Caller;
}

/** The one group that a name or id of the configuration means; several or none is a configuration failure. */
export async function resolveGroup(reader: GroupReader, reference: string): Promise<{ id: string; name: string }> {
  if (GROUP_ID.test(reference)) return { id: reference, name: reference };
  const { okta, caller } = reader;
  const signal = Context.current().cancellationSignal;
  const { output } = await okta('groups:read', { name: reference }, { caller, subject: 'groups', signal });
  const [group, ...others] = output.items.filter((item) => item.name === reference);
  if (!group && ANY_ID.test(reference)) return { id: reference, name: reference };
  if (!group)
    throw configurationFailure(
      `no group is called exactly as configured: check --group, scope.groups, exemptions and twin.privileged_groups`,
    );
  if (others.length > 0)
    throw configurationFailure(
      `several groups have one configured name; give the id instead: ${[group, ...others].map(({ id }) => id).join(', ')}`,
    );
  return { id: group.id, name: group.name };
}

/** Every member of a group, over all pages. */
export async function readMembers({ okta, caller }: GroupReader, groupId: string): Promise<OktaUser[]> {
  const signal = Context.current().cancellationSignal;
  const members: OktaUser[] = [];
  let after: string | null = null;
  do {
    const context = { caller, subject: groupId, signal };
    const page: OktaPage<OktaUser> = (await okta('groups:read_members', { groupId, after }, context)).output;
    members.push(...page.items);
    after = page.next;
  } while (after !== null);
  return members;
}
