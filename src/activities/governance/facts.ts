import type { JsonObject } from '../../audit/types.ts';
import { ConnectorError } from '../../connectors/errors.ts';
import { findOperation } from '../../governance/catalogue.ts';
import type { ConnectorName } from '../../governance/types.ts';
import type { AccountConnector, AccountState } from '../../flows/types.ts';
import { accountIn, isAccountConnector, oktaAccount, readAccount } from '../flows/look.ts';
import type { GovernedDeps } from './deps.ts';
import { PeopleReader, readerOf } from './people.ts';
import { isShielded, selvesOf } from './shielded.ts';

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
  /** Okta ids of the person that the call is about: who never approves it. */
  people: string[];
}

const NOTHING: TargetFacts['raising'] = {
  targetAdministrator: false,
  protected: false,
  groupGrantsAdmin: false,
};

/** Looks at the target of a call. Reads are not looked into: they stay LOW. */
export async function factsOf(deps: GovernedDeps, asked: AskedFor): Promise<TargetFacts> {
  const target = targetOf(asked);
  const { connector } = asked;
  const row = findOperation(connector, asked.operation);
  const blank = { target, state: null, raising: NOTHING, people: [] };
  if (!isAccountConnector(connector) || row?.risk === 'LOW' || target === null) return blank;
  return connector === 'okta'
    ? { ...blank, ...(await oktaFacts(deps, asked)) }
    : { ...blank, ...(await accountFacts(deps, asked, { connector, target })) };
}

type Found = Pick<TargetFacts, 'state' | 'raising' | 'people'>;
const GONE: JsonObject = { gone: true };

async function oktaFacts(deps: GovernedDeps, asked: AskedFor): Promise<Found> {
  const people = new PeopleReader(deps, asked);
  const { userId, groupId } = asked.args as { userId?: string; groupId?: string };
  const groupGrantsAdmin = groupId !== undefined && (await people.grantsAdminRoles(groupId));
  const raising = { ...NOTHING, groupGrantsAdmin };
  if (userId === undefined) return { state: null, raising, people: [] };
  const user = await people.person(userId);
  if (!user) return { state: GONE, raising, people: [userId] };
  const listed = deps.settings().protected;
  const selves = await selvesOf(people, oktaAccount(user), listed);
  return {
    state: { status: user.status, lastUpdated: user.lastUpdated },
    raising: {
      targetAdministrator: await people.isAdministrator(userId),
      protected: isShielded(selves, listed),
      groupGrantsAdmin,
    },
    people: [userId],
  };
}

/**
 * Accounts of other products: as far as these say who is an administrator, and whoever they are in
 * Okta.
 */
async function accountFacts(
  deps: GovernedDeps,
  asked: AskedFor,
  { connector, target }: { connector: AccountConnector; target: { kind: string; id: string } },
): Promise<Found> {
  if (target.kind !== 'user') return { state: null, raising: NOTHING, people: [] };
  const looker = { connectors: deps.connectors, caller: readerOf(asked) };
  const account = await readAccount(looker, connector, target.id).catch(absent);
  if (account === null) return { state: GONE, raising: NOTHING, people: [] };
  const listed = deps.settings().protected;
  const selves = await selvesOf(new PeopleReader(deps, asked), account, listed);
  const raising = {
    ...NOTHING,
    targetAdministrator: account.administrator === true,
    protected: isShielded(selves, listed),
  };
  return { state: { status: account.status }, raising, people: selves.people };
}

function absent(error: unknown): AccountState | null {
  if (error instanceof ConnectorError && error.code === 'not_found') return null;
  throw error;
}

/**
 * What is acted on: the account where there is one, else the thing in the path of the operation.
 */
function targetOf({ connector, operation, args }: AskedFor): TargetFacts['target'] {
  const account = connector === 'okta' || !isAccountConnector(connector) ? null : accountIn(args);
  if (account !== null) return { kind: 'user', id: account };
  const names = [...(findOperation(connector, operation)?.path ?? '').matchAll(/\{(\w+)Id\}/g)].map(
    ([, name]) => `${name}`,
  );
  const first = names.find((name) => name === 'user') ?? names[0];
  const id = first === undefined ? undefined : args[`${first}Id`];
  return first !== undefined && typeof id === 'string' ? { kind: first, id } : null;
}
