import { worstOf } from '../../flows/outcome.ts';
import { remainingUndo } from '../../flows/plan.ts';
import type { FlowOutcome } from '../../flows/types.ts';
import type { FlowRunRecord, FlowStepRecord } from '../../store/flow-types.ts';
import type { FlowDeps } from './deps.ts';
import { put, runOf } from './record.ts';
import type { RunEnd } from './record.ts';
import { standingOfStep } from './standing-at.ts';
import type { FlowActivities } from './types.ts';

/** `closeFlow`: the end of a run, with what would take it back. */
export function closeFlow(deps: FlowDeps): FlowActivities['closeFlow'] {
  return async ({ run, now, failure }) => {
    const record = await runOf(deps, run);
    if (record.state !== 'ended') await close(deps, record, { now, failure });
    const { outcome, code } = await runOf(deps, run);
    return { outcome: outcome ?? 'failed', code };
  };
}

async function close(
  deps: FlowDeps,
  record: FlowRunRecord,
  { now, failure }: { now: number; failure: string | null },
): Promise<void> {
  const steps = failure === null ? record.steps : await checkRunningSteps(deps, record);
  const end = await endOf(deps, record, failure);
  const { outcome, code } = end;
  const finishedAt = new Date(now).toISOString();
  const undo = remainingUndo({ ...record, steps });
  await put(
    deps,
    record,
    { kind: 'flow.closed', outcome: { outcome, code, undo: undo?.length ?? 0 }, at: finishedAt },
    { state: 'ended', steps, undo, finishedAt, ...end },
  );
}

/** A step that was begun and not ended: what became of it shows at its target. */
async function checkRunningSteps(deps: FlowDeps, record: FlowRunRecord): Promise<FlowStepRecord[]> {
  const steps: FlowStepRecord[] = [];
  for (const step of record.steps) {
    const state = step.state !== 'running' ? step.state : await stateOf(deps, record, step);
    steps.push({ ...step, state });
  }
  return steps;
}

async function stateOf(
  deps: FlowDeps,
  record: FlowRunRecord,
  step: FlowStepRecord,
): Promise<FlowStepRecord['state']> {
  return (await standingOfStep(deps, record, step)) === 'done' ? 'done' : 'failed';
}

async function endOf(
  deps: FlowDeps,
  record: FlowRunRecord,
  failure: string | null,
): Promise<RunEnd> {
  const { outcome, code, message, issue } = record;
  if (outcome !== null) return { outcome, code, message };
  if (failure !== null)
    return { outcome: 'failed', code: failure, message: `The run could not go on: ${failure}.` };
  if (issue.entity.kind === 'person') return worst(await deps.store.flows.children(record.run));
  return { outcome: 'succeeded', code: null, message: null };
}

/** As the worst of the accounts; one that has not ended has failed. */
function worst(children: readonly FlowRunRecord[]): RunEnd {
  if (children.length === 0)
    return { outcome: 'failed', code: 'no_accounts', message: 'The person has no accounts.' };
  const outcomeOf = ({ outcome }: FlowRunRecord): FlowOutcome => outcome ?? 'failed';
  const outcome = worstOf(children.map(outcomeOf));
  const code = children.find((child) => outcomeOf(child) === outcome)?.code ?? null;
  return { outcome, code, message: null };
}
