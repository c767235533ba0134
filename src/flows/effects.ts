/** The operations that change an account, how their effect is observed, and what undoes them. */

import type { AccountState } from './types.ts';

/**
 * Whether the effect of an operation is achieved (`done`), possible (`ready`), impossible from the
 * current state (`wrong_state`), or unknown.
 */
export type EffectState = 'done' | 'ready' | 'wrong_state' | 'unknown';

/** What was read: the account, and for memberships whether it is a member of the group. */
export interface Observation {
  account?: AccountState;
  member?: boolean;
}

type ByStatus = { by: 'status'; done: readonly string[]; ready: readonly string[] };
type ByMembership = { by: 'membership'; done: boolean; never?: readonly string[] };
/** No effect that can be read. */
type Unobservable = { by: 'nothing' };
interface EffectRow {
  effect: ByStatus | ByMembership | Unobservable;
  /** The operation that undoes it. */
  inverse?: string;
}

const status = (done: string | readonly string[], ...ready: readonly string[]): ByStatus => ({
  by: 'status',
  done: typeof done === 'string' ? [done] : done,
  ready,
});
const IS_MEMBER: ByMembership = { by: 'membership', done: true };
const IS_NO_MEMBER: ByMembership = { by: 'membership', done: false };
const UNOBSERVABLE: Unobservable = { by: 'nothing' };

/** The operations that change an account, and how their effect is observed. */
// prettier-ignore
export const EFFECTS: Readonly<Record<string, EffectRow>> = {
  'okta:users:suspend': { effect: status('SUSPENDED', 'ACTIVE'), inverse: 'okta:users:unsuspend' },
  'okta:users:unsuspend': { effect: status('ACTIVE', 'SUSPENDED'), inverse: 'okta:users:suspend' },
  'okta:users:deactivate': { effect: status('DEPROVISIONED', 'STAGED', 'PROVISIONED', 'ACTIVE', 'RECOVERY', 'LOCKED_OUT', 'PASSWORD_EXPIRED', 'SUSPENDED'), inverse: 'okta:users:activate' },
  // Without a password, an activated user is PROVISIONED until they set one.
  'okta:users:activate': { effect: status(['ACTIVE', 'PROVISIONED'], 'STAGED', 'DEPROVISIONED'), inverse: 'okta:users:deactivate' },
  'okta:users:expire_password': { effect: status('PASSWORD_EXPIRED', 'ACTIVE') },
  'okta:users:reset_password': { effect: UNOBSERVABLE },
  'okta:users:clear_sessions': { effect: UNOBSERVABLE },
  // A deprovisioned user cannot be added.
  'okta:groups:add_member': { effect: { ...IS_MEMBER, never: ['DEPROVISIONED'] }, inverse: 'okta:groups:remove_member' },
  'okta:groups:remove_member': { effect: IS_NO_MEMBER, inverse: 'okta:groups:add_member' },
  'entra:users:disable': { effect: status('DISABLED', 'ENABLED', 'NOT_SET'), inverse: 'entra:users:enable' },
  'entra:users:enable': { effect: status('ENABLED', 'DISABLED', 'NOT_SET'), inverse: 'entra:users:disable' },
  'entra:users:revoke_sessions': { effect: UNOBSERVABLE },
  'entra:groups:add_member': { effect: IS_MEMBER, inverse: 'entra:groups:remove_member' },
  'entra:groups:remove_member': { effect: IS_NO_MEMBER, inverse: 'entra:groups:add_member' },
  'google:users:suspend': { effect: status('SUSPENDED', 'ACTIVE'), inverse: 'google:users:unsuspend' },
  'google:users:unsuspend': { effect: status('ACTIVE', 'SUSPENDED'), inverse: 'google:users:suspend' },
  'salesforce:users:deactivate': { effect: status('INACTIVE', 'ACTIVE', 'FROZEN', 'LOCKED'), inverse: 'salesforce:users:activate' },
  'salesforce:users:activate': { effect: status(['ACTIVE', 'FROZEN', 'LOCKED'], 'INACTIVE'), inverse: 'salesforce:users:deactivate' },
};

const rowOf = (operation: string): EffectRow | undefined =>
  Object.hasOwn(EFFECTS, operation) ? EFFECTS[operation] : undefined;

/**
 * What must be read to observe an operation's effect; `nothing` if it cannot be observed
 * (notifications, sessions).
 */
export const evidenceOf = (operation: string): 'status' | 'membership' | 'nothing' =>
  rowOf(operation)?.effect.by ?? 'nothing';

/** Whether an operation changes an account; notifications and reads do not. */
export const isChange = (operation: string): boolean => rowOf(operation) !== undefined;

/** Okta operations that may remove rights from the members of a group. */
const REMOVES_MEMBER_RIGHTS: ReadonlySet<string> = new Set([
  'okta:groups:remove_member',
  'okta:groups:delete',
]);

/**
 * Whether the operation removes rights that a group grants; for a group of administrators, it
 * reduces their number.
 */
export const removesMemberRights = (operation: string): boolean =>
  REMOVES_MEMBER_RIGHTS.has(operation);

/** The operation that undoes another one; null if none does. */
export const inverseOf = (operation: string): string | null => rowOf(operation)?.inverse ?? null;

/**
 * The state of an operation's effect, given what was read. Unknown if nothing was read or the
 * effect cannot be observed.
 */
export function effectState(operation: string, { account, member }: Observation): EffectState {
  const seen = rowOf(operation)?.effect ?? UNOBSERVABLE;
  if (seen.by === 'nothing') return 'unknown';
  if (seen.by === 'membership') return membershipState(seen, { account, member });
  if (account === undefined) return 'unknown';
  if (seen.done.includes(account.status)) return 'done';
  return seen.ready.includes(account.status) ? 'ready' : 'wrong_state';
}

function membershipState(
  { done, never }: ByMembership,
  { account, member }: Observation,
): EffectState {
  if (member === undefined) return 'unknown';
  if (member === done) return 'done';
  if (never === undefined) return 'ready';
  if (account === undefined) return 'unknown';
  return never.includes(account.status) ? 'wrong_state' : 'ready';
}
