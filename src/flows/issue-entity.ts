import { MalformedField, needField, readField } from './issue-fields.ts';
import { isObject, own } from './plain.ts';
import { CONNECTOR_OF, productOf } from './products.ts';
import { comparable } from './titles.ts';
import type { Issue, IssueAccount } from './types.ts';

type Entity = Issue['entity'];
/**
 * How the fields of the entity are called in the event at hand, for errors, and what was read of
 * them.
 */
export interface EntityFields {
  nameOf: (flat: string) => string;
  texts: Readonly<Record<string, string>>;
  /** A person's accounts as they stand in the event, and where. */
  accounts: { value: unknown; name: string };
}

const MOST_ACCOUNTS = 100;

// By its letters alone: Account, Person, OAuth grant, OAuthGrant, oauth_grant …
const KINDS: Readonly<Record<string, (fields: EntityFields) => Entity>> = {
  account: (fields) => ({ kind: 'account', account: accountOf(fields) }),
  person: (fields) => ({
    kind: 'person',
    displayName: fields.texts['entityDisplayName'] ?? null,
    accounts: accountsOf(fields.accounts),
  }),
  oauthgrant: ({ texts }) => ({
    kind: 'oauth_grant',
    product: texts['entitySourceProductName'] ?? '',
    tenant: texts['entitySourceProductTenant'] ?? '',
    displayName: texts['entityDisplayName'] ?? null,
  }),
};

/** What an issue is about. Throws MalformedField. */
export function entityOf(fields: EntityFields): Entity {
  const letters = comparable(fields.texts['entityType'] ?? '').replace(/[\s_-]/g, '');
  const read = Object.hasOwn(KINDS, letters) ? KINDS[letters] : undefined;
  if (!read)
    throw new MalformedField(fields.nameOf('entityType'), 'Account, Person or OAuth grant');
  return read(fields);
}

function accountOf({ texts, nameOf }: EntityFields): IssueAccount {
  const need = (flat: string): string => needField(texts[flat], LINE, nameOf(flat));
  const product = need('entitySourceProductName');
  return {
    product,
    tenant: need('entitySourceProductTenant'),
    id: fitId(product, need('entityIdInService'), nameOf('entityIdInService')),
    displayName: texts['entityDisplayName'] ?? null,
  };
}

const ANY_ID = {
  holds: /^(?!\.{1,2}$|me$)[^\s/\\?%]+$/iu,
  expected: 'an id or address, without what separates paths',
} as const;

/**
 * What stands in paths of the products that arx knows; lengths and prefixes are theirs to judge.
 * Logins are no ids at Okta.
 */
const IDS = {
  okta: { holds: /^(?!me$)[\w~-]+$/i, expected: 'an id, not a login' },
  entra: ANY_ID,
  google: ANY_ID,
  salesforce: ANY_ID,
} as const;

function fitId(product: string, id: string, name: string): string {
  const known = productOf(product);
  if (known === null) return id;
  const { holds, expected } = IDS[CONNECTOR_OF[known]];
  if (!holds.test(id)) throw new MalformedField(name, expected);
  return id;
}

const LINE = { form: 'line', max: 300 } as const;

/** Each account once. */
function accountsOf({ value, name }: EntityFields['accounts']): IssueAccount[] {
  if (!Array.isArray(value) || value.length === 0)
    throw new MalformedField(name, 'a list of at least one account');
  if (value.length > MOST_ACCOUNTS)
    throw new MalformedField(name, `at most ${MOST_ACCOUNTS} accounts`);
  const accounts = value.map((one: unknown, index) => parseAccount(one, `${name}.${index}`));
  const keyOf = ({ product, tenant, id }: IssueAccount): string =>
    JSON.stringify([comparable(product), comparable(tenant), id]);
  return [...new Map(accounts.map((account) => [keyOf(account), account])).values()];
}

// The id in the service before a plain `id`, which may be the issue's own name for the account.
const SPELLINGS = {
  id: ['identifierInService', 'entityIdInService', 'idInService', 'id'],
  product: ['sourceProductName', 'entitySourceProductName'],
  tenant: ['sourceProductTenant', 'entitySourceProductTenant'],
  displayName: ['displayName', 'entityDisplayName'],
} as const;

function parseAccount(value: unknown, name: string): IssueAccount {
  if (!isObject(value)) throw new MalformedField(name, 'an account');
  const spelled = (key: keyof typeof SPELLINGS): string =>
    SPELLINGS[key].find((one) => own(value, one) !== undefined && own(value, one) !== null) ??
    SPELLINGS[key][0];
  const need = (key: keyof typeof SPELLINGS): string =>
    needField(own(value, spelled(key)), LINE, `${name}.${spelled(key)}`);
  const shown = spelled('displayName');
  const product = need('product');
  return {
    product,
    tenant: need('tenant'),
    id: fitId(product, need('id'), `${name}.${spelled('id')}`),
    displayName: readField(own(value, shown), LINE, `${name}.${shown}`),
  };
}
