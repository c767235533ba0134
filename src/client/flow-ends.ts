import { describe } from '../client.ts';
import type { TemporalLink } from '../client.ts';
import type { GovernedOperationResult } from '../workflows/messages.ts';

/** What Temporal reports about workflows that have ended. */
export interface FlowEnds {
  /**
   * The code for a workflow that ended without recording a result; null where it is still running,
   * is unknown, or Temporal does not answer.
   */
  findEndCode(workflowId: string): Promise<string | null>;
  /**
   * How the operation of a step ended (`none`: it never started); null where it is still running or
   * Temporal does not answer.
   */
  findOperationEnd(workflowId: string): Promise<{ request: string | null; state: string } | null>;
}

const WITHIN_MS = 2_000;

/** Ends that leave a run open, with their codes; a workflow that completed has closed it itself. */
export const ENDS_WITHOUT_RESULT: Readonly<Record<string, string>> = {
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed_out',
  CANCELLED: 'cancelled',
  FAILED: 'workflow_failed',
};

/** Looks up ended workflows in Temporal; `open` returns null if no server can be reached. */
export function workflowEnds(open: () => Promise<TemporalLink | null>): FlowEnds {
  return {
    findEndCode: (workflowId) =>
      askWithin(
        open,
        async (link) =>
          ENDS_WITHOUT_RESULT[(await describe(link, workflowId))?.status ?? ''] ?? null,
      ),
    findOperationEnd: (workflowId) =>
      askWithin(open, async (link) => {
        const found = await describe(link, workflowId);
        if (found === null) return { request: null, state: 'none' };
        if (found.status === 'COMPLETED') return operationEnd(link, workflowId);
        return found.status in ENDS_WITHOUT_RESULT ? { request: null, state: 'unknown' } : null;
      }),
  };
}

async function operationEnd(
  { client }: TemporalLink,
  workflowId: string,
): ReturnType<FlowEnds['findOperationEnd']> {
  const { request, state } = (await client.workflow
    .getHandle(workflowId)
    .result()) as GovernedOperationResult;
  return { request, state };
}

/** Null if Temporal does not answer: then nothing is known. */
export async function askWithin<Answer>(
  open: () => Promise<TemporalLink | null>,
  ask: (link: TemporalLink) => Promise<Answer | null>,
): Promise<Answer | null> {
  const link = await open();
  if (link === null) return null;
  try {
    return await link.client.withDeadline(Date.now() + WITHIN_MS, () => ask(link));
  } catch {
    return null;
  }
}
