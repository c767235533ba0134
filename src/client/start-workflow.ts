import type { WorkflowStartOptions } from '@temporalio/client';
import type { QueryDefinition } from '@temporalio/common';
import type { StartedWorkflow, TemporalLink } from '../client.ts';
import { TASK_QUEUE, WORKFLOW_SUMMARIES } from '../workflows/messages.ts';

/**
 * How long a workflow task of a killed worker blocks its workflow. Replaying the longest history
 * takes a tenth of this.
 */
export const WORKFLOW_TASK_TIMEOUT = '5 seconds';

/**
 * Only one workflow per id: a second start returns the running workflow, and throws
 * WorkflowExecutionAlreadyStartedError after its end.
 */
export const START_ONCE = {
  workflowIdReusePolicy: 'REJECT_DUPLICATE',
  workflowIdConflictPolicy: 'USE_EXISTING',
} as const satisfies Partial<WorkflowStartOptions>;

/** Starts a workflow that takes one JSON object. */
export async function startWorkflow<Workflow extends (input: never) => Promise<unknown>>(
  { client }: TemporalLink,
  { type, workflowId, input }: { type: string; workflowId: string; input: Parameters<Workflow>[0] },
  policies: Partial<typeof START_ONCE> = {},
): Promise<StartedWorkflow> {
  const handle = await client.workflow.start(type, {
    taskQueue: TASK_QUEUE,
    workflowId,
    workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
    staticSummary: WORKFLOW_SUMMARIES[type],
    ...policies,
    args: [input],
  });
  return { workflowId, run: handle.firstExecutionRunId };
}

/** The answer of a workflow to a query; null if no worker answers in time. */
export async function queryWorkflow<Answer>(
  { client }: TemporalLink,
  {
    workflowId,
    query,
    timeoutMs,
  }: { workflowId: string; query: QueryDefinition<Answer>; timeoutMs: number },
): Promise<Answer | null> {
  try {
    return await client.withDeadline(Date.now() + timeoutMs, () =>
      client.workflow.getHandle(workflowId).query(query),
    );
  } catch {
    return null;
  }
}
