/** Finds governed requests. */

import type { Approval } from '../../governance/approval.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import type { ActionState } from '../../governance/types.ts';
import type { Store } from '../../store/types.ts';
import { CliError } from './errors.ts';

/**
 * A request by its id, or by the workflow id of its approval. Throws CliError `no_such_request`.
 */
export async function findRequest(store: Store, reference: string): Promise<ActionRecord> {
  const record = await store.requests.get(reference.replace(/^approval\//, ''));
  if (record) return record;
  throw new CliError({
    code: 'no_such_request',
    message: 'There is no request with that id.',
    remedy:
      'List waiting requests with `arx approvals list`, or all requests with `arx approvals list --all`.',
  });
}

/** A request that needed approval. Throws CliError `no_such_request` and `no_such_approval`. */
export async function findApproval(
  store: Store,
  reference: string,
): Promise<ActionRecord & { approval: Approval }> {
  const record = await findRequest(store, reference);
  if (record.approval) return { ...record, approval: record.approval };
  throw new CliError({
    code: 'no_such_approval',
    message: `Request ${record.requestId} did not need approval; its state is ${record.state}.`,
    remedy: `See \`arx approvals why ${record.requestId}\`.`,
  });
}

const ENDS: ReadonlySet<ActionState> = new Set([
  'succeeded',
  'failed',
  'denied',
  'rejected',
  'expired',
  'cancelled',
  'stale',
  'unknown',
]);

/** Whether the operation of a request has ended. */
export const isEnded = (state: ActionState): boolean => ENDS.has(state);
