import { userIn } from '../../governance/principal.ts';
import { objectOf } from '../../audit/outcome.ts';
import type { JsonObject } from '../../audit/types.ts';
import { partsOf } from '../../governance/catalogue.ts';
import { bindInput } from '../../governance/stored-input.ts';
import { UNDO_REASON } from '../../flows/names.ts';
import { outcomeOfRequest } from '../../flows/outcome.ts';
import type { FlowRunRecord, FlowStepRecord } from '../../store/flow-types.ts';
import type { AccountConnector, DeniedCode } from '../../flows/types.ts';
import type { UsesConnectors, UsesStore } from '../support/parts.ts';
import type { FlowDeps } from './deps.ts';
import { withinOf } from './plan-draft.ts';
import { isAccountConnector } from './read-target.ts';
import { inputsOf } from './notices.ts';
import { principalOf, updateRun, runOf, stepOf, withStep } from './record.ts';
import type { RunEnd, UpdateDeps } from './record.ts';
import { readStepState } from './target-state.ts';
import type { FlowActivities, StepEnd } from './types.ts';

/** `beginStep`: stores the request of the step for the governed operation. */
export function beginStep(deps: UpdateDeps & UsesStore<'snapshots'>): FlowActivities['beginStep'] {
  return async ({ run, step: id, workflowId, now }) => {
    const record = await runOf(deps, run);
    const step = stepOf(record, id);
    if (record.state === 'ended' || (step.state !== 'planned' && step.state !== 'running'))
      return null;
    // The workflow's clock may be ahead, and the activity may run long after it was scheduled.
    const madeAt = Math.max(now, deps.now().getTime());
    const input = bindInput(requestOf(record, step), { workflowId, madeAt });
    const inputRef = await deps.store.snapshots.put(input);
    if (step.state === 'planned') {
      const waits = step.decision?.['effect'] === 'approval';
      const outcome = { step: id, operation: step.operation, state: 'running' };
      const steps = withStep(record, id, { state: 'running' });
      await updateRun(
        deps,
        record,
        { kind: 'flow.step', outcome },
        { steps, state: waits ? 'waiting' : 'open' },
      );
    }
    return { inputRef };
  };
}

/** The governed operation of a step, requested by the flow on behalf of the caller of the run. */
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

/** The reason that approvers see. For an undo, it includes the reason that its caller gave. */
function reasonOf({ run, flow, issue, undoes }: FlowRunRecord): string {
  const because = undoes === null ? undefined : issue.texts[UNDO_REASON];
  const about = undoes === null ? issue.title : `undo of run ${undoes}, ${issue.title}`;
  return `${flow ?? 'flow'}: ${about} (run ${run})${because === undefined ? '' : `: ${because}`}`.slice(
    0,
    1_000,
  );
}

/** The outcome of a step, and the end of the run if the run ends with it. */
interface StepOutcome {
  change: Partial<FlowStepRecord>;
  end: RunEnd | null;
}

type SettleDeps = UpdateDeps &
  UsesStore<'requests'> &
  UsesConnectors<AccountConnector> &
  Pick<FlowDeps, 'flowConfig'>;

/** `settleStep`: records the outcome of the operation, and whether the run continues. */
export function settleStep(deps: SettleDeps): FlowActivities['settleStep'] {
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
      await updateRun(
        deps,
        record,
        { kind: 'flow.step', outcome },
        { steps, state: 'open', ...end },
      );
    }
    return nextAfter(await runOf(deps, run));
  };
}

const nextAfter = ({ outcome }: FlowRunRecord): StepEnd => ({
  next: outcome === null ? 'done' : 'ended',
});

/** `verifyStep`: checks once whether a step took effect. */
export function verifyStep(
  deps: UpdateDeps & UsesConnectors<AccountConnector> & Pick<FlowDeps, 'flowConfig'>,
): FlowActivities['verifyStep'] {
  return async ({ run, step: id, last }) => {
    const record = await runOf(deps, run);
    const step = stepOf(record, id);
    if (step.verified !== null) return { next: step.verified ? 'done' : 'ended' };
    const verified = (await readStepState(deps, record, step)) === 'done';
    if (!verified && !last) return { next: 'again' };
    const outcome = { step: id, operation: step.operation, verified };
    const steps = withStep(record, id, { verified, ...(verified && { state: 'done' }) });
    const error = objectOf(step.result, 'error');
    const end = {
      outcome: 'unverified',
      code: 'not_seen',
      message: notSeenText(deps, record, step),
      ...(error && { error }),
    } as const;
    await updateRun(
      deps,
      record,
      { kind: 'flow.verified', outcome },
      { steps, ...(verified ? {} : end) },
    );
    return { next: verified ? 'done' : 'ended' };
  };
}

/** The end of a step whose effect was not seen: when arx stopped looking, and how its call failed. */
function notSeenText(
  deps: Pick<FlowDeps, 'flowConfig'>,
  record: FlowRunRecord,
  step: FlowStepRecord,
): string {
  const within = withinOf(deps, record, step);
  const time = within === null ? '' : ` (${Math.ceil(within / 1_000)} s)`;
  const failure = step.result?.['message'];
  const why = typeof failure === 'string' ? ` The call failed: ${failure}` : '';
  return `${step.operation} was called, but its effect was not visible in time${time}.${why}`;
}

interface EndedStep {
  record: FlowRunRecord;
  step: FlowStepRecord;
  request: string;
  state: string;
  code: string | null;
}

async function determineOutcome(deps: SettleDeps, ended: EndedStep): Promise<StepOutcome> {
  const { record, step, request, state, code } = ended;
  const made = (await deps.store.requests.get(request))?.outcome ?? null;
  if (state === 'succeeded')
    return { change: { state: 'done', result: resultOf(step, made) }, end: null };
  const message = typeof made?.['message'] === 'string' ? made['message'] : null;
  const error = objectOf(made, 'error');
  const result = { code: code ?? state, message, ...(error && { error }) };
  const open = state === 'failed' || state === 'unknown';
  // The state of the target counts: the answer may be lost, or another call may have come first.
  if (open && (await readStepState(deps, record, step)) === 'done') {
    return { change: { state: 'done', result: { ...result, code: 'found_done' } }, end: null };
  }
  const isSeenLater = state === 'unknown' && withinOf(deps, record, step) !== null;
  const end = { ...endOf(ended, message), ...(error && { error }) };
  return { change: { state: 'failed', result }, end: isSeenLater ? null : end };
}

/** How the run ends because of a step that did not succeed. */
function endOf({ step, state, code }: EndedStep, message: string | null): RunEnd {
  const outcome = state === 'unknown' ? 'unverified' : outcomeOfRequest(state);
  const coded = state === 'denied' ? codeOfDenial(code) : (code ?? state);
  return {
    outcome,
    code: coded,
    message: message ?? `${step.operation} ended as ${state}${code ? ` (${code})` : ''}.`,
  };
}

/** The code of a flow that ends because its operation was denied. */
const codeOfDenial = (code: string | null): DeniedCode =>
  code !== null && Object.hasOwn(DENIED_CODES, code) ? (DENIED_CODES[code] ?? 'policy') : 'policy';

const DENIED_CODES: Readonly<Record<string, DeniedCode>> = {
  protected_account: 'protected',
  own_account: 'own_account',
  last_super_administrator: 'last_super_administrator',
};

/** What is kept of the answer. For accounts, only that the call succeeded: no personal data. */
function resultOf({ operation }: FlowStepRecord, made: JsonObject | null): JsonObject {
  const isNotice = !isAccountConnector(partsOf(operation).connector);
  const { code, result } = made ?? {};
  return {
    ok: true,
    ...(code !== undefined && { code }),
    ...(isNotice && { answer: result ?? null }),
  };
}
