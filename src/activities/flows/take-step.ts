import { userIn } from '../../governance/principal.ts';
import type { JsonObject } from '../../audit/types.ts';
import { partsOf } from '../../governance/catalogue.ts';
import { UNDO_REASON } from '../../flows/names.ts';
import { outcomeOfRequest } from '../../flows/outcome.ts';
import type { FlowRunRecord, FlowStepRecord } from '../../store/flow-types.ts';
import type { FlowDeps } from './deps.ts';
import { withinOf } from './draw.ts';
import { isAccountConnector } from './look.ts';
import { inputsOf } from './notices.ts';
import { principalOf, put, runOf, stepOf, withStep } from './record.ts';
import type { RunEnd } from './record.ts';
import { standingOfStep } from './standing-at.ts';
import type { FlowActivities, StepEnd } from './types.ts';

/** `beginStep`: the step's request, where the governed operation finds it. */
export function beginStep(deps: FlowDeps): FlowActivities['beginStep'] {
  return async ({ run, step: id }) => {
    const record = await runOf(deps, run);
    const step = stepOf(record, id);
    if (record.state === 'ended' || (step.state !== 'planned' && step.state !== 'running'))
      return null;
    const inputRef = await deps.store.snapshots.put(requestOf(record, step));
    if (step.state === 'planned') {
      const waits = step.decision?.['effect'] === 'approval';
      const outcome = { step: id, operation: step.operation, state: 'running' };
      const steps = withStep(record, id, { state: 'running' });
      await put(
        deps,
        record,
        { kind: 'flow.step', outcome },
        { steps, state: waits ? 'waiting' : 'open' },
      );
    }
    return { inputRef };
  };
}

/**
 * The governed operation of a step: the flow asks, on behalf of the person who asked for the run.
 */
function requestOf(record: FlowRunRecord, { id, operation, params }: FlowStepRecord): JsonObject {
  const { caller } = record;
  const { principal, personId, authenticatedBy, surface } = caller;
  const user = userIn(principal);
  return {
    operation,
    params: inputsOf(operation, params, { run: record, step: id }),
    reason: reasonOf(record),
    as: principalOf(record),
    ...(user !== null && { onBehalfOf: personId ?? user }),
    authenticatedBy,
    surface,
  };
}

/** Why, as approvers see it: a run that takes another back also says what it was told. */
function reasonOf({ run, flow, issue, undoes }: FlowRunRecord): string {
  const because = undoes === null ? undefined : issue.texts[UNDO_REASON];
  const about = undoes === null ? issue.title : `takes back run ${undoes}, ${issue.title}`;
  return `${flow ?? 'flow'}: ${about} (run ${run})${because === undefined ? '' : `: ${because}`}`.slice(
    0,
    1_000,
  );
}

/** What became of a step: how it stands, and how the run ends where it ends with it. */
interface Settled {
  change: Partial<FlowStepRecord>;
  end: RunEnd | null;
}

/** `settleStep`: what became of the operation, and whether the run goes on. */
export function settleStep(deps: FlowDeps): FlowActivities['settleStep'] {
  return async ({ run, step: id, request, state, code }) => {
    const record = await runOf(deps, run);
    const step = stepOf(record, id);
    if (step.request === null) {
      const { change, end } = await determineOutcome(deps, { record, step, request, state, code });
      const outcome = {
        step: id,
        operation: step.operation,
        request,
        state: change.state ?? null,
        code,
      };
      const steps = withStep(record, id, { ...change, request });
      await put(deps, record, { kind: 'flow.step', outcome }, { steps, state: 'open', ...end });
    }
    return nextAfter(await runOf(deps, run));
  };
}

const nextAfter = ({ outcome }: FlowRunRecord): StepEnd => ({
  next: outcome === null ? 'done' : 'ended',
});

interface Ended {
  record: FlowRunRecord;
  step: FlowStepRecord;
  request: string;
  state: string;
  code: string | null;
}

async function determineOutcome(deps: FlowDeps, ended: Ended): Promise<Settled> {
  const { record, step, request, state, code } = ended;
  const made = (await deps.store.requests.get(request))?.outcome ?? null;
  if (state === 'succeeded')
    return { change: { state: 'done', result: resultOf(step, made) }, end: null };
  const message = typeof made?.['message'] === 'string' ? made['message'] : null;
  const result = { code: code ?? state, message };
  const open = state === 'failed' || state === 'unknown';
  // Somebody else was first, or the answer was lost: what counts is how the target stands.
  if (open && (await standingOfStep(deps, record, step)) === 'done') {
    return { change: { state: 'done', result: { ...result, code: 'found_done' } }, end: null };
  }
  const isSeenLater = state === 'unknown' && withinOf(deps, record, step) !== null;
  return { change: { state: 'failed', result }, end: isSeenLater ? null : endOf(ended, message) };
}

/** Ends that the codes of a governed operation do not tell by themselves. */
function endOf({ step, state, code }: Ended, message: string | null): RunEnd {
  const outcome = state === 'unknown' ? 'unverified' : outcomeOfRequest(state);
  const coded = state === 'denied' ? 'policy' : (code ?? state);
  return {
    outcome,
    code: coded,
    message: message ?? `${step.operation} ended as ${state}${code ? ` (${code})` : ''}.`,
  };
}

/**
 * Of accounts nothing is kept but that it was done: what is known of people stays with the product.
 */
function resultOf({ operation }: FlowStepRecord, made: JsonObject | null): JsonObject {
  const isNotice = !isAccountConnector(partsOf(operation).connector);
  const { code, result } = made ?? {};
  return {
    ok: true,
    ...(code !== undefined && { code }),
    ...(isNotice && { answer: result ?? null }),
  };
}
