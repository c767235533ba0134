import type { EntraDirectory } from '../entra/directory.ts';
import type { GoogleWorkspace } from '../google/workspace.ts';
import type { UserRecord } from '../okta/model.ts';
import type { OktaOrg } from '../okta/org.ts';
import type { SalesforceOrg } from '../salesforce/org.ts';

/** Number of users in Okta who also have accounts with the other vendors. */
const MAX_ACCOUNTS = 60;
/** The Entra ID group whose members must use a second factor. */
export const MFA_GROUP = 'MFA Enforced';

/** Directory roles of the first users, who are also administrators in Okta. */
const ENTRA_ROLES: readonly string[] = [
  'Global Administrator',
  'Global Administrator',
  'User Administrator',
];
const SUPER_ADMINISTRATORS = 2;
/** The user who cannot be deactivated, as the default owner of cases. */
const CASE_OWNER = 5;
const NEEDED = {
  errorCode: 'FIELD_INTEGRITY_EXCEPTION',
  message:
    'You cannot deactivate this user. You cannot deactivate a user who is the default owner of cases.',
};

interface Vendors {
  okta: OktaOrg;
  entra: EntraDirectory;
  google: GoogleWorkspace;
  salesforce: SalesforceOrg;
}

/**
 * Gives the first users in Okta accounts with the same address in Entra ID, Google and Salesforce.
 */
export function addAccounts({ okta, entra, google, salesforce }: Vendors): void {
  const people = firstPeople(okta);
  const { phone = null, email } = okta.canaries;
  for (const [rank, { profile }] of people.entries()) {
    const address = profile.login;
    const [givenName, familyName] = [nameOf(profile.firstName), nameOf(profile.lastName)];
    const displayName = `${givenName} ${familyName}`;
    entra.addUser({
      userPrincipalName: address,
      displayName,
      givenName,
      surname: familyName,
      mobilePhone: phone,
      roles: ENTRA_ROLES.slice(rank, rank + 1),
      otherMails: email === undefined ? [] : [email],
    });
    google.addUser({
      primaryEmail: address,
      givenName,
      familyName,
      recoveryPhone: phone,
      recoveryEmail: email ?? null,
      aliases: [address.replace('@', '@mail.')],
      isAdmin: rank < SUPER_ADMINISTRATORS,
      isDelegatedAdmin: rank === SUPER_ADMINISTRATORS,
    });
    salesforce.addUser({
      username: address,
      federationId: address,
      name: displayName,
      mobilePhone: phone,
      needed: rank === CASE_OWNER ? NEEDED : null,
    });
  }
  addGroups(entra);
}

function addGroups(entra: EntraDirectory): void {
  const ids = entra.users.all.map(({ id }) => id);
  entra.addGroup({
    displayName: MFA_GROUP,
    description: 'Requires a second factor at every sign-in',
    members: ids.filter((_, index) => index % 2 === 1 && index > ENTRA_ROLES.length),
  });
  entra.addGroup({ displayName: 'All Employees', description: null, members: ids });
}

function firstPeople(okta: OktaOrg): UserRecord[] {
  const people: UserRecord[] = [];
  for (const user of okta.users) {
    if (people.length === MAX_ACCOUNTS) break;
    if (user.status === 'ACTIVE' && user.profile.userType !== 'Service') people.push(user);
  }
  return people;
}

const nameOf = (value: unknown): string => (typeof value === 'string' ? value : 'Plain');
