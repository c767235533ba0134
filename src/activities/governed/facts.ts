import type { JsonObject } from '../../audit/types.ts';
import type { ConnectorName } from '../../governance/types.ts';
import { findOperation } from '../../governance/catalogue.ts';
import type { GovernedDeps } from './deps.ts';
import { PeopleReader } from './people.ts';

/** What is asked for, as far as its risk depends on it. */
export interface AskedFor {
  connector: ConnectorName;
  operation: string;
  args: JsonObject;
  run: string;
  workflowId: string;
}

/** Target of a call with what it was like when looked at, and the facts that raise the risk. */
export interface TargetFacts {
  target: { kind: string; id: string } | null;
  /** Compared before the call; null where there is nothing to compare. */
  state: JsonObject | null;
  raising: { targetAdministrator: boolean; protected: boolean; groupGrantsAdmin: boolean };
}

const NOTHING: TargetFacts['raising'] = { targetAdministrator: false, protected: false, groupGrantsAdmin: false };

/** Looks at the target of a call. Reads are not looked into: they stay LOW. */
export async function factsOf(deps: GovernedDeps, asked: AskedFor): Promise<TargetFacts> {
  const target = targetOf(asked);
  const row = findOperation(asked.connector, asked.operation);
  if (asked.connector !== 'okta' || row?.risk === 'LOW' || target === null) {
    return { target, state: null, raising: NOTHING };
  }
  const people = new PeopleReader(deps, asked);
  const { userId, groupId } = asked.args as { userId?: string; groupId?: string };
  const groupGrantsAdmin = groupId !== undefined && (await people.grantsAdminRoles(groupId));
  if (userId === undefined) return { target, state: null, raising: { ...NOTHING, groupGrantsAdmin } };
  const user = await people.person(userId);
  if (!user) return { target, state: { gone: true }, raising: { ...NOTHING, groupGrantsAdmin } };
  const shielded = await people.idsOf(deps.settings().protected);
  return {
    target,
    state: { status: user.status, lastUpdated: user.lastUpdated },
    raising: {
      targetAdministrator: await people.isAdministrator(userId),
      protected: shielded.includes(userId),
      groupGrantsAdmin,
    },
  };
}

/** The thing in the path of the operation that is acted on: the user before the group before all others. */
function targetOf({ connector, operation, args }: AskedFor): TargetFacts['target'] {
  const names = [...(findOperation(connector, operation)?.path ?? '').matchAll(/\{(\w+)Id\}/g)].map(
    ([, name]) => `${name}`,
  );
  const first = names.find((name) => name === 'user') ?? names[0];
  const id = first === undefined ? undefined : args[`${first}Id`];
  return first !== undefined && typeof id === 'string' ? { kind: first, id } : null;
}
