import { cancelWorkflow } from '../../client.ts';
import type { TemporalLink } from '../../client.ts';
import type { RunRecord } from '../../store/run-types.ts';
import type { Store } from '../../store/types.ts';
import { draftOfRequest } from '../audit/requester.ts';
import type { Requester } from '../audit/requester.ts';

/** A check whose end was requested: `arx.cancel/v1`. */
export interface CancelDocument {
  schema: 'arx.cancel/v1';
  run: string;
  workflowId: string;
  requested: true;
}

/** Thrown for a check that is not running: HTTP status 409. */
export class RunEndedError extends Error {
  override readonly name = 'RunEndedError';
  readonly code = 'run_ended';
  readonly remedy: string;
  constructor({ run, status }: Pick<RunRecord, 'run' | 'status'>) {
    super(
      status === 'running'
        ? `Run ${run} is not running any more.`
        : `Run ${run} is not running: it is ${status}.`,
    );
    this.remedy = `Read it with \`arx report ${run}\`, or GET /v1/runs/${run}.`;
  }
}

/**
 * Asks Temporal to cancel a check, which then closes itself as failed. Recorded before it is done.
 * Throws RunEndedError.
 */
export async function cancelCheck(
  { link, store }: { link: TemporalLink; store: Pick<Store, 'journal'> },
  requester: Requester,
  record: RunRecord,
): Promise<CancelDocument> {
  const { run, workflowId, status } = record;
  if (status !== 'running') throw new RunEndedError(record);
  const about = { kind: 'scan.cancel_requested', workflowId, run, subject: run } as const;
  const draft = { ...about, at: new Date(), outcome: {} };
  await store.journal.append([draftOfRequest(requester, draft)]);
  try {
    await cancelWorkflow(link, record);
  } catch (thrown) {
    if ((thrown as Error).name === 'WorkflowNotFoundError') throw new RunEndedError(record);
    throw thrown;
  }
  return { schema: 'arx.cancel/v1', run, workflowId, requested: true };
}
