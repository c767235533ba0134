import { Context } from '@temporalio/activity';
import { ConnectorError } from '../../connectors/errors.ts';
import { readPages } from '../../connectors/pages.ts';
import { findGroup } from '../../connectors/okta/scope.ts';
import type { Call, Caller, OktaOperations, OktaUser } from '../../connectors/types.ts';
import { configurationFailure } from '../support/failures.ts';
import { isLastingRefusal } from '../support/refusals.ts';

/** Reads groups for one caller. */
export interface GroupReader {
  okta: Call<OktaOperations>;
  caller: Caller;
}

/**
 * Finds the group that a name or id in the configuration refers to. No match, or several, is a
 * configuration failure.
 */
export async function resolveGroup(
  reader: GroupReader,
  reference: string,
): Promise<{ id: string; name: string }> {
  const { okta, caller } = reader;
  const signal = Context.current().cancellationSignal;
  const found = await findGroup(okta, reference, { caller, signal });
  if ('problem' in found) throw configurationFailure(found.problem);
  return found;
}

/**
 * The members of a group, or the code with which Okta lastingly refuses to list them. Throws as the
 * connector does for everything else; a group that does not exist is an error of the configuration.
 */
export async function readMembersIfAllowed(
  reader: GroupReader,
  groupId: string,
): Promise<{ members: OktaUser[] } | { refused: string }> {
  try {
    return { members: await readMembers(reader, groupId) };
  } catch (error) {
    if (error instanceof ConnectorError && isLastingRefusal(error)) return { refused: error.code };
    throw error;
  }
}

/** Reads all members of a group. */
async function readMembers({ okta, caller }: GroupReader, groupId: string): Promise<OktaUser[]> {
  const signal = Context.current().cancellationSignal;
  const members: OktaUser[] = [];
  const pages = readPages(
    { connector: 'okta', operation: 'groups:read_members' },
    async (after) =>
      (
        await okta(
          'groups:read_members',
          { groupId, after, skipUnreadable: true },
          { caller, subject: groupId, signal },
        )
      ).output,
  );
  for await (const { items } of pages) members.push(...items);
  return members;
}
