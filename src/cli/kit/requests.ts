/** Finds governed requests. */

import type { Approval } from '../../governance/approval.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import type { ActionState } from '../../governance/types.ts';
import type { Store } from '../../store/types.ts';
import { CliError, usageError } from './errors.ts';
import { completeId } from './references.ts';
import { plain } from './text.ts';

/**
 * A request by its id or the unique beginning of it, by the workflow id of its approval, or as
 * `latest`. Throws CliError `no_such_request` and `ambiguous`.
 */
export async function findRequest(store: Store, reference: string): Promise<ActionRecord> {
  const id = reference.replace(/^approval\//, '');
  const named = await store.requests.get(id);
  if (named) return named;
  if (id === 'latest') {
    const [newest] = await store.requests.list({ limit: 1 });
    if (newest) return newest;
  }
  const whole = await completeId(store, 'request', id);
  const record = whole === null ? null : await store.requests.get(whole);
  if (record) return record;
  throw new CliError({
    code: 'no_such_request',
    message: `There is no request ${plain(reference)}.`,
    remedy:
      'List waiting requests with `arx approvals list`, or all requests with `arx approvals list --all`.',
  });
}

/** A request that needed approval. Throws CliError `no_such_request` and `no_such_approval`. */
export async function findApproval(
  store: Store,
  reference: string,
): Promise<ActionRecord & { approval: Approval }> {
  if (reference === 'latest')
    throw usageError(
      'Name a request by its id: the latest one may be another by now.',
      '`arx approvals list` shows the ids; the beginning of one is enough.',
    );
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
