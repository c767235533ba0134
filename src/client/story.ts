import type { WorkflowStartOptions } from '@temporalio/client';
import type { QueryDefinition } from '@temporalio/common';
import type { StartedWorkflow, TemporalLink } from '../client.ts';
import { TASK_QUEUE } from '../workflows/messages.ts';

/**
 * A worker killed amid a workflow task holds it up this long; replaying the longest history takes a
 * tenth of it.
 */
export const WORKFLOW_TASK_TIMEOUT = '5 seconds';

/**
 * One of an id and no second: whoever comes later gets it while it runs, and
 * WorkflowExecutionAlreadyStartedError after.
 */
export const ONCE = {
  workflowIdReusePolicy: 'REJECT_DUPLICATE',
  workflowIdConflictPolicy: 'USE_EXISTING',
} as const satisfies Partial<WorkflowStartOptions>;

/** Starts a workflow that takes one JSON object. */
export async function startStory<Story extends (input: never) => Promise<unknown>>(
  { client }: TemporalLink,
  { type, workflowId, input }: { type: string; workflowId: string; input: Parameters<Story>[0] },
  policies: Partial<typeof ONCE> = {},
): Promise<StartedWorkflow> {
  const handle = await client.workflow.start(type, {
    taskQueue: TASK_QUEUE,
    workflowId,
    workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
    ...policies,
    args: [input],
  });
  return { workflowId, run: handle.firstExecutionRunId };
}

/** What a workflow answers to a query; null while no worker answers in time. */
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
