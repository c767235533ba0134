import { oktaAccount } from '../flows/read-target.ts';
import { refuseProtected } from '../../flows/refusals.ts';
import type { TargetFacts } from '../../flows/refusals.ts';
import type { AccountState } from '../../flows/types.ts';
import type { UserReader } from './user-reader.ts';

/** An account of any product, with the Okta users to whom it belongs by its login and addresses. */
export interface Identities {
  /** The account itself first. Groups are read only if the protected list has entries. */
  targets: TargetFacts[];
  /** Okta ids. */
  people: string[];
}

/** Finds the Okta users to whom an account belongs. Throws as the connectors do. */
export async function identitiesOf(
  users: UserReader,
  account: AccountState,
  protectedList: readonly string[],
): Promise<Identities> {
  const groupsOf = async (id: string): Promise<TargetFacts['groups']> =>
    protectedList.length === 0 ? [] : await users.groupsOf(id);
  if (account.connector === 'okta') {
    return { targets: [{ account, groups: await groupsOf(account.id) }], people: [account.id] };
  }
  const named = await users.findByName([
    ...(account.login === null ? [] : [account.login]),
    ...account.emails,
  ]);
  const oktaTargets: TargetFacts[] = [];
  for (const user of named)
    oktaTargets.push({ account: oktaAccount(user), groups: await groupsOf(user.id) });
  return { targets: [{ account, groups: [] }, ...oktaTargets], people: named.map(({ id }) => id) };
}

/** The protected list, with each entry also without its prefix `user:` or `group:`. */
export const protectionEntries = (list: readonly string[]): string[] =>
  list.flatMap((entry) => [entry, entry.replace(/^(?:user|group):/, '')]);

/** Whether an account, or its Okta user, is on the protected list. */
export const isProtected = ({ targets }: Identities, list: readonly string[]): boolean =>
  targets.some((target) => refuseProtected(target, protectionEntries(list)) !== null);

/** Whether a group is on the protected list, by its id or exact name. */
export function isProtectedGroup(
  { id, name }: { id: string; name: string },
  list: readonly string[],
): boolean {
  const entries = protectionEntries(list).map((entry) => entry.trim());
  return entries.includes(id) || entries.includes(name.trim());
}
