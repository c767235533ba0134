/** Starts governed operations in Temporal, and sends decisions to their approvals. */

import { randomBytes } from 'node:crypto';
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { WorkflowEndedError, resultOf } from '../client.ts';
import type { StartedWorkflow, TemporalLink } from '../client.ts';
import {
  GOVERNED_WORKFLOW,
  TASK_QUEUE,
  approvalId,
  approvalQuery,
  approveSignal,
  decideUpdate,
  denySignal,
} from '../workflows/messages.ts';
import type {
  ApprovalView,
  DecisionAnswer,
  DecisionInput,
  GovernedOperationInput,
  GovernedOperationResult,
} from '../workflows/messages.ts';

/** A decision as sent by the command line; the id makes repeating it harmless. */
export type Decision = DecisionInput & { decisionId: string; verdict: 'approve' | 'deny' };

/**
 * The outcome of sending a decision: its answer; no answer yet (the decision may still count); or
 * no approval is waiting for it.
 */
export type DecisionDelivery =
  { kind: 'answered'; answer: DecisionAnswer } | { kind: 'unanswered' } | { kind: 'closed' };

type GovernedOperation = (input: GovernedOperationInput) => Promise<GovernedOperationResult>;

/** `governed-operation/<UTC time to the millisecond>-<8 random hex digits>`. */
export function newOperationId(now: Date): string {
  return `governed-operation/${now.toISOString()}-${randomBytes(4).toString('hex')}`;
}

/**
 * Starts a governed operation; personal data in its arguments is in the store, under `inputRef`.
 */
export async function startGovernedOperation(
  { client }: TemporalLink,
  input: GovernedOperationInput,
  workflowId = newOperationId(new Date()),
): Promise<StartedWorkflow> {
  const options = { taskQueue: TASK_QUEUE, workflowId, args: [input] as [GovernedOperationInput] };
  const handle = await client.workflow.start<GovernedOperation>(GOVERNED_WORKFLOW, options);
  return { workflowId, run: handle.firstExecutionRunId };
}

/** Waits for the end of a governed operation. Throws WorkflowEndedError. */
export const operationResult = (
  { client }: TemporalLink,
  { workflowId, run }: StartedWorkflow,
): Promise<GovernedOperationResult> =>
  resultOf(client.workflow.getHandle<GovernedOperation>(workflowId, run));

/**
 * Sends a decision as a signal, which Temporal keeps until a worker runs; there is no answer. False
 * if no approval is waiting for it.
 */
export async function signalDecision(
  { client }: TemporalLink,
  requestId: string,
  { verdict, ...decision }: Decision,
): Promise<boolean> {
  const handle = client.workflow.getHandle(approvalId(requestId));
  try {
    if (verdict === 'approve') await handle.signal(approveSignal, decision);
    else await handle.signal(denySignal, decision);
    return true;
  } catch (thrown) {
    if (thrown instanceof WorkflowNotFoundError) return false;
    throw thrown;
  }
}

/**
 * Sends a decision and waits for its answer. Throws WorkflowEndedError if the approval rejects it
 * as malformed.
 */
export async function decide(
  { client }: TemporalLink,
  requestId: string,
  decision: Decision,
  timeoutMs = 15_000,
): Promise<DecisionDelivery> {
  const handle = client.workflow.getHandle(approvalId(requestId));
  const options = { args: [decision] as [Decision], updateId: decision.decisionId };
  try {
    const answer = await client.withDeadline(Date.now() + timeoutMs, () =>
      handle.executeUpdate(decideUpdate, options),
    );
    return { kind: 'answered', answer };
  } catch (thrown) {
    if (thrown instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return { kind: 'unanswered' };
    if (thrown instanceof WorkflowNotFoundError) return { kind: 'closed' };
    if (thrown instanceof WorkflowUpdateFailedError) throw decisionError(thrown);
    throw thrown;
  }
}

function decisionError({ cause, message }: WorkflowUpdateFailedError): WorkflowEndedError {
  const coded = (cause as { type?: unknown } | undefined)?.type;
  return new WorkflowEndedError(
    typeof coded === 'string' ? coded : 'decision_failed',
    cause?.message ?? message,
  );
}

/**
 * The state of an approval; null if no worker answers within `timeoutMs`, or if there is no such
 * approval.
 */
export async function approvalView(
  { client }: TemporalLink,
  requestId: string,
  timeoutMs = 2_000,
): Promise<ApprovalView | null> {
  const handle = client.workflow.getHandle(approvalId(requestId));
  try {
    return await client.withDeadline(Date.now() + timeoutMs, () => handle.query(approvalQuery));
  } catch {
    return null;
  }
}
