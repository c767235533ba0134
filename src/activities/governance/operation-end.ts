import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { ActionRecord } from '../../store/governance-types.ts';

const WITHIN_MS = 2_000;

/** Why a request has ended, by how its workflow ended in Temporal; codes of `words.ts`. */
const CODES: Readonly<Record<string, string>> = {
  COMPLETED: 'operation_ended',
  TERMINATED: 'operation_terminated',
  TIMED_OUT: 'operation_timed_out',
  CANCELLED: 'cancelled',
  FAILED: 'operation_failed',
};

/**
 * Asks Temporal whether the workflow that would make the call has ended; null if it is open, or if
 * Temporal does not answer or does not know it.
 */
export async function findOperationEnd({
  workflowId,
  run,
}: Pick<ActionRecord, 'workflowId' | 'run'>): Promise<string | null> {
  const client = clientOrNull();
  if (client === null) return null;
  try {
    const { status, raw } = await client.withDeadline(Date.now() + WITHIN_MS, () =>
      client.workflow.getHandle(workflowId).describe(),
    );
    const first = raw.workflowExecutionInfo?.firstRunId;
    if (first && first !== run) return 'operation_ended';
    return CODES[status.name] ?? null;
  } catch {
    return null;
  }
}

/** The client of the worker; an activity that runs outside of a worker has none. */
function clientOrNull(): Client | null {
  try {
    return Context.current().client;
  } catch {
    return null;
  }
}
