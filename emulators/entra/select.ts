import type { EmulatedRequest, Json } from '../types.ts';
import type { EntraAccount, EntraGroup } from './model.ts';

/** The properties of a resource in Graph. */
type Shown<Row> = Readonly<Record<string, (row: Row) => unknown>>;

/** The default properties in Graph; `accountEnabled` is not one of them. */
const USUAL =
  'businessPhones displayName givenName jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName id';

const USER: Shown<EntraAccount> = {
  businessPhones: () => [],
  displayName: ({ displayName }) => displayName,
  givenName: ({ givenName }) => givenName,
  jobTitle: ({ jobTitle }) => jobTitle,
  mail: ({ mail }) => mail,
  mobilePhone: ({ mobilePhone }) => mobilePhone,
  officeLocation: () => null,
  preferredLanguage: () => null,
  surname: ({ surname }) => surname,
  userPrincipalName: ({ userPrincipalName }) => userPrincipalName,
  id: ({ id }) => id,
  accountEnabled: ({ accountEnabled }) => accountEnabled,
  otherMails: ({ otherMails }) => otherMails,
  userType: ({ userPrincipalName }) => (userPrincipalName.includes('#EXT#') ? 'Guest' : 'Member'),
  // Graph has null for a cloud account.
  onPremisesSyncEnabled: ({ onPremisesSyncEnabled }) => onPremisesSyncEnabled || null,
  signInSessionsValidFromDateTime: (user) => user.signInSessionsValidFromDateTime,
};

const GROUP: Shown<EntraGroup> = {
  id: ({ id }) => id,
  displayName: ({ displayName }) => displayName,
  description: ({ description }) => description,
  groupTypes: () => [],
  mailEnabled: () => false,
  securityEnabled: () => true,
  onPremisesSyncEnabled: ({ onPremisesSyncEnabled }) => onPremisesSyncEnabled || null,
  isAssignableToRole: ({ isAssignableToRole }) => isAssignableToRole || null,
};

/** How to format the rows of an answer; an error text if `$select` names unknown properties. */
type Selection<Row> = string | ((row: Row) => Json);

export const selectUser = (request: EmulatedRequest): Selection<EntraAccount> =>
  select(request, USER, { type: 'user', usual: USUAL.split(' ') });

export const selectGroup = (request: EmulatedRequest): Selection<EntraGroup> =>
  select(request, GROUP, { type: 'group', usual: Object.keys(GROUP) });

function select<Row>(
  { query }: EmulatedRequest,
  shown: Shown<Row>,
  { type, usual }: { type: string; usual: readonly string[] },
): Selection<Row> {
  const named = (query.get('$select') ?? '').split(',').flatMap((name) => name.trim() || []);
  const unknown = named.find((name) => !(name in shown));
  if (unknown !== undefined) {
    return `Parsing OData Select and Expand failed: Could not find a property named '${unknown}' on type 'microsoft.graph.${type}'.`;
  }
  const names = named.length > 0 ? named : usual;
  return (row) => Object.fromEntries(names.map((name) => [name, shown[name]?.(row)]));
}
