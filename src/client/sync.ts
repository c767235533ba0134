import { randomBytes } from 'node:crypto';
import { resultOf } from '../client.ts';
import type { StartedWorkflow, TemporalLink } from '../client.ts';
import { SYNC_WORKFLOW, TASK_QUEUE, syncProgressQuery } from '../workflows/messages.ts';
import type { OktaSyncInput, OktaSyncResult, SyncProgress } from '../workflows/messages.ts';

type OktaSync = (input: OktaSyncInput) => Promise<OktaSyncResult>;

/** `okta-sync/<UTC time to the millisecond>-<4 random hex digits>`. */
export function newSyncId(now: Date): string {
  return `okta-sync/${now.toISOString()}-${randomBytes(2).toString('hex')}`;
}

/** A worker killed amid a workflow task holds it up this long. */
const WORKFLOW_TASK_TIMEOUT = '5 seconds';

/** Starts a sync; the input may be `{}`. */
export async function startSync(
  { client }: TemporalLink,
  input: OktaSyncInput,
  workflowId = newSyncId(new Date()),
): Promise<StartedWorkflow> {
  const handle = await client.workflow.start<OktaSync>(SYNC_WORKFLOW, {
    taskQueue: TASK_QUEUE,
    workflowId,
    workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
    args: [input],
  });
  return { workflowId, run: handle.firstExecutionRunId };
}

/** Where the sync stands now; null while no worker answers within `timeoutMs`. */
export async function syncProgress(
  { client }: TemporalLink,
  workflowId: string,
  timeoutMs = 2_000,
): Promise<SyncProgress | null> {
  try {
    return await client.withDeadline(Date.now() + timeoutMs, () =>
      client.workflow.getHandle(workflowId).query(syncProgressQuery),
    );
  } catch {
    return null;
  }
}

/** Waits for the end of the sync, over continue-as-new. Throws WorkflowEndedError. */
export const syncResult = ({ client }: TemporalLink, { workflowId, run }: StartedWorkflow): Promise<OktaSyncResult> =>
  resultOf(client.workflow.getHandle<OktaSync>(workflowId, run));
