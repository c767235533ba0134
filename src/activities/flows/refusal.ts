import type { CallerFacts, Refusal } from '../../flows/refusals.ts';
import { userIn } from '../../governance/principal.ts';
import { needsSuperAdministrators, refuseTarget } from '../../flows/refusals.ts';
import type { AccountConnector, AccountState } from '../../flows/types.ts';
import type { FlowRunRecord } from '../../store/flow-types.ts';
import { UserReader } from '../governance/user-reader.ts';
import { protectionEntries, identitiesOf } from '../governance/identities.ts';
import type { UsesConnectors } from '../support/parts.ts';
import type { FlowDeps } from './deps.ts';
import { targetReaderOf } from './record.ts';
import { superAdmins } from './super-admins.ts';

/** An account that a run would change, with the operations on it. */
export interface ChangedAccount {
  account: AccountState;
  operations: string[];
}

type RefusalDeps = UsesConnectors<AccountConnector | 'slack'> & Pick<FlowDeps, 'settings'>;

/**
 * The first reason why one of these accounts must not be changed; null if there is none. Throws as
 * the connectors do.
 */
export async function refusalOf(
  deps: RefusalDeps,
  record: FlowRunRecord,
  changed: readonly ChangedAccount[],
): Promise<Refusal | null> {
  const users = new UserReader(deps, record);
  const caller = await callerFacts(users, record);
  for (const one of changed) {
    const refusal = await refusalOfAccount(deps, record, { ...one, users, caller });
    if (refusal) return refusal;
  }
  return null;
}

async function refusalOfAccount(
  deps: RefusalDeps,
  record: FlowRunRecord,
  {
    account,
    operations,
    users,
    caller,
  }: ChangedAccount & { users: UserReader; caller: CallerFacts },
): Promise<Refusal | null> {
  const listed = deps.settings().protected;
  const { targets } = await identitiesOf(users, account, listed);
  const holders = needsSuperAdministrators(account, operations)
    ? await superAdmins(targetReaderOf(deps, record), account.id)
    : null;
  for (const target of targets) {
    const own = target.account === account ? operations : [];
    const facts = {
      target,
      protectedList: protectionEntries(listed),
      caller,
      operations: own,
      holders,
    };
    const refusal = refuseTarget(facts);
    if (refusal) return refusal;
  }
  return null;
}

/** The names and the Okta id of the caller; none for services. */
async function callerFacts(users: UserReader, { caller }: FlowRunRecord): Promise<CallerFacts> {
  const { principal, personId } = caller;
  const stated = userIn(principal);
  if (stated === null) return { names: [], oktaId: null };
  const user = await users.findUser(personId ?? stated);
  const names = [stated, user?.login ?? '', user?.email ?? ''].filter((name) => name !== '');
  return { names, oktaId: user?.id ?? personId };
}
