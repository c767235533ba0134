import * as wf from '@temporalio/workflow';
import type { GovernedActivities, OpenedRequest } from '../activities/governance/types.ts';
import type { ActionState } from '../governance/types.ts';
import { approval } from './approval.ts';
import { parseInput, FORMS } from './support/input.ts';
import { approvalId, cancelApprovalSignal } from './messages.ts';
import type {
  DecisionAnswer,
  GovernedOperationInput,
  GovernedOperationResult,
} from './messages.ts';

const activities = wf.proxyActivities<GovernedActivities>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds' },
});

const INPUT = {
  inputRef: FORMS.text,
  operation: FORMS.text,
  params: FORMS.object,
  reason: FORMS.text,
  as: FORMS.text,
  onBehalfOf: FORMS.text,
};

/** One operation: request, policy, approval if needed, call, and audit record. */
export async function governedOperation(
  given?: GovernedOperationInput,
): Promise<GovernedOperationResult> {
  const input = parseInput<GovernedOperationInput>(given, INPUT);
  const requestId = wf.uuid4();
  const { firstExecutionRunId: run, startTime } = wf.workflowInfo();
  const startedAt = startTime.getTime();
  const opened = await activities.openRequest({
    requestId,
    run,
    input,
    now: Date.now(),
    startedAt,
  });
  const decided = opened.state === 'pending' ? await awaitApproval(requestId) : opened;
  const ready = decided.state === 'open' || decided.state === 'approved';
  const ended = ready ? await perform(requestId) : decided;
  return {
    request: requestId,
    state: ended.state as GovernedOperationResult['state'],
    code: ended.code,
  };
}

const END_STATES: Record<Exclude<DecisionAnswer['state'], 'PENDING' | 'APPROVED'>, ActionState> = {
  DENIED: 'rejected',
  EXPIRED: 'expired',
  CANCELLED: 'cancelled',
};

/** Makes the call. If it is cancelled, finds out its outcome, so that every call has a record. */
async function perform(requestId: string): Promise<OpenedRequest> {
  try {
    return await activities.performRequest({ requestId });
  } catch (error) {
    if (!wf.isCancellation(error)) throw error;
    return await wf.CancellationScope.nonCancellable(() =>
      activities.endRequest({ requestId, state: 'cancelled' }),
    );
  }
}

/**
 * Waits for an approval. The approval survives the end of this workflow. A cancellation is recorded
 * first, which proves it to the approval, and then passed on by a signal. If the approval was
 * terminated, nothing is called.
 */
async function awaitApproval(requestId: string): Promise<OpenedRequest> {
  const child = await wf.startChild(approval, {
    workflowId: approvalId(requestId),
    args: [{ requestId }],
    parentClosePolicy: wf.ParentClosePolicy.ABANDON,
    cancellationType: wf.ChildWorkflowCancellationType.ABANDON,
  });
  try {
    const { state } = await child.result();
    if (state === 'APPROVED') return { state: 'approved', code: null };
    return await activities.endRequest({
      requestId,
      state: state === 'PENDING' ? 'expired' : END_STATES[state],
    });
  } catch (error) {
    return await wf.CancellationScope.nonCancellable(async () => {
      const code = wf.isCancellation(error) ? {} : { code: 'approval_terminated' };
      const ended = await activities.endRequest({ requestId, state: 'cancelled', ...code });
      await child.signal(cancelApprovalSignal).catch(() => undefined);
      return ended;
    });
  }
}
