import { Context } from '@temporalio/activity';
import { evidenceOf, removesMemberRights } from '../../flows/effects.ts';
import { takesAccess } from '../../governance/catalogue.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import type { Lease } from '../../store/lease-types.ts';
import type { StoreTransaction } from '../../store/types.ts';
import { retryIn } from '../support/failures.ts';
import { readTargetState } from '../flows/target-state.ts';
import type { AccountConnector } from '../../flows/types.ts';
import type { UsesConnectors, UsesStore } from '../support/parts.ts';
import type { GovernedDeps } from './deps.ts';
import type { TargetFacts } from './facts.ts';
import { readerOf } from './user-reader.ts';

/** Longer than a call may take: when the lease ends, a call of its holder has taken effect. */
const LEASE_MS = 60_000;
const RENEW_EVERY_MS = 10_000;
/** How long one attempt waits for the lock; the activity may take five minutes. */
const WAIT_MS = 90_000;
const CLAIM_EVERY_MS = 250;
/** Waits before each check whether the effect of a call is visible, milliseconds. */
const CHECK_WAITS = [0, 250, 500, 1_000, 2_000, 4_000, 8_000];

/** The lock under which a call takes an administrator away. */
export interface AdministratorLock {
  /** Aborted when the lock is lost: then nothing may be sent any more. */
  signal: AbortSignal;
  /** Extends the lock in the transaction that begins the call. Throws LeaseLostError. */
  renew(tx: StoreTransaction): Promise<void>;
}

/** Whether a call may take an administrator away from the Okta organisation. */
export function removesAdministrator(
  { connector, operation }: ActionRecord,
  { raising }: TargetFacts,
): boolean {
  const name = `${connector}:${operation}`;
  if (connector !== 'okta') return false;
  return (
    (raising.targetAdministrator && takesAccess(name)) ||
    (raising.groupGrantsAdmin && removesMemberRights(name))
  );
}

type LockDeps = UsesStore<'leases' | 'requests'> &
  UsesConnectors<AccountConnector> &
  Pick<GovernedDeps, 'org' | 'random'>;

/**
 * Runs `work` while no other call in the organisation takes an administrator away. The lock is held
 * from the check for another administrator until the call is recorded and visible in Okta. If the
 * outcome stays unknown, or this process is killed, the lock expires by the clock of the store.
 */
export async function withAdministratorLock<Answer>(
  deps: LockDeps,
  record: ActionRecord,
  work: (lock: AdministratorLock) => Promise<Answer>,
): Promise<Answer> {
  const { leases } = deps.store;
  const lease = await claimLease(deps, record);
  const keeping = startRenewal(deps, lease);
  try {
    return await work({ signal: keeping.signal, renew: (tx) => leases.renew(tx, lease, LEASE_MS) });
  } finally {
    const settled = await isSettled(deps, record.requestId).catch(() => false);
    keeping.stop();
    // If the store does not answer, the lease expires.
    if (settled) await leases.release(lease).catch(() => undefined);
  }
}

async function claimLease(
  { store, org, random }: LockDeps,
  { requestId }: ActionRecord,
): Promise<Lease> {
  const until = performance.now() + WAIT_MS;
  for (;;) {
    const lease = await store.leases.claim(`administrators:${org}`, requestId, LEASE_MS);
    if (lease !== null) return lease;
    const wait = CLAIM_EVERY_MS * (1 + random());
    if (performance.now() > until)
      throw retryIn(wait, 'unavailable', 'another call is removing an administrator');
    await Context.current().sleep(wait);
  }
}

/** Renews the lease while it is needed. If it cannot be renewed, the work under it is aborted. */
function startRenewal(
  { store }: UsesStore<'leases'>,
  lease: Lease,
): { signal: AbortSignal; stop: () => void } {
  const lost = new AbortController();
  let since = performance.now();
  const renew = async (): Promise<void> => {
    const at = performance.now();
    try {
      await store.leases.renew(null, lease, LEASE_MS);
      since = at;
    } catch (error) {
      const isLost = (error as Error).name === 'LeaseLostError';
      if (isLost || performance.now() - since > LEASE_MS - 2 * RENEW_EVERY_MS) lost.abort();
    }
  };
  const timer = setInterval(() => void renew(), RENEW_EVERY_MS);
  return { signal: lost.signal, stop: () => clearInterval(timer) };
}

/** Whether the outcome of the call is known and visible. */
async function isSettled(deps: LockDeps, requestId: string): Promise<boolean> {
  const record = await deps.store.requests.get(requestId);
  if (record?.state === 'succeeded') return isVisible(deps, record);
  return record !== null && record.state !== 'performing' && record.state !== 'unknown';
}

async function isVisible(
  { connectors }: UsesConnectors<AccountConnector>,
  record: ActionRecord,
): Promise<boolean> {
  const operation = `${record.connector}:${record.operation}`;
  if (evidenceOf(operation) === 'nothing') return true;
  const reader = { connectors, caller: readerOf(record) };
  for (const wait of CHECK_WAITS) {
    await Context.current().sleep(wait);
    if ((await readTargetState(reader, { operation, args: record.args }, 'again')) === 'done')
      return true;
  }
  return false;
}
