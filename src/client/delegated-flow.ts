import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { describe, resultOf } from '../client.ts';
import type { StartedWorkflow, TemporalLink } from '../client.ts';
import type { FlowRunRecord } from '../store/flow-types.ts';
import { FLOW_WORKFLOW, flowProgressQuery } from '../workflows/messages.ts';
import type {
  DelegatedFlowInput,
  DelegatedFlowResult,
  FlowProgress,
} from '../workflows/messages.ts';
import { queryWorkflow, START_ONCE, startWorkflow } from './start-workflow.ts';

type DelegatedFlow = (input: DelegatedFlowInput) => Promise<DelegatedFlowResult>;

/**
 * Starts the workflow of an opened run. A workflow that is already started is left alone, so
 * repeating an event repairs a lost start. Null if the run has ended and there is nothing to start.
 */
export async function startFlow(
  link: TemporalLink,
  { run, workflowId, state }: Pick<FlowRunRecord, 'run' | 'workflowId' | 'state'>,
): Promise<StartedWorkflow | null> {
  if (state === 'ended') return null;
  try {
    return await startWorkflow<DelegatedFlow>(
      link,
      { type: FLOW_WORKFLOW, workflowId, input: { run } },
      START_ONCE,
    );
  } catch (thrown) {
    if (!(thrown instanceof WorkflowExecutionAlreadyStartedError)) throw thrown;
    return describe(link, workflowId);
  }
}

/** The progress of the run; null if no worker answers within `timeoutMs`. */
export const flowProgress = (
  link: TemporalLink,
  workflowId: string,
  timeoutMs = 2_000,
): Promise<FlowProgress | null> =>
  queryWorkflow(link, { workflowId, query: flowProgressQuery, timeoutMs });

/** Waits for the end of the run. Throws WorkflowEndedError. */
export const flowResult = (
  { client }: TemporalLink,
  { workflowId, run }: StartedWorkflow,
): Promise<DelegatedFlowResult> =>
  resultOf(client.workflow.getHandle<DelegatedFlow>(workflowId, run));
