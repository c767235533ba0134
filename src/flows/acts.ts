import type { AccountState } from './types.ts';

/** How it is with what an operation is to bring about. */
export type Standing = 'done' | 'ready' | 'wrong_state' | 'unknown';

/** What was looked at: the account, and for memberships whether it is in the group. */
export interface Seen {
  account?: AccountState;
  member?: boolean;
}

type ByStatus = { by: 'status'; done: string; ready: readonly string[] };
type ByMembership = { by: 'membership'; done: boolean; never?: readonly string[] };
/** Changes nothing that could be read back. */
type Unseen = { by: 'nothing' };
interface ActRow {
  seen: ByStatus | ByMembership | Unseen;
  /** The operation that takes it back. */
  opposite?: string;
  /** It keeps the account from being used. */
  takesOut?: true;
}

const status = (done: string, ...ready: readonly string[]): ByStatus => ({
  by: 'status',
  done,
  ready,
});
const joined: ByMembership = { by: 'membership', done: true };
const left: ByMembership = { by: 'membership', done: false };
const unseen: Unseen = { by: 'nothing' };

/** The operations that change an account, and how their effect is seen. */
// prettier-ignore
export const ACTS: Readonly<Record<string, ActRow>> = {
  'okta:users:suspend': { seen: status('SUSPENDED', 'ACTIVE'), opposite: 'okta:users:unsuspend', takesOut: true },
  'okta:users:unsuspend': { seen: status('ACTIVE', 'SUSPENDED'), opposite: 'okta:users:suspend' },
  'okta:users:deactivate': { seen: status('DEPROVISIONED', 'STAGED', 'PROVISIONED', 'ACTIVE', 'RECOVERY', 'LOCKED_OUT', 'PASSWORD_EXPIRED', 'SUSPENDED'), opposite: 'okta:users:activate', takesOut: true },
  'okta:users:activate': { seen: status('ACTIVE', 'STAGED', 'DEPROVISIONED'), opposite: 'okta:users:deactivate' },
  'okta:users:expire_password': { seen: status('PASSWORD_EXPIRED', 'ACTIVE') },
  'okta:users:reset_password': { seen: unseen },
  'okta:users:clear_sessions': { seen: unseen },
  // A user who is gone cannot be added.
  'okta:groups:add_member': { seen: { ...joined, never: ['DEPROVISIONED'] }, opposite: 'okta:groups:remove_member' },
  'okta:groups:remove_member': { seen: left, opposite: 'okta:groups:add_member' },
  'entra:users:disable': { seen: status('DISABLED', 'ENABLED'), opposite: 'entra:users:enable', takesOut: true },
  'entra:users:enable': { seen: status('ENABLED', 'DISABLED'), opposite: 'entra:users:disable' },
  'entra:users:revoke_sessions': { seen: unseen },
  'entra:groups:add_member': { seen: joined, opposite: 'entra:groups:remove_member' },
  'entra:groups:remove_member': { seen: left, opposite: 'entra:groups:add_member' },
  'google:users:suspend': { seen: status('SUSPENDED', 'ACTIVE'), opposite: 'google:users:unsuspend', takesOut: true },
  'google:users:unsuspend': { seen: status('ACTIVE', 'SUSPENDED'), opposite: 'google:users:suspend' },
  'salesforce:users:deactivate': { seen: status('INACTIVE', 'ACTIVE'), opposite: 'salesforce:users:activate', takesOut: true },
  'salesforce:users:activate': { seen: status('ACTIVE', 'INACTIVE'), opposite: 'salesforce:users:deactivate' },
};

const rowOf = (operation: string): ActRow | undefined =>
  Object.hasOwn(ACTS, operation) ? ACTS[operation] : undefined;

/**
 * What has to be read to see an operation's effect; `nothing`: it cannot be seen (notifications,
 * sessions).
 */
export const evidenceOf = (operation: string): 'status' | 'membership' | 'nothing' =>
  rowOf(operation)?.seen.by ?? 'nothing';

/** True for operations that change an account: everything but notifications and reads. */
export const isAct = (operation: string): boolean => rowOf(operation) !== undefined;

/**
 * True where the operation keeps the account from being used: what the last super administrator
 * must be spared.
 */
export const takesOut = (operation: string): boolean => rowOf(operation)?.takesOut === true;

/** Operations of Okta that may take rights away from the members of a group. */
const TAKES_FROM_MEMBERS: ReadonlySet<string> = new Set([
  'okta:groups:remove_member',
  'okta:groups:delete',
]);

/**
 * True where the operation ends what a group gives somebody: with a group of administrators, it
 * leaves fewer of them.
 */
export const takesFromMembers = (operation: string): boolean => TAKES_FROM_MEMBERS.has(operation);

/** The operation that takes another one back; null where nothing does. */
export const oppositeOf = (operation: string): string | null => rowOf(operation)?.opposite ?? null;

/**
 * How an operation's effect stands, by what was seen: done already, ready to be brought about, not
 * possible from here, or unknown (not looked at, or nothing to see).
 */
export function standingOf(operation: string, { account, member }: Seen): Standing {
  const seen = rowOf(operation)?.seen ?? unseen;
  if (seen.by === 'nothing') return 'unknown';
  if (seen.by === 'membership') return standingInGroup(seen, { account, member });
  if (account === undefined) return 'unknown';
  if (account.status === seen.done) return 'done';
  return seen.ready.includes(account.status) ? 'ready' : 'wrong_state';
}

function standingInGroup({ done, never }: ByMembership, { account, member }: Seen): Standing {
  if (member === undefined) return 'unknown';
  if (member === done) return 'done';
  if (never === undefined) return 'ready';
  if (account === undefined) return 'unknown';
  return never.includes(account.status) ? 'wrong_state' : 'ready';
}
