import { Context } from '@temporalio/activity';
import { evidenceOf, removesMemberRights, disables } from '../../flows/effects.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import type { Lease } from '../../store/lease-types.ts';
import type { StoreTransaction } from '../../store/types.ts';
import { retryIn } from '../support/failures.ts';
import { standingAt } from '../flows/standing-at.ts';
import type { GovernedDeps } from './deps.ts';
import type { TargetFacts } from './facts.ts';
import { readerOf } from './people.ts';

/**
 * Longer than one exchange may be on its way: when a lease is over, what its holder sent has had
 * its effect.
 */
const LEASE_MS = 60_000;
const RENEW_EVERY_MS = 10_000;
/** So long a turn is waited for at a time; the activity may take five minutes with it. */
const PATIENCE_MS = 90_000;
const LOOK_EVERY_MS = 250;
/** Waits between looks whether a call shows, milliseconds. */
const SHOWS_WITHIN = [0, 250, 500, 1_000, 2_000, 4_000, 8_000];

/** The turn of one call. */
export interface Turn {
  /** Aborted when the turn was lost: then nothing may be sent any more. */
  signal: AbortSignal;
  /** Holds the turn, in the transaction that begins the call. Throws LeaseLostError. */
  hold(tx: StoreTransaction): Promise<void>;
}

/** Whether a call may leave the Okta organisation with fewer administrators. */
export function leavesFewer(
  { connector, operation }: ActionRecord,
  { raising }: TargetFacts,
): boolean {
  const name = `${connector}:${operation}`;
  if (connector !== 'okta') return false;
  return (
    (raising.targetAdministrator && disables(name)) ||
    (raising.groupGrantsAdmin && removesMemberRights(name))
  );
}

/**
 * Does what takes an administrator away while nobody else does, in the whole organisation: from the
 * last look whether there is another one until the call is on record and shows in Okta. Where what
 * became of it is not known, and where this process is killed, the turn ends by the time of the
 * store.
 */
export async function inTurn<Answer>(
  deps: GovernedDeps,
  record: ActionRecord,
  work: (turn: Turn) => Promise<Answer>,
): Promise<Answer> {
  const { leases } = deps.store;
  const lease = await claimLease(deps, record);
  const keeping = startRenewal(deps, lease);
  try {
    return await work({ signal: keeping.signal, hold: (tx) => leases.renew(tx, lease, LEASE_MS) });
  } finally {
    const over = await isOver(deps, record.requestId).catch(() => false);
    keeping.stop();
    // Where the store does not take it, the time of the lease does.
    if (over) await leases.release(lease).catch(() => undefined);
  }
}

async function claimLease(
  { store, org, random }: GovernedDeps,
  { requestId }: ActionRecord,
): Promise<Lease> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const lease = await store.leases.claim(`administrators:${org}`, requestId, LEASE_MS);
    if (lease !== null) return lease;
    const wait = LOOK_EVERY_MS * (1 + random());
    if (performance.now() > until)
      throw retryIn(wait, 'unavailable', 'another administrator is being taken away');
    await Context.current().sleep(wait);
  }
}

/** Renews the lease while it is needed; one that cannot be renewed ends what is done under it. */
function startRenewal(
  { store }: GovernedDeps,
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

/** Whether what became of the call is known, and shows. */
async function isOver(deps: GovernedDeps, requestId: string): Promise<boolean> {
  const record = await deps.store.requests.get(requestId);
  if (record?.state === 'succeeded') return shows(deps, record);
  return record !== null && record.state !== 'performing' && record.state !== 'unknown';
}

async function shows({ connectors }: GovernedDeps, record: ActionRecord): Promise<boolean> {
  const operation = `${record.connector}:${record.operation}`;
  if (evidenceOf(operation) === 'nothing') return true;
  const looker = { connectors, caller: readerOf(record) };
  for (const wait of SHOWS_WITHIN) {
    await Context.current().sleep(wait);
    if ((await standingAt(looker, { operation, args: record.args }, 'again')) === 'done')
      return true;
  }
  return false;
}
