import type { JsonObject } from '../audit/types.ts';
import { oppositeOf } from './acts.ts';
import { firstUnmet, holds } from './conditions.ts';
import type { ConditionFacts, InputValues } from './conditions.ts';
import { fillParams } from './flow-text.ts';
import { comparable } from './titles.ts';
import type { Flow, FlowCondition, FlowStep, Issue } from './types.ts';

/** A step with its parameters filled in. */
export interface PlannedCall {
  id: string;
  /** `okta:users:suspend`. */
  operation: string;
  params: JsonObject;
}
export interface PlannedFlowStep extends PlannedCall {
  /** Its conditions do not hold: it is not taken. */
  skipped: boolean;
  /** Time to wait until its effect is seen, milliseconds; null: it is not looked for. */
  withinMs: number | null;
}

/** What a flow would do for an issue. */
export interface FlowPlan {
  /** The condition of the flow that does not hold: nothing is done then; null: all hold. */
  unmet: FlowCondition | null;
  steps: PlannedFlowStep[];
  /**
   * The calls that take all of it back; null: nothing can. See `undoAfter` for those that really
   * do.
   */
  undo: PlannedCall[] | null;
}

/** The flow with its texts and parameters filled in from the issue and the resolved inputs. */
export function planOf({
  flow,
  issue,
  values,
}: {
  flow: Flow;
  issue: Issue;
  values: InputValues;
}): FlowPlan {
  const facts: ConditionFacts = { values, texts: issue.texts };
  const within = new Map(flow.verify.map(({ step, withinMs }) => [step, withinMs]));
  const taken = (step: FlowStep): boolean =>
    step.when.every((condition) => holds(condition, facts));
  return {
    unmet: firstUnmet(flow.when, facts),
    steps: flow.steps.map((step) => ({
      ...callOf(step, facts),
      skipped: !taken(step),
      withinMs: within.get(step.id) ?? null,
    })),
    undo: flow.undo === null ? null : flow.undo.filter(taken).map((step) => callOf(step, facts)),
  };
}

const callOf = ({ id, operation, params }: FlowStep, facts: ConditionFacts): PlannedCall => ({
  id,
  operation,
  params: fillParams(params, facts),
});

/**
 * The undo recipe after the steps in `done` were really taken: a call that is the opposite of a
 * step that was not taken (skipped, or found so already) is left out, for it would change what was
 * there before. Null where nothing is left.
 */
export function undoAfter(
  { steps, undo }: Pick<FlowPlan, 'steps' | 'undo'>,
  done: ReadonlySet<string>,
): PlannedCall[] | null {
  if (undo === null || done.size === 0) return null;
  const left = undo.filter((call) => {
    const opposed = steps.filter((step) => isOpposite(call, step));
    return opposed.length === 0 || opposed.some(({ id }) => done.has(id));
  });
  return left.length === 0 ? null : left;
}

/** The parts of a recorded run that decide what can still be undone. */
export interface UndoableRun {
  steps: readonly (PlannedCall & { state: string })[];
  undo: Omit<PlannedCall, 'id'>[] | null;
}

/** The planned undo calls for the steps that were carried out; null where none is left. */
export function remainingUndo({ steps, undo }: UndoableRun): UndoableRun['undo'] {
  const done = new Set(steps.filter(({ state }) => state === 'done').map(({ id }) => id));
  const planned = steps.map((step) => ({
    ...step,
    skipped: step.state === 'skipped',
    withinMs: null,
  }));
  const calls = undo?.map((call, at): PlannedCall => ({ id: `undo-${at + 1}`, ...call })) ?? null;
  const left = undoAfter({ steps: planned, undo: calls }, done);
  return left?.map(({ operation, params }) => ({ operation, params })) ?? null;
}

const isOpposite = (call: PlannedCall, step: PlannedCall): boolean =>
  oppositeOf(step.operation) === call.operation && sameParams(call.params, step.params);

function sameParams(one: JsonObject, other: JsonObject): boolean {
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => sameValue(one[key], other[key]))
  );
}
const sameValue = (one: unknown, other: unknown): boolean =>
  comparable(String(one)) === comparable(String(other));
