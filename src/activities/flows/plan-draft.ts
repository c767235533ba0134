import type { JsonObject } from '../../audit/types.ts';
import { findOperation, partsOf } from '../../governance/catalogue.ts';
import { isChange, evidenceOf, effectState } from '../../flows/effects.ts';
import type { Observation } from '../../flows/effects.ts';
import { ACCOUNT, resolveInputs } from '../../flows/flow-inputs.ts';
import { planOf } from '../../flows/plan.ts';
import type { FlowPlan, PlannedFlowStep } from '../../flows/plan.ts';
import { connectorOf } from '../../flows/products.ts';
import { refuseProduct } from '../../flows/refusals.ts';
import type { AccountState, Flow, IssueAccount } from '../../flows/types.ts';
import type { FlowRunRecord, FlowStepRecord } from '../../store/flow-types.ts';
import type { UsesStore } from '../support/parts.ts';
import type { FlowDeps } from './deps.ts';
import { accountIn, isAccountConnector, inspectTarget, readAccount } from './read-target.ts';
import { decideSteps } from './decide-steps.ts';
import { targetReaderOf } from './record.ts';
import type { RunEnd } from './record.ts';
import { refusalOf } from './refusal.ts';
import type { ChangedAccount } from './refusal.ts';
import { readOrEnd, RunOver } from './run-over.ts';

/** What a run would do, as far as it is known; `end` is set if the run ends before it acts. */
export interface PlanDraft {
  target: JsonObject;
  steps: FlowStepRecord[];
  undo: FlowRunRecord['undo'];
  end: RunEnd | null;
}

export type DraftDeps = UsesStore<'flows'> &
  Pick<FlowDeps, 'flowConfig' | 'connectors' | 'settings'>;

/** Reads the target and plans the steps. Throws temporary failures, which are tried again. */
export async function draftPlan(deps: DraftDeps, record: FlowRunRecord): Promise<PlanDraft> {
  const draft: PlanDraft = { target: {}, steps: [], undo: null, end: null };
  try {
    await fillDraft(deps, record, draft);
  } catch (error) {
    if (!(error instanceof RunOver)) throw error;
    draft.end = error.end;
  }
  return draft;
}

async function fillDraft(deps: DraftDeps, record: FlowRunRecord, draft: PlanDraft): Promise<void> {
  const flow = flowOf(deps, record);
  const target = await targetOf(deps, record, flow);
  draft.target = { ...facts(record), ...(target && { id: target.id, status: target.status }) };
  const plan = await buildPlan(deps, record, { flow, target });
  draft.steps = plan.steps.map(asRecord);
  draft.undo = plan.undo?.map(({ operation, params }) => ({ operation, params })) ?? null;
  const taken = plan.steps.filter(({ skipped }) => !skipped);
  const seen = await readOrEnd('unreachable', () => inspectTargets(deps, record, taken));
  const refusal = await readOrEnd('unreadable', () =>
    refusalOf(deps, record, accountChanges(taken, { seen, target })),
  );
  if (refusal) throw new RunOver('denied', refusal.code, refusal.message);
  draft.steps = draft.steps.map((step) => checkState(step, seen.get(step.id)));
  if (isAlreadyDone(draft.steps))
    throw new RunOver(
      'already_in_state',
      'already_in_state',
      'The target is already in this state.',
    );
  draft.steps = await decideSteps(deps, record, draft.steps);
  const denied = draft.steps.find(({ decision }) => decision?.['effect'] === 'deny');
  if (denied?.decision?.['code'] === 'invalid_argument') {
    throw new RunOver('failed', 'invalid_argument', `${denied.decision['hints']}`);
  }
  if (denied)
    throw new RunOver(
      'denied',
      'policy',
      `The policies deny ${denied.operation} (${denied.decision?.['code']}).`,
    );
  if (record.dryRun) throw new RunOver('planned', 'dry_run', 'Dry run: nothing was changed.');
}

/**
 * The flow, unchanged since the run was opened. Null for a run that undoes another one: its plan is
 * stored with the other run.
 */
function flowOf(
  { flowConfig }: Pick<FlowDeps, 'flowConfig'>,
  { flow: name, version, undoes }: FlowRunRecord,
): Flow | null {
  if (undoes !== null) return null;
  const flow = flowConfig().flows.find((one) => one.name === name);
  if (flow?.version === version) return flow ?? null;
  throw new RunOver(
    'stale',
    'flow_changed',
    'The file of the flow has changed since the run was opened.',
  );
}

const accountOf = ({ issue: { entity } }: FlowRunRecord): IssueAccount | null =>
  entity.kind === 'account' ? entity.account : null;

const facts = (record: FlowRunRecord): JsonObject => {
  const account = accountOf(record);
  return account ? { product: account.product, id: account.id } : {};
};

/** Reads the account that the issue is about; null if the flow does not act on an account. */
async function targetOf(
  deps: Pick<FlowDeps, 'connectors'>,
  record: FlowRunRecord,
  flow: Flow | null,
): Promise<AccountState | null> {
  const account = accountOf(record);
  const touches = flow === null || flow.steps.some(({ operation }) => isOfAccounts(operation));
  if (account === null || !touches) return null;
  const refusal = flow && refuseProduct(flow, account);
  if (refusal) throw new RunOver('denied', refusal.code, refusal.message);
  const connector = connectorOf(account.product);
  if (connector === null)
    throw new RunOver('failed', 'unknown_product', 'arx has no connector for the product.');
  return readOrEnd('unreachable', () =>
    readAccount(targetReaderOf(deps, record), connector, account.id),
  );
}

const isOfAccounts = (operation: string): boolean =>
  isAccountConnector(partsOf(operation).connector);

async function buildPlan(
  { store }: UsesStore<'flows'>,
  record: FlowRunRecord,
  { flow, target }: { flow: Flow | null; target: AccountState | null },
): Promise<Pick<FlowPlan, 'steps' | 'undo'>> {
  if (flow === null)
    return undoPlan(record.undoes === null ? null : await store.flows.get(record.undoes));
  const { issue, inputs } = record;
  const given = Object.fromEntries(
    Object.entries(inputs).filter(([name]) => flow.inputs[name]?.from !== ACCOUNT),
  );
  const resolved = resolveInputs({ flow, issue, given, ...(target && { account: target.id }) });
  if (!resolved.ok)
    throw new RunOver(
      'failed',
      'invalid_argument',
      resolved.problems.map((one) => one.message).join('; '),
    );
  const plan = planOf({ flow, issue, values: resolved.values });
  if (plan.unmet)
    throw new RunOver(
      'failed',
      'condition',
      `The issue does not meet a condition of the flow ${flow.name}: ${plan.unmet.input} ${plan.unmet.is}. See \`arx flows show "${flow.name}"\`.`,
    );
  return plan;
}

const UNDO_WITHIN_MS = 60_000;

/** How long an undo waits for its effect, milliseconds; null if the effect is not visible. */
const undoWithin = (operation: string): number | null =>
  evidenceOf(operation) === 'nothing' ? null : UNDO_WITHIN_MS;

function undoPlan(undone: FlowRunRecord | null): Pick<FlowPlan, 'steps' | 'undo'> {
  const calls = undone?.undo ?? [];
  if (calls.length === 0)
    throw new RunOver('failed', 'nothing_to_undo', 'There is nothing to undo.');
  const steps = calls.map(({ operation, params }, at) => {
    return {
      id: `undo-${at + 1}`,
      operation,
      params,
      skipped: false,
      withinMs: undoWithin(operation),
    };
  });
  return { steps, undo: null };
}

/** How long to wait for the effect of a step, milliseconds; null if it is not verified. */
export function withinOf(
  { flowConfig }: Pick<FlowDeps, 'flowConfig'>,
  record: FlowRunRecord,
  { id, operation }: FlowStepRecord,
): number | null {
  if (record.undoes !== null) return undoWithin(operation);
  const flow = flowConfig().flows.find(({ name }) => name === record.flow);
  return flow?.verify.find(({ step }) => step === id)?.withinMs ?? null;
}

const asRecord = ({ id, operation, params, skipped }: PlannedFlowStep): FlowStepRecord => ({
  id,
  operation,
  params,
  state: skipped ? 'skipped' : 'planned',
  decision: null,
  request: null,
  result: null,
  verified: null,
});

/** Reads the targets of the steps that write, by step id. */
async function inspectTargets(
  deps: Pick<FlowDeps, 'connectors'>,
  record: FlowRunRecord,
  steps: readonly PlannedFlowStep[],
): Promise<Map<string, Observation>> {
  const seen = new Map<string, Observation>();
  for (const { id, operation, params } of steps) {
    if (!isWrite(operation)) continue;
    seen.set(id, await inspectTarget(targetReaderOf(deps, record), { operation, args: params }));
  }
  return seen;
}

function isWrite(name: string): boolean {
  const { connector, operation } = partsOf(name);
  return isAccountConnector(connector) && findOperation(connector, operation)?.risk !== 'LOW';
}

/** The accounts that the steps change, with the operations on each. Always includes the target. */
function accountChanges(
  steps: readonly PlannedFlowStep[],
  { seen, target }: { seen: ReadonlyMap<string, Observation>; target: AccountState | null },
): ChangedAccount[] {
  const changed = new Map<string, ChangedAccount>();
  if (target) changed.set(`${target.connector} ${target.id}`, { account: target, operations: [] });
  for (const { id, operation, params } of steps) {
    const account = seen.get(id)?.account;
    if (!account || accountIn(params) === null) continue;
    const key = `${account.connector} ${account.id}`;
    const before = changed.get(key)?.operations ?? [];
    changed.set(key, { account, operations: [...before, operation] });
  }
  return [...changed.values()];
}

function checkState(step: FlowStepRecord, seen: Observation | undefined): FlowStepRecord {
  if (step.state === 'skipped' || evidenceOf(step.operation) === 'nothing') return step;
  const state = effectState(step.operation, seen ?? {});
  if (state === 'done') return { ...step, state: 'already' };
  if (state === 'ready') return step;
  if (state === 'unknown')
    throw new RunOver('failed', 'unreadable', `The target of ${step.operation} could not be read.`);
  const status = seen?.account?.status ?? 'unknown';
  throw new RunOver(
    'failed',
    'wrong_state',
    `The account is ${status}, which does not allow ${step.operation}.`,
  );
}

/** True if everything that the flow would change is already in the wanted state. */
function isAlreadyDone(steps: readonly FlowStepRecord[]): boolean {
  const acts = steps.filter(
    ({ operation, state }) => state !== 'skipped' && (isChange(operation) || isWrite(operation)),
  );
  return acts.length > 0 && acts.every(({ state }) => state === 'already');
}
