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

/** One operation, from the request over policy and approval to the call and its record. */
export async function governedOperation(
  given?: GovernedOperationInput,
): Promise<GovernedOperationResult> {
  const input = parseInput<GovernedOperationInput>(given, INPUT);
  const requestId = wf.uuid4();
  const { firstExecutionRunId: run } = wf.workflowInfo();
  const opened = await activities.openRequest({ requestId, run, input, now: Date.now() });
  const answered = opened.state === 'pending' ? await ask(requestId) : opened;
  const ready = answered.state === 'open' || answered.state === 'approved';
  const ended = ready ? await perform(requestId) : answered;
  return {
    request: requestId,
    state: ended.state as GovernedOperationResult['state'],
    code: ended.code,
  };
}

const END: Record<Exclude<DecisionAnswer['state'], 'PENDING' | 'APPROVED'>, ActionState> = {
  DENIED: 'rejected',
  EXPIRED: 'expired',
  CANCELLED: 'cancelled',
};

/**
 * Makes the call. Where that is broken off, what became of it is looked up, so that no call is left
 * without a record.
 */
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
 * Asks people. The approval lives on its own, so that it survives this workflow; cancelling reaches
 * it by a message.
 */
async function ask(requestId: string): Promise<OpenedRequest> {
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
      state: state === 'PENDING' ? 'expired' : END[state],
    });
  } catch (error) {
    if (!wf.isCancellation(error)) throw error;
    return await wf.CancellationScope.nonCancellable(async () => {
      await child.signal(cancelApprovalSignal).catch(() => undefined);
      return activities.endRequest({ requestId, state: 'cancelled' });
    });
  }
}
