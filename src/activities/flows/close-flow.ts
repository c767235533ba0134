import { worstOf } from '../../flows/outcome.ts';
import { remainingUndo } from '../../flows/plan.ts';
import type { AccountConnector, FlowOutcome } from '../../flows/types.ts';
import type { FlowRunRecord, FlowStepRecord } from '../../store/flow-types.ts';
import type { UsesConnectors, UsesStore } from '../support/parts.ts';
import { updateRun, runOf } from './record.ts';
import type { RunEnd, UpdateDeps } from './record.ts';
import { readStepState } from './target-state.ts';
import type { FlowActivities } from './types.ts';

type CloseDeps = UpdateDeps & UsesConnectors<AccountConnector>;

/** `closeFlow`: ends a run, and records the calls that would undo it. */
export function closeFlow(deps: CloseDeps): FlowActivities['closeFlow'] {
  return async ({ run, now, failure }) => {
    const record = await runOf(deps, run);
    if (record.state !== 'ended') await close(deps, record, { now, failure });
    const { outcome, code } = await runOf(deps, run);
    return { outcome: outcome ?? 'failed', code };
  };
}

async function close(
  deps: CloseDeps,
  record: FlowRunRecord,
  { now, failure }: { now: number; failure: string | null },
): Promise<void> {
  const steps = failure === null ? record.steps : await checkRunningSteps(deps, record);
  const end = await endOf(deps, record, failure);
  const { outcome, code } = end;
  const finishedAt = new Date(now).toISOString();
  const undo = remainingUndo({ ...record, steps });
  await updateRun(
    deps,
    record,
    { kind: 'flow.closed', outcome: { outcome, code, undo: undo?.length ?? 0 }, at: finishedAt },
    { state: 'ended', steps, undo, finishedAt, ...end },
  );
}

/** Finds out from its target whether a step that is still running took effect. */
async function checkRunningSteps(
  deps: CloseDeps,
  record: FlowRunRecord,
): Promise<FlowStepRecord[]> {
  const steps: FlowStepRecord[] = [];
  for (const step of record.steps) {
    const state = step.state !== 'running' ? step.state : await stateOf(deps, record, step);
    steps.push({ ...step, state });
  }
  return steps;
}

async function stateOf(
  deps: UsesConnectors<AccountConnector>,
  record: FlowRunRecord,
  step: FlowStepRecord,
): Promise<FlowStepRecord['state']> {
  return (await readStepState(deps, record, step)) === 'done' ? 'done' : 'failed';
}

async function endOf(
  deps: UsesStore<'flows'>,
  record: FlowRunRecord,
  failure: string | null,
): Promise<RunEnd> {
  const { outcome, code, message, issue } = record;
  if (outcome !== null) return { outcome, code, message };
  if (failure !== null)
    return { outcome: 'failed', code: failure, message: `The run could not continue: ${failure}.` };
  if (issue.entity.kind === 'person') return worst(await deps.store.flows.children(record.run));
  return { outcome: 'succeeded', code: null, message: null };
}

/** The worst outcome of the accounts. An account whose run has not ended counts as failed. */
function worst(children: readonly FlowRunRecord[]): RunEnd {
  if (children.length === 0)
    return { outcome: 'failed', code: 'no_accounts', message: 'The user has no accounts.' };
  const outcomeOf = ({ outcome }: FlowRunRecord): FlowOutcome => outcome ?? 'failed';
  const outcome = worstOf(children.map(outcomeOf));
  const code = children.find((child) => outcomeOf(child) === outcome)?.code ?? null;
  return { outcome, code, message: null };
}
