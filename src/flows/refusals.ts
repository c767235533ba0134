/** The rules that refuse a flow for an account or an event. */

import { takesAccess } from '../governance/catalogue.ts';
import { productOf } from './products.ts';
import { isOwnTenant } from './tenants.ts';
import type { OwnTenants } from './tenants.ts';
import { comparable } from './comparable.ts';
import type { AccountState, DeniedCode, Flow, Issue, IssueAccount } from './types.ts';

/** Why nothing is done: a code and a sentence without personal data. */
export interface Refusal {
  code: DeniedCode;
  message: string;
}

const refusal = (code: DeniedCode, message: string): Refusal => ({ code, message });

/** The allowed difference between the clocks of sender and worker. Later events are refused. */
const CLOCK_DIFFERENCE_MS = 300_000;

/** Refuses an event that is too old or from the future. Times in milliseconds. */
export function refuseAge(
  { at }: Pick<Issue, 'at'>,
  { now, maxAgeMs }: { now: number; maxAgeMs: number },
): Refusal | null {
  const age = now - Date.parse(at);
  // Negated so that an invalid time is refused.
  if (age <= maxAgeMs && age >= -CLOCK_DIFFERENCE_MS) return null;
  return refusal(
    'stale_event',
    'The event is older than remediation.max_event_age, or its time is in the future.',
  );
}

/** Refuses an account in a foreign tenant, or of an unknown product. */
export const refuseTenant = (
  account: Pick<IssueAccount, 'product' | 'tenant'>,
  own: OwnTenants,
): Refusal | null =>
  isOwnTenant(account, own)
    ? null
    : refusal('foreign_tenant', 'The account is in a tenant that is not configured.');

/** Refuses an account of another product than the flow's. */
export function refuseProduct(
  { product }: Pick<Flow, 'product'>,
  account: Pick<IssueAccount, 'product'>,
): Refusal | null {
  if (product === null || productOf(account.product) === product) return null;
  return refusal('wrong_product', `The flow is for accounts of ${product}.`);
}

/** The account as it is now in its product, and its groups in Okta (empty for other products). */
export interface TargetFacts {
  account: AccountState;
  groups: readonly { id: string; name: string }[];
}

const namesOf = ({ login, emails }: AccountState): string[] =>
  [...(login === null ? [] : [login]), ...emails].map(comparable);

/**
 * Refuses an account on the protected list: by its login or one of its addresses (in every
 * product), by its id, or in Okta by the id or exact name of one of its groups.
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
  return hit ? refusal('protected', 'The account is on the protected list.') : null;
}

/** The caller: the person's names, and the Okta id if it was looked up. */
export interface CallerFacts {
  names: readonly string[];
  oktaId: string | null;
}

/** Refuses the caller's own account: by login or address in every product, in Okta also by id. */
export function refuseOwn(account: AccountState, caller: CallerFacts): Refusal | null {
  const names = new Set(caller.names.map(comparable));
  const own =
    namesOf(account).some((name) => names.has(name)) ||
    (account.connector === 'okta' && caller.oktaId !== null && caller.oktaId === account.id);
  return own ? refusal('own_account', 'The account belongs to the caller.') : null;
}

/** Whether one of these roles is an active SUPER_ADMIN role. Okta may omit the status. */
export const isSuperAdministrator = (
  roles: readonly { type: string; status: string | null }[],
): boolean =>
  roles.some(({ type, status }) => type === 'SUPER_ADMIN' && (status ?? 'ACTIVE') === 'ACTIVE');

/** A user who holds SUPER_ADMIN in Okta, directly or through a group. */
export interface SuperAdministrator {
  id: string;
  /** Okta's status. */
  status: string;
}

/**
 * Whether the super administrators must be read: for an Okta account and an operation that takes its
 * access away or resets it.
 */
export const needsSuperAdministrators = (
  { connector }: AccountState,
  operations: readonly string[],
): boolean => connector === 'okta' && operations.some(takesAccess);

/** Refuses to take access from a super administrator if no other one is ACTIVE. */
export function refuseLastSuperAdministrator(
  account: AccountState,
  {
    operations,
    holders,
  }: { operations: readonly string[]; holders: readonly SuperAdministrator[] },
): Refusal | null {
  if (
    !needsSuperAdministrators(account, operations) ||
    !holders.some(({ id }) => id === account.id)
  )
    return null;
  if (holders.some(({ id, status }) => id !== account.id && status === 'ACTIVE')) return null;
  return refusal(
    'last_super_administrator',
    'The account is the last active super administrator of the Okta organisation.',
  );
}

/**
 * Everything known about a target before it is changed. `holders` may be null only if
 * `needsSuperAdministrators` is false.
 */
export interface RefusalFacts {
  target: TargetFacts;
  protectedList: readonly string[];
  caller: CallerFacts;
  operations: readonly string[];
  holders: readonly SuperAdministrator[] | null;
}

/** The first refusal that applies to the account itself; null if these rules allow the change. */
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
    // Fail closed: if the holders are unknown, the account counts as the only one.
    refuseLastSuperAdministrator(target.account, {
      operations,
      holders: holders ?? [{ id: target.account.id, status: 'ACTIVE' }],
    })
  );
}
