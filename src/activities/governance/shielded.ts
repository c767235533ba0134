import { oktaAccount } from '../flows/look.ts';
import { refuseProtected } from '../../flows/refusals.ts';
import type { TargetFacts } from '../../flows/refusals.ts';
import type { AccountState } from '../../flows/types.ts';
import type { PeopleReader } from './people.ts';

/**
 * An account with the Okta users who are the same person: by its login and addresses, on whatever
 * product it is.
 */
export interface Selves {
  /**
   * The account itself first. Groups only where something is protected: nothing else asks for them.
   */
  targets: TargetFacts[];
  /** Okta ids. */
  people: string[];
}

/** Who the person of an account is in Okta. Throws as the connectors do. */
export async function selvesOf(
  people: PeopleReader,
  account: AccountState,
  protectedList: readonly string[],
): Promise<Selves> {
  const groupsOf = async (id: string): Promise<TargetFacts['groups']> =>
    protectedList.length === 0 ? [] : await people.groupsOf(id);
  if (account.connector === 'okta') {
    return { targets: [{ account, groups: await groupsOf(account.id) }], people: [account.id] };
  }
  const named = await people.findByName([
    ...(account.login === null ? [] : [account.login]),
    ...account.emails,
  ]);
  const selves: TargetFacts[] = [];
  for (const user of named)
    selves.push({ account: oktaAccount(user), groups: await groupsOf(user.id) });
  return { targets: [{ account, groups: [] }, ...selves], people: named.map(({ id }) => id) };
}

/** The protected list, its entries also without the word before them that says what they are. */
export const protectionEntries = (list: readonly string[]): string[] =>
  list.flatMap((entry) => [entry, entry.replace(/^(?:user|group):/, '')]);

/** Whether an account, or its person in Okta, is on the protected list. */
export const isShielded = ({ targets }: Selves, list: readonly string[]): boolean =>
  targets.some((target) => refuseProtected(target, protectionEntries(list)) !== null);
