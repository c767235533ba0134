import { AuditConflictError } from '../../audit/errors.ts';
import type { AuditDraft } from '../../audit/types.ts';
import type { FlowEnds } from '../../client/flow-ends.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import type { Store, StoreTransaction } from '../../store/types.ts';
import { approvalId } from '../../workflows/messages.ts';

/** What looking up ended approvals needs; without `ends`, records stay as they are stored. */
export interface EndedApprovalParts {
  store: Pick<Store, 'journal' | 'requests'>;
  ends: Pick<FlowEnds, 'findEndCode'> | null;
  now: () => Date;
}

/** Requests that are looked up in Temporal for one answer. */
const MAX_LOOKUPS = 50;

/** Rolls back the transaction of the process that closes a request second. */
class AlreadyClosedError extends Error {}

/**
 * Returns the requests in their real state. A waiting request whose operation, or whose approval,
 * was ended in Temporal (terminated, timed out) is closed as cancelled, with a code for the cause: a
 * decision about it would have no effect.
 */
export async function closeEndedApprovals(
  parts: EndedApprovalParts,
  records: readonly ActionRecord[],
): Promise<ActionRecord[]> {
  const { ends } = parts;
  if (ends === null) return [...records];
  const due = records.filter(({ state }) => state === 'pending' || state === 'approved');
  const looked = await Promise.all(
    due.slice(0, MAX_LOOKUPS).map(async (record) => {
      const code = await findEnd(ends, record);
      return [record.requestId, code === null ? record : await close(parts, record, code)] as const;
    }),
  );
  const fresh = new Map(looked);
  return records.map((record) => fresh.get(record.requestId) ?? record);
}

async function findEnd(
  ends: Pick<FlowEnds, 'findEndCode'>,
  { requestId, workflowId, state }: ActionRecord,
): Promise<string | null> {
  const operation = await ends.findEndCode(workflowId);
  if (operation !== null) return CODES[operation] ?? 'operation_ended';
  if (state !== 'pending') return null;
  return (await ends.findEndCode(approvalId(requestId))) === null ? null : 'approval_terminated';
}

const CODES: Readonly<Record<string, string>> = {
  terminated: 'operation_terminated',
  timed_out: 'operation_timed_out',
  cancelled: 'cancelled',
  workflow_failed: 'operation_failed',
};

async function close(
  { store, now }: EndedApprovalParts,
  record: ActionRecord,
  code: string,
): Promise<ActionRecord> {
  const { requestId, approval } = record;
  const at = now().toISOString();
  const closed =
    approval?.state === 'PENDING' ? { ...approval, state: 'CANCELLED' as const } : null;
  const drafts = [
    draftOf(record, { kind: 'action.failed', at, outcome: { state: 'cancelled', code } }),
    ...(closed
      ? [
          draftOf(record, {
            kind: 'approval.closed',
            sequence: 0,
            at,
            outcome: { state: closed.state, votes: closed.votes.length },
          }),
        ]
      : []),
  ];
  const effect = async (tx: StoreTransaction): Promise<void> => {
    const end = { state: 'cancelled', outcome: { code }, at } as const;
    const isMoved = await store.requests.move(tx, requestId, [record.state], end);
    const isSaved =
      !closed ||
      !approval ||
      (await store.requests.saveApproval(tx, requestId, { before: approval, after: closed }, at));
    if (!isMoved || !isSaved) throw new AlreadyClosedError();
  };
  try {
    await store.journal.append(drafts, effect);
  } catch (thrown) {
    if (!(thrown instanceof AlreadyClosedError || thrown instanceof AuditConflictError))
      throw thrown;
  }
  return (await store.requests.get(requestId)) ?? record;
}

/** An entry about a request, as the worker writes it. */
function draftOf(
  { requestId, workflowId, run, principal, authenticatedBy, surface }: ActionRecord,
  what: Pick<AuditDraft, 'kind' | 'sequence' | 'at' | 'outcome'>,
): AuditDraft {
  return {
    workflowId,
    run,
    subject: requestId,
    actor: { principal, authenticatedBy },
    surface,
    ...what,
  };
}
