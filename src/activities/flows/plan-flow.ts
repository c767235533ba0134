import type { FlowRunRecord } from '../../store/flow-types.ts';
import type { FlowDeps } from './deps.ts';
import { draw, withinOf } from './draw.ts';
import type { Drawn } from './draw.ts';
import { put, runOf } from './record.ts';
import type { FlowActivities, PlannedStep } from './types.ts';

/**
 * Seconds between two looks at least and at most, and how many looks there should be in between.
 */
const LEAST_SECONDS = 1;
const MOST_SECONDS = 30;
const LOOKS = 12;

/**
 * `planFlow`: what would be done, refused or found so already, and decided by the policies; put on
 * record as a whole.
 */
export function planFlow(deps: FlowDeps): FlowActivities['planFlow'] {
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
      return { id: step.id, verify: within === null ? null : looksWithin(within), approval };
    });
    return { steps: toTake, ended: false };
  };
}

async function record(deps: FlowDeps, before: FlowRunRecord, now: number): Promise<void> {
  const drawn = await draw(deps, before);
  const { target, steps, undo, end } = drawn;
  await put(
    deps,
    before,
    { kind: 'flow.planned', outcome: entryOf(drawn), at: new Date(now).toISOString() },
    { target, steps, undo, ...end },
  );
}

/** Ids and coded words only. */
function entryOf({ steps, end }: Drawn) {
  const told = steps.map(({ id, operation, state, decision }) => ({
    id,
    operation,
    state,
    effect: decision?.['effect'] ?? null,
  }));
  return { steps: told, outcome: end?.outcome ?? null, code: end?.code ?? null };
}

/** The first look comes at once, the last when the time is over. */
function looksWithin(withinMs: number): { everySeconds: number; looks: number } {
  const seconds = Math.ceil(withinMs / 1_000);
  const everySeconds = Math.min(MOST_SECONDS, Math.max(LEAST_SECONDS, Math.ceil(seconds / LOOKS)));
  return { everySeconds, looks: Math.ceil(seconds / everySeconds) + 1 };
}
