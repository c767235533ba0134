import { takesOut } from './acts.ts';
import { productOf } from './products.ts';
import { isOurs } from './tenants.ts';
import type { OwnTenants } from './tenants.ts';
import { comparable } from './titles.ts';
import type { AccountState, DeniedCode, Flow, Issue, IssueAccount } from './types.ts';

/** Why nothing is done, in a coded word and a sentence without personal data. */
export interface Refusal {
  code: DeniedCode;
  message: string;
}

const because = (code: DeniedCode, message: string): Refusal => ({ code, message });

/** Events from further ahead than this, by our clock, are not from now. */
const CLOCK_DIFFERENCE_MS = 300_000;

/** Refuses an event that was sent too long ago, or from the future. Times in milliseconds. */
export function refuseAge(
  { at }: Pick<Issue, 'at'>,
  { now, maxAgeMs }: { now: number; maxAgeMs: number },
): Refusal | null {
  const age = now - Date.parse(at);
  // The other way round than it reads: a time that is none is refused.
  if (age <= maxAgeMs && age >= -CLOCK_DIFFERENCE_MS) return null;
  return because(
    'stale_event',
    'The event is older than remediation.max_event_age, or its time lies ahead.',
  );
}

/** Refuses an account of a tenant that is not ours, or of a product that arx does not know. */
export const refuseTenant = (
  account: Pick<IssueAccount, 'product' | 'tenant'>,
  own: OwnTenants,
): Refusal | null =>
  isOurs(account, own)
    ? null
    : because('foreign_tenant', 'The account is in a tenant that is not ours.');

/** Refuses an account of another product than the flow is for. */
export function refuseProduct(
  { product }: Pick<Flow, 'product'>,
  account: Pick<IssueAccount, 'product'>,
): Refusal | null {
  if (product === null || productOf(account.product) === product) return null;
  return because('wrong_product', `The flow is for accounts of ${product}.`);
}

/**
 * The account of a refusal: as its product has it now, and its groups in Okta (empty for other
 * products).
 */
export interface TargetFacts {
  account: AccountState;
  groups: readonly { id: string; name: string }[];
}

const namesOf = ({ login, emails }: AccountState): string[] =>
  [...(login === null ? [] : [login]), ...emails].map(comparable);

/**
 * Refuses an account on the protected list: its login or one of its addresses (on every product),
 * its id, or in Okta a group it is in, by id or exact name.
 */
export function refuseProtected(
  { account, groups }: TargetFacts,
  list: readonly string[],
): Refusal | null {
  const entries = new Set(list.map((entry) => entry.trim()));
  const named = new Set(list.map(comparable));
  const hit =
    [account.id, ...namesOf(account)].some((name) => named.has(comparable(name))) ||
    groups.some(({ id, name }) => entries.has(id) || entries.has(name.trim()));
  return hit ? because('protected', 'The account is on the protected list.') : null;
}

/** Who asks: the names of the person, and the Okta id where it was looked up. */
export interface CallerFacts {
  names: readonly string[];
  oktaId: string | null;
}

/**
 * Refuses the account of the person who asks: by login or address on every product, in Okta by id
 * too.
 */
export function refuseOwn(account: AccountState, caller: CallerFacts): Refusal | null {
  const names = new Set(caller.names.map(comparable));
  const own =
    namesOf(account).some((name) => names.has(name)) ||
    (account.connector === 'okta' && caller.oktaId !== null && caller.oktaId === account.id);
  return own ? because('own_account', 'The account belongs to whoever asks.') : null;
}

/**
 * Whether one of these roles makes its holder a super administrator now; Okta may say no status.
 */
export const makesSuperAdmin = (
  roles: readonly { type: string; status: string | null }[],
): boolean =>
  roles.some(({ type, status }) => type === 'SUPER_ADMIN' && (status ?? 'ACTIVE') === 'ACTIVE');

/** Those who hold SUPER_ADMIN in Okta, directly or through a group. */
export interface Holder {
  id: string;
  /** Okta's status. */
  status: string;
}

/**
 * True where the last super administrator has to be looked for: an Okta account, and an operation
 * that takes it out of use.
 */
export const needsHolders = ({ connector }: AccountState, operations: readonly string[]): boolean =>
  connector === 'okta' && operations.some(takesOut);

/** Refuses to take a super administrator out of use where no other one is ACTIVE. */
export function refuseLastSuperAdministrator(
  account: AccountState,
  { operations, holders }: { operations: readonly string[]; holders: readonly Holder[] },
): Refusal | null {
  if (!needsHolders(account, operations) || !holders.some(({ id }) => id === account.id))
    return null;
  if (holders.some(({ id, status }) => id !== account.id && status === 'ACTIVE')) return null;
  return because(
    'last_super_administrator',
    'The account is the last active super administrator of the Okta organisation.',
  );
}

/**
 * All that is known of a target before anything is done to it. `holders` may be null only where
 * `needsHolders` says no.
 */
export interface RefusalFacts {
  target: TargetFacts;
  protectedList: readonly string[];
  caller: CallerFacts;
  operations: readonly string[];
  holders: readonly Holder[] | null;
}

/**
 * The first refusal that holds of the account itself, null where it may be touched as far as these
 * rules go.
 */
export function refuseTarget({
  target,
  protectedList,
  caller,
  operations,
  holders,
}: RefusalFacts): Refusal | null {
  return (
    refuseProtected(target, protectedList) ??
    refuseOwn(target.account, caller) ??
    // Holders that are not known are nobody else's: fail closed.
    refuseLastSuperAdministrator(target.account, {
      operations,
      holders: holders ?? [{ id: target.account.id, status: 'ACTIVE' }],
    })
  );
}
