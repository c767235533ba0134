/** Changes of a stored approval: each is written only if the approval is still as it was read. */

import { AuditConflictError } from '../../audit/errors.ts';
import { reduceApproval } from '../../governance/approval.ts';
import type { Approval, ApprovalEvent } from '../../governance/approval.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import type { StoreTransaction } from '../../store/types.ts';
import type { UsesClock, UsesStore } from '../support/parts.ts';
import type { GovernedDeps } from './deps.ts';
import { recordOf } from './perform.ts';

const TRIES = 5;

/** The approval changed after it was read: by another workflow on the same request, or its end. */
export class ApprovalChangedError extends Error {
  override readonly name = 'ApprovalChangedError';
}

/** The approval of a request. Throws TypeError if it has none. */
export function approvalOf({ approval, requestId }: ActionRecord): Approval {
  if (!approval) throw new TypeError(`request ${requestId} has no approval`);
  return approval;
}

/** Reads and changes again if the approval changed meanwhile. */
export async function untilUnchanged<Result>(change: () => Promise<Result>): Promise<Result> {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await change();
    } catch (error) {
      const isChange = error instanceof ApprovalChangedError || error instanceof AuditConflictError;
      if (!isChange || left === 1) throw error;
    }
  }
}

/** Applies an event that is not a vote. The first terminal state is final. */
export function applyEvent(
  deps: UsesStore<'requests'> & UsesClock,
  requestId: string,
  event: ApprovalEvent,
): Promise<{ state: Approval['state'] }> {
  return untilUnchanged(async () => {
    const record = await recordOf(deps, requestId);
    const before = approvalOf(record);
    const { approval } = reduceApproval(before, event);
    if (approval !== before) await saveApproval(deps, record, approval);
    return { state: approval.state };
  });
}

/** Throws ApprovalChangedError. */
export async function saveApproval(
  { store, now }: UsesStore<'requests'> & UsesClock,
  record: ActionRecord,
  after: Approval,
  tx: StoreTransaction | null = null,
): Promise<void> {
  const change = { before: approvalOf(record), after };
  const at = now().toISOString();
  if (!(await store.requests.saveApproval(tx, record.requestId, change, at)))
    throw new ApprovalChangedError();
}

/**
 * Writes a vote that counts, with the grant if it completes the approval. Throws
 * ApprovalChangedError, also if the request no longer waits.
 */
export async function recordVote(
  deps: UsesStore<'grants' | 'requests'> & UsesClock & Pick<GovernedDeps, 'settings'>,
  record: ActionRecord,
  next: Approval,
  tx: StoreTransaction,
): Promise<void> {
  const { store, now, settings } = deps;
  const { requestId, connector, operation, argsDigest, principal, obligations } = record;
  const at = now();
  const isApproved = next.state === 'APPROVED';
  await saveApproval(deps, record, next, tx);
  const state = isApproved ? 'approved' : 'pending';
  if (!(await store.requests.move(tx, requestId, ['pending'], { state, at: at.toISOString() })))
    throw new ApprovalChangedError();
  if (!isApproved) return;
  const validFor = obligations.grantValidForMs ?? settings().grantValidForMs;
  await store.grants.issue(tx, {
    requestId,
    connector,
    operation,
    argsDigest,
    principal,
    issuedAt: at.toISOString(),
    expiresAt: new Date(at.getTime() + validFor).toISOString(),
  });
}
