import { Context } from '@temporalio/activity';
import type { JsonObject } from '../../audit/types.ts';
import { ConnectorError } from '../../connectors/errors.ts';
import { findOperation } from '../../governance/catalogue.ts';
import type { FieldValues } from '../../governance/conditions.ts';
import { joinFacts } from '../../governance/context.ts';
import type { ConnectorName } from '../../governance/types.ts';
import type { AccountConnector, AccountState } from '../../flows/types.ts';
import { accountIn, isAccountConnector, oktaAccount, readAccount } from '../flows/read-target.ts';
import type { UsesConnectors } from '../support/parts.ts';
import type { GovernedDeps } from './deps.ts';
import { conditionFacts, fieldsToRead } from './condition-facts.ts';
import { lossOf } from './removed-attributes.ts';
import { UserReader, readerOf } from './user-reader.ts';
import { isProtected, identitiesOf } from './identities.ts';

/** A requested call, as far as its risk depends on it. */
export interface RequestedCall {
  connector: ConnectorName;
  operation: string;
  args: JsonObject;
  run: string;
  workflowId: string;
  /** Who asks, for conditions on their own account; absent if that is unknown. */
  principal?: string;
  /** Login or Okta id. */
  onBehalfOf?: string | null | undefined;
}

/** The target of a call, its state when it was read, and the facts that raise the risk. */
export interface TargetFacts {
  target: { kind: string; id: string } | null;
  /** Compared again right before the call; null if there is nothing to compare. */
  state: JsonObject | null;
  raising: {
    targetAdministrator: boolean;
    protected: boolean;
    groupGrantsAdmin: boolean;
    removes: number;
    authority: boolean;
    /** Values that conditions of policies read. */
    about?: FieldValues;
  };
  /** Okta ids of the user whom the call affects, who must never approve it. */
  people: string[];
}

const NO_RISK: TargetFacts['raising'] = {
  targetAdministrator: false,
  protected: false,
  groupGrantsAdmin: false,
  removes: 0,
  authority: false,
};

/** Nothing is known, or there is nothing to know. */
export const NO_FACTS: TargetFacts = { target: null, state: null, raising: NO_RISK, people: [] };

export type FactDeps = UsesConnectors<AccountConnector | 'conditionFields' | 'ownFacts'> &
  Pick<GovernedDeps, 'settings'>;

/**
 * Reads the target of a call. The target of a read is inspected only for conditions of policies: its
 * risk stays LOW.
 */
export async function factsOf(deps: FactDeps, call: RequestedCall): Promise<TargetFacts> {
  const target = targetOf(call);
  const { connector } = call;
  const row = findOperation(connector, call.operation);
  const blank = { ...NO_FACTS, target };
  const fields = fieldsToRead(deps, call);
  const isRead = row?.risk === 'LOW';
  if (!isAccountConnector(connector) || (isRead && fields.length === 0)) return blank;
  const facts =
    connector === 'okta'
      ? withRemoved({ ...blank, ...(await oktaFacts(deps, call)) }, await lossOf(deps, call))
      : { ...blank, ...(await accountFacts(deps, call, { connector, target })) };
  if (fields.length === 0) return facts;
  const about = await conditionFacts(deps, call, { fields, facts });
  return isRead
    ? { ...blank, raising: { ...NO_RISK, about } }
    : { ...facts, raising: { ...facts.raising, about } };
}

/** Adds the names of the attributes that the call would remove, for approvers and for the risk. */
const withRemoved = (facts: TargetFacts, removed: readonly string[]): TargetFacts =>
  removed.length === 0
    ? facts
    : {
        ...facts,
        state: { ...facts.state, removes: [...removed] },
        raising: { ...facts.raising, removes: removed.length },
      };

type Found = Pick<TargetFacts, 'state' | 'raising' | 'people'>;
const GONE: JsonObject = { gone: true };

async function oktaFacts(deps: FactDeps, call: RequestedCall): Promise<Found> {
  const users = new UserReader(deps, call);
  const { userId, groupId } = call.args as { userId?: string; groupId?: string };
  const groupGrantsAdmin = groupId !== undefined && (await users.grantsAdminRoles(groupId));
  const raising = await withOwnFacts(deps, call, { ...NO_RISK, groupGrantsAdmin });
  if (userId === undefined) return { state: null, raising, people: [] };
  const user = await users.findUser(userId);
  if (!user) return { state: GONE, raising, people: [userId] };
  const listed = deps.settings().protected;
  const identities = await identitiesOf(users, oktaAccount(user), listed);
  return {
    state: { status: user.status, lastUpdated: user.lastUpdated },
    raising: {
      ...raising,
      targetAdministrator: await users.isAdministrator(userId),
      protected: isProtected(identities, listed),
    },
    people: [userId],
  };
}

/** Adds the facts that the pipeline itself will find out. */
async function withOwnFacts(
  { connectors }: FactDeps,
  call: RequestedCall,
  raising: TargetFacts['raising'],
): Promise<TargetFacts['raising']> {
  const { connector, operation, args } = call;
  const signal = Context.current().cancellationSignal;
  const caller = readerOf(call);
  const facts = args['groupIds'] === undefined ? raising : {};
  const own = await connectors.ownFacts({ connector, operation, args, caller, signal, facts });
  const { authority = false, groupGrantsAdmin = false } = joinFacts(raising, own);
  return { ...raising, authority, groupGrantsAdmin };
}

/**
 * Facts about an account of another product: whether it is an administrator, if the product tells,
 * and which Okta user it belongs to.
 */
async function accountFacts(
  deps: FactDeps,
  call: RequestedCall,
  { connector, target }: { connector: AccountConnector; target: TargetFacts['target'] },
): Promise<Found> {
  if (target?.kind !== 'user') return { state: null, raising: NO_RISK, people: [] };
  const reader = { connectors: deps.connectors, caller: readerOf(call) };
  const account = await readAccount(reader, connector, target.id).catch(nullIfNotFound);
  if (account === null) return { state: GONE, raising: NO_RISK, people: [] };
  const listed = deps.settings().protected;
  const identities = await identitiesOf(new UserReader(deps, call), account, listed);
  const raising = {
    ...NO_RISK,
    targetAdministrator: account.administrator === true,
    protected: isProtected(identities, listed),
  };
  return { state: { status: account.status }, raising, people: identities.people };
}

function nullIfNotFound(error: unknown): AccountState | null {
  if (error instanceof ConnectorError && error.code === 'not_found') return null;
  throw error;
}

/** The target of a call: the account in its arguments, otherwise the object in its path. */
function targetOf({ connector, operation, args }: RequestedCall): TargetFacts['target'] {
  const account = connector === 'okta' || !isAccountConnector(connector) ? null : accountIn(args);
  if (account !== null) return { kind: 'user', id: account };
  const names = [...(findOperation(connector, operation)?.path ?? '').matchAll(/\{(\w+)Id\}/g)].map(
    ([, name]) => `${name}`,
  );
  const first = names.find((name) => name === 'user') ?? names[0];
  const id = first === undefined ? undefined : args[`${first}Id`];
  return first !== undefined && typeof id === 'string' ? { kind: first, id } : null;
}
