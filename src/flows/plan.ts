/** Plans a flow for an issue, and what can be undone afterwards. */

import type { JsonObject } from '../audit/types.ts';
import { inverseOf } from './effects.ts';
import { firstUnmet, isMet } from './conditions.ts';
import type { ConditionFacts, InputValues } from './conditions.ts';
import { fillParams } from './flow-text.ts';
import { comparable } from './comparable.ts';
import type { Flow, FlowCondition, FlowStep, Issue } from './types.ts';

/** A step with its parameters filled in. */
interface PlannedCall {
  id: string;
  /** `okta:users:suspend`. */
  operation: string;
  params: JsonObject;
}
export interface PlannedFlowStep extends PlannedCall {
  /** Its conditions are not met, so it is skipped. */
  skipped: boolean;
  /** Maximum time to wait for its effect, in milliseconds; null if it is not verified. */
  withinMs: number | null;
}

/** What a flow would do for an issue. */
export interface FlowPlan {
  /**
   * The first condition of the flow that is not met, so that nothing is done; null if all are met.
   */
  unmet: FlowCondition | null;
  steps: PlannedFlowStep[];
  /**
   * The calls that undo the whole flow; null if it cannot be undone. `undoAfter` selects those that
   * are still needed.
   */
  undo: PlannedCall[] | null;
}

/** The flow with texts and parameters filled in from the issue and the resolved inputs. */
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
  const applies = (step: FlowStep): boolean =>
    step.when.every((condition) => isMet(condition, facts));
  return {
    unmet: firstUnmet(flow.when, facts),
    steps: flow.steps.map((step) => ({
      ...callOf(step, facts),
      skipped: !applies(step),
      withinMs: within.get(step.id) ?? null,
    })),
    undo: flow.undo === null ? null : flow.undo.filter(applies).map((step) => callOf(step, facts)),
  };
}

const callOf = ({ id, operation, params }: FlowStep, facts: ConditionFacts): PlannedCall => ({
  id,
  operation,
  params: fillParams(params, facts),
});

/**
 * The undo calls after the steps in `done` were carried out. A call that would undo a step that was
 * not carried out (skipped, or already in the desired state) is omitted, because it would change an
 * earlier state. Null if no call is left.
 */
export function undoAfter(
  { steps, undo }: Pick<FlowPlan, 'steps' | 'undo'>,
  done: ReadonlySet<string>,
): PlannedCall[] | null {
  if (undo === null || done.size === 0) return null;
  const left = undo.filter((call) => {
    const inverted = steps.filter((step) => isInverse(call, step));
    return inverted.length === 0 || inverted.some(({ id }) => done.has(id));
  });
  return left.length === 0 ? null : left;
}

/** The parts of a recorded run that determine what can still be undone. */
interface UndoableRun {
  steps: readonly (PlannedCall & { state: string })[];
  undo: Omit<PlannedCall, 'id'>[] | null;
}

/** The planned undo calls for the steps that were carried out; null if none is left. */
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

const isInverse = (call: PlannedCall, step: PlannedCall): boolean =>
  inverseOf(step.operation) === call.operation && sameParams(call.params, step.params);

function sameParams(one: JsonObject, other: JsonObject): boolean {
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => sameValue(one[key], other[key]))
  );
}
const sameValue = (one: unknown, other: unknown): boolean =>
  comparable(String(one)) === comparable(String(other));
