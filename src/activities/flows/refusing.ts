import { userIn } from '../../governance/principal.ts';
import type { CallerFacts, Refusal } from '../../flows/refusals.ts';
import { needsSuperAdministrators, refuseTarget } from '../../flows/refusals.ts';
import type { AccountState } from '../../flows/types.ts';
import type { FlowRunRecord } from '../../store/flow-types.ts';
import { PeopleReader } from '../governance/people.ts';
import { protectionEntries, selvesOf } from '../governance/shielded.ts';
import type { FlowDeps } from './deps.ts';
import { lookerOf } from './record.ts';
import { superAdmins } from './super-admins.ts';

/** An account that a run would touch, and with what. */
export interface Touched {
  account: AccountState;
  operations: string[];
}

/**
 * The first reason why one of these accounts must not be touched; null: none. Throws as the
 * connectors do.
 */
export async function refusalOf(
  deps: FlowDeps,
  record: FlowRunRecord,
  touched: readonly Touched[],
): Promise<Refusal | null> {
  const people = new PeopleReader(deps, record);
  const caller = await callerFacts(people, record);
  for (const one of touched) {
    const refusal = await refusalOfOne(deps, record, { ...one, people, caller });
    if (refusal) return refusal;
  }
  return null;
}

async function refusalOfOne(
  deps: FlowDeps,
  record: FlowRunRecord,
  { account, operations, people, caller }: Touched & { people: PeopleReader; caller: CallerFacts },
): Promise<Refusal | null> {
  const listed = deps.settings().protected;
  const { targets } = await selvesOf(people, account, listed);
  const holders = needsSuperAdministrators(account, operations)
    ? await superAdmins(lookerOf(deps, record), account.id)
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

/** Names of the person who asks; none for services. */
async function callerFacts(people: PeopleReader, { caller }: FlowRunRecord): Promise<CallerFacts> {
  const { principal, personId } = caller;
  const stated = userIn(principal);
  if (stated === null) return { names: [], oktaId: null };
  const person = await people.person(personId ?? stated);
  const names = [stated, person?.login ?? '', person?.email ?? ''].filter((name) => name !== '');
  return { names, oktaId: person?.id ?? personId };
}
