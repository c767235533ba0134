import { takesAccess } from '../../governance/catalogue.ts';
import type { ActionRequest } from '../../store/governance-types.ts';
import { otherSuperAdminsThan, superAdmins } from '../flows/super-admins.ts';
import { readContext } from '../flows/read-target.ts';
import type { FactDeps, TargetFacts } from './facts.ts';
import { isProtectedGroup } from './identities.ts';
import { readerOf } from './user-reader.ts';

/** Why access is not taken from a target, whoever asks and through whatever interface. */
export type TargetRefusal = 'protected_account' | 'own_account' | 'last_super_administrator';

/** The call as far as a refusal depends on it. `requesterId` and `onBehalfOf` are Okta ids. */
type RefusableCall = Pick<
  ActionRequest,
  'connector' | 'operation' | 'args' | 'run' | 'workflowId' | 'requesterId' | 'onBehalfOf'
>;

/**
 * The refusal of a call that would take access from a protected account, from the caller's own
 * account, or from the last super administrator who can sign in; null for every other call. Throws
 * as the connectors do.
 */
export async function targetRefusal(
  deps: FactDeps,
  call: RefusableCall,
  facts: TargetFacts,
): Promise<TargetRefusal | null> {
  const { connector, operation, requesterId, onBehalfOf } = call;
  if (!takesAccess(`${connector}:${operation}`)) return null;
  if (facts.raising.protected || (await deletesProtectedGroup(deps, call, facts)))
    return 'protected_account';
  if (facts.people.some((id) => id === requesterId || id === onBehalfOf)) return 'own_account';
  return (await removesLastSuperAdmin(deps, call, facts)) ? 'last_super_administrator' : null;
}

async function deletesProtectedGroup(
  { connectors, settings }: FactDeps,
  call: RefusableCall,
  { target }: TargetFacts,
): Promise<boolean> {
  const listed = settings().protected;
  if (call.connector !== 'okta' || target?.kind !== 'group' || listed.length === 0) return false;
  const context = readContext(readerOf(call), target.id);
  const { output } = await connectors.okta('groups:read_detail', { groupId: target.id }, context);
  return isProtectedGroup(output, listed);
}

/** There may have been other super administrators when the call was requested. */
async function removesLastSuperAdmin(
  { connectors }: FactDeps,
  call: RefusableCall,
  { target, raising }: TargetFacts,
): Promise<boolean> {
  if (call.connector !== 'okta' || target === null) return false;
  const reader = { connectors, caller: readerOf(call) };
  if (target.kind === 'group')
    return raising.groupGrantsAdmin && (await otherSuperAdminsThan(reader, target.id)) === 'none';
  if (!raising.targetAdministrator) return false;
  const holders = await superAdmins(reader, target.id);
  return (
    holders.length > 0 && !holders.some(({ id, status }) => id !== target.id && status === 'ACTIVE')
  );
}
