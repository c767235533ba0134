import type { FlowEnds } from '../../client/flow-ends.ts';
import { closeEndedApprovals } from '../../services/approvals/close-ended-approvals.ts';
import type { Store } from '../../store/types.ts';
import { createWorkflowEnds } from '../flows/workflow-ends.ts';
import type { Io } from '../kit/io.ts';
import { findRequest } from '../kit/requests.ts';
import { loadSettings } from '../kit/settings.ts';
import type { ApprovalOptions } from './command.ts';

// The newest of those that wait; each is one question to Temporal.
const MOST_WAITING = 50;

/**
 * Closes waiting requests whose workflows were ended in Temporal: one request, or all of them. If
 * Temporal cannot be reached, they stay as they are stored.
 */
export async function closeEnded(
  io: Io,
  store: Store,
  options: Pick<ApprovalOptions, 'config' | 'local'>,
  reference?: string,
): Promise<void> {
  const settings = await loadSettings(io, options).catch(() => null);
  if (settings === null) return;
  const { ends, close } = createWorkflowEnds(settings, options);
  try {
    await closeEndedBy(ends, store, reference);
  } finally {
    await close();
  }
}

/** The same, over a connection that is open. */
export async function closeEndedBy(
  ends: FlowEnds,
  store: Store,
  reference?: string,
): Promise<void> {
  const records =
    reference === undefined
      ? await store.requests.list({ states: ['pending', 'approved'], limit: MOST_WAITING })
      : [await findRequest(store, reference)];
  await closeEndedApprovals({ store, ends, now: () => new Date() }, records);
}
