import { WorkflowNotFoundError } from '@temporalio/client';
import type { StartedWorkflow, TemporalLink } from '../client.ts';
import { describe } from '../client.ts';
import { ENDS_WITHOUT_RESULT, askWithin } from './flow-ends.ts';

/** Finds out about checks and syncs that ended in Temporal without closing themselves. */
export interface RunEnds {
  /**
   * The code for a run that ended without recording a result; null where it still runs, is unknown,
   * or Temporal does not answer.
   */
  findRunEnd(run: StartedWorkflow): Promise<string | null>;
}

/** Looks up runs in Temporal; `open` returns null if no server can be reached. */
export const runEnds = (open: () => Promise<TemporalLink | null>): RunEnds => ({
  findRunEnd: (run) => askWithin(open, (link) => endOf(link, run)),
});

async function endOf(
  link: TemporalLink,
  { workflowId, run }: StartedWorkflow,
): Promise<string | null> {
  const newest = await describe(link, workflowId);
  if (newest === null) return null;
  if (newest.run === run) return ENDS_WITHOUT_RESULT[newest.status] ?? null;
  // Another run has used the workflow id since, so this one is over, however it ended.
  return ENDS_WITHOUT_RESULT[await firstStatus(link, { workflowId, run })] ?? 'terminated';
}

/** Status of the first execution of a chain. */
async function firstStatus(
  { client }: TemporalLink,
  { workflowId, run }: StartedWorkflow,
): Promise<string> {
  try {
    return (await client.workflow.getHandle(workflowId, run).describe()).status.name;
  } catch (thrown) {
    if (thrown instanceof WorkflowNotFoundError) return '';
    throw thrown;
  }
}
