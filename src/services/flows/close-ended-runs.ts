import { AuditConflictError } from '../../audit/errors.ts';
import { remainingUndo } from '../../flows/plan.ts';
import type { FlowRunRecord, FlowStepRecord } from '../../store/flow-types.ts';
import type { StoreTransaction } from '../../store/types.ts';
import { flowStepId } from '../../workflows/messages.ts';
import { runDraft } from './audit-entries.ts';
import type { FlowServiceParts } from './types.ts';
import type { FlowEnds } from '../../client/flow-ends.ts';

/** A run younger than this may be open without a started workflow. */
const START_WITHIN_MS = 60_000;
/** Runs that are looked up in Temporal for one answer. */
export const MAX_LOOKUPS = 50;

/**
 * Returns the runs in their real state. A run whose workflow is over without having closed it
 * (terminated, timed out) is closed as failed, with a code for the cause. If Temporal does not
 * answer or does not know the workflow, the run stays as it is.
 */
export async function closeEndedRuns(
  parts: FlowServiceParts,
  records: readonly FlowRunRecord[],
): Promise<FlowRunRecord[]> {
  const { ends, now } = parts;
  if (ends === undefined) return [...records];
  const before = now().getTime() - START_WITHIN_MS;
  const due = records.filter(
    ({ state, startedAt }) => state !== 'ended' && Date.parse(startedAt) < before,
  );
  const looked = await Promise.all(
    due.slice(0, MAX_LOOKUPS).map(async (record) => {
      const code = await ends.findEndCode(record.workflowId);
      return [
        record.run,
        code === null ? record : await closeRun({ ...parts, ends }, record, code),
      ] as const;
    }),
  );
  const fresh = new Map(looked);
  return records.map((record) => fresh.get(record.run) ?? record);
}

/** Rolls back the transaction of the process that closes a run second. */
class AlreadyClosedError extends Error {}

async function closeRun(
  { store, ends, now }: FlowServiceParts & { ends: FlowEnds },
  record: FlowRunRecord,
  cause: string,
): Promise<FlowRunRecord> {
  const steps = await stepsOf(ends, record);
  if (steps === null) return record;
  const undo = remainingUndo({ ...record, steps });
  const finishedAt = now().toISOString();
  const failed = {
    outcome: 'failed',
    code: cause,
    message: `The run could not continue: ${cause}.`,
  } as const;
  const { outcome, code, message } = record.outcome === null ? failed : record;
  const summary = { outcome, code, undo: undo?.length ?? 0 };
  const patch = { state: 'ended', outcome, code, message, steps, undo, finishedAt } as const;
  const effect = async (tx: StoreTransaction): Promise<void> => {
    if (!(await store.flows.update(tx, record.run, patch))) throw new AlreadyClosedError();
  };
  try {
    await store.journal.append(
      [runDraft(record, { kind: 'flow.closed', at: finishedAt, outcome: summary })],
      effect,
    );
  } catch (thrown) {
    if (!(thrown instanceof AlreadyClosedError || thrown instanceof AuditConflictError))
      throw thrown;
  }
  return (await store.flows.get(record.run)) ?? record;
}

/**
 * The steps with the outcomes of their operations; null while one of them still runs or its outcome
 * is unknown.
 */
async function stepsOf(
  ends: FlowEnds,
  { run, steps }: FlowRunRecord,
): Promise<FlowStepRecord[] | null> {
  const ended: FlowStepRecord[] = [];
  for (const step of steps) {
    const operation =
      step.state === 'running' ? await ends.findOperationEnd(flowStepId(run, step.id)) : undefined;
    if (operation === null) return null;
    ended.push(
      operation === undefined
        ? step
        : { ...step, ...stepOutcome(operation), request: operation.request },
    );
  }
  return ended;
}

const stepOutcome = ({ state }: { state: string }): Pick<FlowStepRecord, 'state' | 'result'> =>
  state === 'succeeded'
    ? { state: 'done', result: { ok: true } }
    : { state: 'failed', result: { code: state, message: null } };
