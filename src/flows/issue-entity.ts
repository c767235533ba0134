/** Parses the entity of an issue: an account, a person or an OAuth grant. */

import { MalformedField, requireField, readField } from './issue-fields.ts';
import { isObject, own } from './json.ts';
import { CONNECTOR_OF, productOf } from './products.ts';
import { comparable } from './comparable.ts';
import type { Issue, IssueAccount } from './types.ts';

type Entity = Issue['entity'];
/** The names of the entity's fields in this event (for errors), and their values. */
interface EntityFields {
  nameOf: (flat: string) => string;
  texts: Readonly<Record<string, string>>;
  /** A person's accounts as given in the event, and their path. */
  accounts: { value: unknown; name: string };
}

const MAX_ACCOUNTS = 100;

// Compared by letters alone: Account, Person, OAuth grant, OAuthGrant, oauth_grant …
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

/** The entity of an issue. Throws MalformedField. */
export function entityOf(fields: EntityFields): Entity {
  const letters = comparable(fields.texts['entityType'] ?? '').replace(/[\s_-]/g, '');
  const read = Object.hasOwn(KINDS, letters) ? KINDS[letters] : undefined;
  if (!read)
    throw new MalformedField(fields.nameOf('entityType'), 'Account, Person or OAuth grant');
  return read(fields);
}

function accountOf({ texts, nameOf }: EntityFields): IssueAccount {
  const need = (flat: string): string => requireField(texts[flat], LINE, nameOf(flat));
  const product = need('entitySourceProductName');
  return {
    product,
    tenant: need('entitySourceProductTenant'),
    id: checkId(product, need('entityIdInService'), nameOf('entityIdInService')),
    displayName: texts['entityDisplayName'] ?? null,
  };
}

const ANY_ID = {
  holds: /^(?!\.{1,2}$|me$)[^\s/\\?%]+$/iu,
  expected: 'an id or address without path separators',
} as const;

/**
 * Ids that are safe in paths, by product. Each product validates lengths and prefixes itself. In
 * Okta, a login is not accepted as an id.
 */
const IDS = {
  okta: { holds: /^(?!me$)[\w~-]+$/i, expected: 'an id, not a login' },
  entra: ANY_ID,
  google: ANY_ID,
  salesforce: ANY_ID,
} as const;

function checkId(product: string, id: string, name: string): string {
  const known = productOf(product);
  if (known === null) return id;
  const { holds, expected } = IDS[CONNECTOR_OF[known]];
  if (!holds.test(id)) throw new MalformedField(name, expected);
  return id;
}

const LINE = { form: 'line', max: 300 } as const;

/** The accounts, without repetition. */
function accountsOf({ value, name }: EntityFields['accounts']): IssueAccount[] {
  if (!Array.isArray(value) || value.length === 0)
    throw new MalformedField(name, 'a list of at least one account');
  if (value.length > MAX_ACCOUNTS)
    throw new MalformedField(name, `at most ${MAX_ACCOUNTS} accounts`);
  const accounts = value.map((one: unknown, index) => parseAccount(one, `${name}.${index}`));
  const keyOf = ({ product, tenant, id }: IssueAccount): string =>
    JSON.stringify([comparable(product), comparable(tenant), id]);
  return [...new Map(accounts.map((account) => [keyOf(account), account])).values()];
}

// The id in the service takes precedence over a plain `id`, which may be the issue's own name for
// the account.
const SPELLINGS = {
  id: ['identifierInService', 'entityIdInService', 'idInService', 'id'],
  product: ['sourceProductName', 'entitySourceProductName'],
  tenant: ['sourceProductTenant', 'entitySourceProductTenant'],
  displayName: ['displayName', 'entityDisplayName'],
} as const;

function parseAccount(value: unknown, name: string): IssueAccount {
  if (!isObject(value)) throw new MalformedField(name, 'an object with id, product and tenant');
  const spelled = (key: keyof typeof SPELLINGS): string =>
    SPELLINGS[key].find((one) => own(value, one) !== undefined && own(value, one) !== null) ??
    SPELLINGS[key][0];
  const need = (key: keyof typeof SPELLINGS): string =>
    requireField(own(value, spelled(key)), LINE, `${name}.${spelled(key)}`);
  const shown = spelled('displayName');
  const product = need('product');
  return {
    product,
    tenant: need('tenant'),
    id: checkId(product, need('id'), `${name}.${spelled('id')}`),
    displayName: readField(own(value, shown), LINE, `${name}.${shown}`),
  };
}
