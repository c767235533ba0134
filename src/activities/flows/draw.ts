import { Context } from '@temporalio/activity';
import type { JsonObject } from '../../audit/types.ts';
import {
  ConnectorError,
  InvalidArgumentError,
  PolicyDeniedError,
} from '../../connectors/errors.ts';
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
import { VENDOR_ATTEMPTS } from '../support/failures.ts';
import type { FlowDeps } from './deps.ts';
import { accountIn, isAccountConnector, lookAt, readAccount } from './look.ts';
import { decideSteps } from './deciding.ts';
import { lookerOf } from './record.ts';
import type { RunEnd } from './record.ts';
import { refusalOf } from './refusing.ts';
import type { Touched } from './refusing.ts';

/**
 * What a run would do, as far as that could be found out; `end`: it is over before anything was
 * done.
 */
export interface Drawn {
  target: JsonObject;
  steps: FlowStepRecord[];
  undo: FlowRunRecord['undo'];
  end: RunEnd | null;
}

/** Thrown where a run is over before anything was done. */
class Over extends Error {
  readonly end: RunEnd;
  constructor(outcome: RunEnd['outcome'], code: string, message: string) {
    super(message);
    this.end = { outcome, code, message };
  }
}

/** Looks at the target and draws up the plan. Throws what makes the activity try again. */
export async function draw(deps: FlowDeps, record: FlowRunRecord): Promise<Drawn> {
  const drawn: Drawn = { target: {}, steps: [], undo: null, end: null };
  try {
    await fill(deps, record, drawn);
  } catch (error) {
    if (!(error instanceof Over)) throw error;
    drawn.end = error.end;
  }
  return drawn;
}

async function fill(deps: FlowDeps, record: FlowRunRecord, drawn: Drawn): Promise<void> {
  const flow = flowOf(deps, record);
  const target = await targetOf(deps, record, flow);
  drawn.target = { ...facts(record), ...(target && { id: target.id, status: target.status }) };
  const plan = await buildPlan(deps, record, { flow, target });
  drawn.steps = plan.steps.map(asRecord);
  drawn.undo = plan.undo?.map(({ operation, params }) => ({ operation, params })) ?? null;
  const taken = plan.steps.filter(({ skipped }) => !skipped);
  const seen = await reading('unreachable', () => inspectTargets(deps, record, taken));
  const refusal = await reading('unreadable', () =>
    refusalOf(deps, record, accountChanges(taken, { seen, target })),
  );
  if (refusal) throw new Over('denied', refusal.code, refusal.message);
  drawn.steps = drawn.steps.map((step) => preflight(step, seen.get(step.id)));
  if (isThereAlready(drawn.steps))
    throw new Over('already_in_state', 'already_in_state', 'It is so already.');
  drawn.steps = await decideSteps(deps, record, drawn.steps);
  const denied = drawn.steps.find(({ decision }) => decision?.['effect'] === 'deny');
  if (denied?.decision?.['code'] === 'invalid_argument') {
    throw new Over('failed', 'invalid_argument', `${denied.decision['hints']}`);
  }
  if (denied)
    throw new Over(
      'denied',
      'policy',
      `The policies deny ${denied.operation} (${denied.decision?.['code']}).`,
    );
  if (record.dryRun)
    throw new Over('planned', 'dry_run', 'Nothing was done: this is what would be.');
}

/**
 * The flow as it was when the run was opened; null for a run that takes another back: that one's
 * recipe is its plan.
 */
function flowOf({ book }: FlowDeps, { flow: name, version, undoes }: FlowRunRecord): Flow | null {
  if (undoes !== null) return null;
  const flow = book().flows.find((one) => one.name === name);
  if (flow?.version === version) return flow ?? null;
  throw new Over(
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

/**
 * The account that the issue is about, as its product has it now; null where the flow touches no
 * account.
 */
async function targetOf(
  deps: FlowDeps,
  record: FlowRunRecord,
  flow: Flow | null,
): Promise<AccountState | null> {
  const account = accountOf(record);
  const touches = flow === null || flow.steps.some(({ operation }) => isOfAccounts(operation));
  if (account === null || !touches) return null;
  const refusal = flow && refuseProduct(flow, account);
  if (refusal) throw new Over('denied', refusal.code, refusal.message);
  const connector = connectorOf(account.product);
  if (connector === null)
    throw new Over('failed', 'unknown_product', 'arx has no connector for the product.');
  return reading('unreachable', () => readAccount(lookerOf(deps, record), connector, account.id));
}

const isOfAccounts = (operation: string): boolean =>
  isAccountConnector(partsOf(operation).connector);

async function buildPlan(
  { store }: FlowDeps,
  record: FlowRunRecord,
  { flow, target }: { flow: Flow | null; target: AccountState | null },
): Promise<Pick<FlowPlan, 'steps' | 'undo'>> {
  if (flow === null)
    return recipe(record.undoes === null ? null : await store.flows.get(record.undoes));
  const { issue, inputs } = record;
  const given = Object.fromEntries(
    Object.entries(inputs).filter(([name]) => flow.inputs[name]?.from !== ACCOUNT),
  );
  const resolved = resolveInputs({ flow, issue, given, ...(target && { account: target.id }) });
  if (!resolved.ok)
    throw new Over(
      'failed',
      'invalid_argument',
      resolved.problems.map((one) => one.message).join('; '),
    );
  const plan = planOf({ flow, issue, values: resolved.values });
  if (plan.unmet)
    throw new Over(
      'failed',
      'condition',
      `The flow is not for this: a condition on ${plan.unmet.input}.`,
    );
  return plan;
}

const UNDO_WITHIN_MS = 60_000;

/** How long an undo waits for its effect, milliseconds; null where none shows. */
const undoWithin = (operation: string): number | null =>
  evidenceOf(operation) === 'nothing' ? null : UNDO_WITHIN_MS;

function recipe(undone: FlowRunRecord | null): Pick<FlowPlan, 'steps' | 'undo'> {
  const calls = undone?.undo ?? [];
  if (calls.length === 0)
    throw new Over('failed', 'nothing_to_undo', 'There is nothing to take back.');
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

/** Time to wait for the effect of a step, milliseconds; null: it is not looked for. */
export function withinOf(
  { book }: FlowDeps,
  record: FlowRunRecord,
  { id, operation }: FlowStepRecord,
): number | null {
  if (record.undoes !== null) return undoWithin(operation);
  const flow = book().flows.find(({ name }) => name === record.flow);
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

/** What the steps act on, by step. */
async function inspectTargets(
  deps: FlowDeps,
  record: FlowRunRecord,
  steps: readonly PlannedFlowStep[],
): Promise<Map<string, Observation>> {
  const seen = new Map<string, Observation>();
  for (const { id, operation, params } of steps) {
    if (!isWrite(operation)) continue;
    seen.set(id, await lookAt(lookerOf(deps, record), { operation, args: params }));
  }
  return seen;
}

function isWrite(name: string): boolean {
  const { connector, operation } = partsOf(name);
  return isAccountConnector(connector) && findOperation(connector, operation)?.risk !== 'LOW';
}

/**
 * The accounts that the steps change, each with its operations; the target is among them whatever
 * is done to it.
 */
function accountChanges(
  steps: readonly PlannedFlowStep[],
  { seen, target }: { seen: ReadonlyMap<string, Observation>; target: AccountState | null },
): Touched[] {
  const touched = new Map<string, Touched>();
  if (target) touched.set(`${target.connector} ${target.id}`, { account: target, operations: [] });
  for (const { id, operation, params } of steps) {
    const account = seen.get(id)?.account;
    if (!account || accountIn(params) === null) continue;
    const key = `${account.connector} ${account.id}`;
    const before = touched.get(key)?.operations ?? [];
    touched.set(key, { account, operations: [...before, operation] });
  }
  return [...touched.values()];
}

function preflight(step: FlowStepRecord, seen: Observation | undefined): FlowStepRecord {
  if (step.state === 'skipped' || evidenceOf(step.operation) === 'nothing') return step;
  const stands = effectState(step.operation, seen ?? {});
  if (stands === 'done') return { ...step, state: 'already' };
  if (stands === 'ready') return step;
  if (stands === 'unknown')
    throw new Over('failed', 'unreadable', `What ${step.operation} acts on could not be seen.`);
  const status = seen?.account?.status ?? 'unknown';
  throw new Over(
    'failed',
    'wrong_state',
    `The account is ${status}, which does not allow ${step.operation}.`,
  );
}

/** Everything that the flow would change is so already. */
function isThereAlready(steps: readonly FlowStepRecord[]): boolean {
  const acts = steps.filter(
    ({ operation, state }) => state !== 'skipped' && (isChange(operation) || isWrite(operation)),
  );
  return acts.length > 0 && acts.every(({ state }) => state === 'already');
}

/**
 * Reads; what lastingly cannot be read ends the run: nothing is done on a target that could not be
 * looked at.
 */
async function reading<Value>(
  code: 'unreachable' | 'unreadable',
  read: () => Promise<Value>,
): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    throw lasting(error) ? over(error, code) : error;
  }
}

function lasting(error: unknown): boolean {
  if (error instanceof PolicyDeniedError || error instanceof InvalidArgumentError) return true;
  if (!(error instanceof ConnectorError) || error.code === 'cancelled') return false;
  return (
    !error.retryable ||
    (error.code !== 'rate_limited' && Context.current().info.attempt >= VENDOR_ATTEMPTS)
  );
}

function over(error: unknown, code: 'unreachable' | 'unreadable'): Over {
  const { message } = error as Error;
  if (code === 'unreadable')
    return new Over('failed', code, `Whether it may be touched could not be found out: ${message}`);
  if (error instanceof PolicyDeniedError) return new Over('denied', 'policy', message);
  return new Over('failed', (error as ConnectorError | InvalidArgumentError).code, message);
}
