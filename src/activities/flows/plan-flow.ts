import type { FlowRunRecord } from '../../store/flow-types.ts';
import { draftPlan, withinOf } from './plan-draft.ts';
import type { DraftDeps, PlanDraft } from './plan-draft.ts';
import { updateRun, runOf } from './record.ts';
import type { UpdateDeps } from './record.ts';
import type { FlowActivities, PlannedStep } from './types.ts';

/** The least and most seconds between two checks of an effect, and about how many checks to make. */
const LEAST_SECONDS = 1;
const MOST_SECONDS = 30;
const CHECKS = 12;

/** `planFlow`: plans the steps, with the decisions of the policies, and records the plan. */
export function planFlow(deps: DraftDeps & UpdateDeps): FlowActivities['planFlow'] {
  return async ({ run, now }) => {
    const before = await runOf(deps, run);
    if (before.target === null && before.outcome === null) await record(deps, before, now);
    const planned = await runOf(deps, run);
    if (planned.state === 'ended' || planned.outcome !== null) return { steps: [], ended: true };
    const taken = planned.steps.filter(
      (step) => step.state !== 'skipped' && step.state !== 'already',
    );
    const toTake = taken.map((step): PlannedStep => {
      const within = withinOf(deps, planned, step);
      const approval = step.decision?.['effect'] === 'approval';
      return { id: step.id, verify: within === null ? null : checksWithin(within), approval };
    });
    return { steps: toTake, ended: false };
  };
}

async function record(
  deps: DraftDeps & UpdateDeps,
  before: FlowRunRecord,
  now: number,
): Promise<void> {
  const draft = await draftPlan(deps, before);
  const { target, steps, undo, end } = draft;
  await updateRun(
    deps,
    before,
    { kind: 'flow.planned', outcome: entryOf(draft), at: new Date(now).toISOString() },
    { target, steps, undo, ...end },
  );
}

/** Ids and coded words only. */
function entryOf({ steps, end }: PlanDraft) {
  const outlines = steps.map(({ id, operation, state, decision }) => ({
    id,
    operation,
    state,
    effect: decision?.['effect'] ?? null,
  }));
  return { steps: outlines, outcome: end?.outcome ?? null, code: end?.code ?? null };
}

/** The first check is made at once, the last when the time is over. */
function checksWithin(withinMs: number): { everySeconds: number; looks: number } {
  const seconds = Math.ceil(withinMs / 1_000);
  const everySeconds = Math.min(MOST_SECONDS, Math.max(LEAST_SECONDS, Math.ceil(seconds / CHECKS)));
  return { everySeconds, looks: Math.ceil(seconds / everySeconds) + 1 };
}
