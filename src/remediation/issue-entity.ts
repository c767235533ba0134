import { MalformedField, needField, readField } from './issue-fields.ts';
import { isObject, own } from './plain.ts';
import { comparable } from './titles.ts';
import type { Issue, IssueAccount } from './types.ts';

type Entity = Issue['entity'];
/** How the fields of the entity are called in the event at hand, for errors, and what was read of them. */
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
  if (!read) throw new MalformedField(fields.nameOf('entityType'), 'Account, Person or OAuth grant');
  return read(fields);
}

function accountOf({ texts, nameOf }: EntityFields): IssueAccount {
  const need = (flat: string): string => needField(texts[flat], LINE, nameOf(flat));
  return {
    product: need('entitySourceProductName'),
    tenant: need('entitySourceProductTenant'),
    id: need('entityIdInService'),
    displayName: texts['entityDisplayName'] ?? null,
  };
}

const LINE = { form: 'line', max: 300 } as const;

/** Each account once. */
function accountsOf({ value, name }: EntityFields['accounts']): IssueAccount[] {
  if (!Array.isArray(value) || value.length === 0) throw new MalformedField(name, 'a list of at least one account');
  if (value.length > MOST_ACCOUNTS) throw new MalformedField(name, `at most ${MOST_ACCOUNTS} accounts`);
  const accounts = value.map((one: unknown, index) => listedAccount(one, `${name}.${index}`));
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

function listedAccount(value: unknown, name: string): IssueAccount {
  if (!isObject(value)) throw new MalformedField(name, 'an account');
  const spelled = (key: keyof typeof SPELLINGS): string =>
    SPELLINGS[key].find((one) => own(value, one) !== undefined && own(value, one) !== null) ?? SPELLINGS[key][0];
  const need = (key: keyof typeof SPELLINGS): string =>
    needField(own(value, spelled(key)), LINE, `${name}.${spelled(key)}`);
  const shown = spelled('displayName');
  return {
    product: need('product'),
    tenant: need('tenant'),
    id: need('id'),
    displayName: readField(own(value, shown), LINE, `${name}.${shown}`),
  };
}
