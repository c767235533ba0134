import { ApplicationFailure, Context } from '@temporalio/activity';
import type { JsonObject } from '../../audit/types.ts';
import { ConnectorError, PolicyDeniedError } from '../../connectors/errors.ts';
import type { CallContext, CallOutcome, OperationTable, Recorded } from '../../connectors/types.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import type { StoreTransaction } from '../../store/types.ts';
import { disables } from '../../flows/effects.ts';
import type { GovernedActivities, OpenedRequest } from './types.ts';
import { backoffMs, retryIn } from '../support/failures.ts';
import { superAdmins } from '../flows/super-admins.ts';
import type { GovernedDeps } from './deps.ts';
import { factsOf } from './facts.ts';
import type { TargetFacts } from './facts.ts';
import { standing } from './open-request.ts';
import { PeopleReader, readerOf } from './people.ts';
import { requestDraft } from './recording.ts';
import { inTurn, leavesFewer } from './in-turn.ts';
import type { Turn } from './in-turn.ts';
import { recordDone, recordUndone, checkEffect } from './interrupted.ts';
import { requirementsOf } from './requirements.ts';

const CALL_ATTEMPTS = 8;
const READY: readonly ActionRecord['state'][] = ['open', 'approved'];

/** `performRequest`: everything is checked again, then the call is made once. */
export function performRequest(deps: GovernedDeps): GovernedActivities['performRequest'] {
  return async ({ requestId }) => {
    const found = await recordOf(deps, requestId);
    const over = found.state === 'performing' ? await resolveInterrupted(deps, found) : null;
    if (over) return over;
    const record = await recordOf(deps, requestId);
    if (!READY.includes(record.state)) return standing(record);
    const facts = await factsOf(deps, record);
    if (!leavesFewer(record, facts)) return recheckAndCall(deps, { record, facts, turn: null });
    return inTurn(deps, record, async (turn) => {
      // Whoever had the turn before may have changed what was seen.
      return recheckAndCall(deps, { record, facts: await factsOf(deps, record), turn });
    });
  };
}

/** A call about to be made; `turn`: null where nobody has to be waited for. */
interface Making {
  record: ActionRecord;
  facts: TargetFacts;
  turn: Turn | null;
}

async function recheckAndCall(deps: GovernedDeps, making: Making): Promise<OpenedRequest> {
  const { record, facts, turn } = making;
  const { requestId } = record;
  const changed = await whatChanged(deps, record, facts);
  if (changed) return end(deps, record, { state: 'stale', outcome: { code: changed } });
  try {
    await call(deps, making);
  } catch (error) {
    if (turn?.signal.aborted)
      throw retryIn(backoffMs(1), 'unavailable', 'the turn was lost; the call is looked at');
    const ended = isOpen(error)
      ? await resolveInterrupted(deps, await recordOf(deps, requestId), error)
      : null;
    if (ended) return ended;
    const settled = endFrom(error);
    if (!settled) throw error;
    await recordGrantUse(deps, record);
    return end(deps, await recordOf(deps, requestId), settled);
  }
  await recordGrantUse(deps, record);
  return standing(await recordOf(deps, requestId));
}

/** `endRequest`: an end without a call; of one that was made and broken off, what became of it. */
export function endRequest(deps: GovernedDeps): GovernedActivities['endRequest'] {
  return async ({ requestId, state }) => {
    const record = await recordOf(deps, requestId);
    const became = record.state === 'performing' ? await checkEffect(deps, record) : 'undone';
    if (became === 'done') return recordDone(deps, record);
    const known = became === 'undone';
    return end(deps, record, known ? { state, outcome: { code: state } } : INTERRUPTED);
  };
}

const INTERRUPTED: End = { state: 'unknown', outcome: { code: 'interrupted' } };

/**
 * A call of which nobody knows what became of it: ended where its target shows that it was taken,
 * or where nothing shows; null where it was not, and may be made again. `error` is what the call
 * ended with, where it did.
 */
async function resolveInterrupted(
  deps: GovernedDeps,
  record: ActionRecord,
  error?: unknown,
): Promise<OpenedRequest | null> {
  const became = await checkEffect(deps, record, { ended: error !== undefined });
  if (became === 'done') return recordDone(deps, record);
  const settled = error === undefined ? INTERRUPTED : (endFrom(error) ?? INTERRUPTED);
  if (became === 'unknown') return end(deps, record, settled);
  if (isLastTry()) return end(deps, record, { ...settled, state: 'failed' });
  await recordUndone(deps, record);
  if (error === undefined) return null;
  throw retryIn(
    backoffMs(Context.current().info.attempt),
    'unavailable',
    'the call was not taken; it is made again',
  );
}

const isOpen = (error: unknown): boolean =>
  error instanceof ConnectorError && error.fields.ambiguous;
const isLastTry = (): boolean => Context.current().info.attempt >= CALL_ATTEMPTS;

export async function recordOf({ store }: GovernedDeps, requestId: string): Promise<ActionRecord> {
  const record = await store.requests.get(requestId);
  if (record) return record;
  throw ApplicationFailure.nonRetryable(
    `request ${requestId} is not in this worker's store`,
    'configuration',
  );
}

/** What is not as it was when the request was decided; null where nothing is. */
async function whatChanged(
  deps: GovernedDeps,
  record: ActionRecord,
  facts: TargetFacts,
): Promise<string | null> {
  const { connector, operation, principal, argsDigest } = record;
  const caller = callerOf(record);
  const again = await deps.connectors.validate(connector, operation, record.args, {
    caller,
    subject: record.requestId,
  });
  if (again.argsDigest !== argsDigest) return 'arguments_changed';
  const decision = deps.connectors.decide(connector, operation, principal, {
    argsDigest,
    facts: facts.raising,
  });
  if (decision.effect === 'deny') return 'policy_changed';
  if (await leavesNobody(deps, record)) return 'last_super_administrator';
  if (record.state !== 'approved') return decision.effect === 'approval' ? 'policy_changed' : null;
  if (decision.bundleDigest !== record.bundleDigest || decision.risk !== record.risk)
    return 'policy_changed';
  if (JSON.stringify(facts.state) !== JSON.stringify(record.targetFacts)) return 'target_changed';
  return (await approversStand(deps, record)) ? null : 'approver_changed';
}

/**
 * Whether a flow would take the last super administrator out of use: between plan and call there
 * may have been others.
 */
async function leavesNobody({ connectors }: GovernedDeps, record: ActionRecord): Promise<boolean> {
  const { connector, operation, principal, target } = record;
  const affected = connector === 'okta' && target?.kind === 'user' && disables(`okta:${operation}`);
  if (!affected || !principal.startsWith('flow:')) return false;
  const holders = await superAdmins({ connectors, caller: readerOf(record) }, target.id);
  return (
    holders.length > 0 && !holders.some(({ id, status }) => id !== target.id && status === 'ACTIVE')
  );
}

/** Whether everybody who approved may still do so. */
async function approversStand(deps: GovernedDeps, record: ActionRecord): Promise<boolean> {
  const people = new PeopleReader(deps, record);
  const requirements = await requirementsOf(deps, people, record.obligations);
  const now = new Set(requirements.flatMap(({ eligible }) => eligible));
  const votes = record.approval?.votes ?? [];
  const added = new Set(record.approval?.requirements.flatMap(({ eligible }) => eligible));
  for (const { person } of votes) {
    if (now.has(person)) continue;
    const user = added.has(person) ? await people.person(person) : null;
    if (user?.status !== 'ACTIVE' || requirements.some(({ eligible }) => eligible.length > 0))
      return false;
  }
  return true;
}

function callerOf({
  principal,
  authenticatedBy,
  surface,
  workflowId,
  run,
}: ActionRecord): CallContext<unknown>['caller'] {
  return { principal, authenticatedBy, surface, workflowId, run };
}

type AnyCall = (
  operation: string,
  input: unknown,
  context: CallContext<OperationTable[string]['output']>,
) => Promise<unknown>;

async function call(deps: GovernedDeps, { record, facts, turn }: Making): Promise<void> {
  const { connectors, store, now } = deps;
  const { requestId, connector, operation } = record;
  const begin = async (tx: StoreTransaction): Promise<void> => {
    const at = now().toISOString();
    await turn?.hold(tx);
    if (!(await store.requests.move(tx, requestId, READY, { state: 'performing', at }))) {
      throw ApplicationFailure.nonRetryable('the request is no longer ready', 'conflict');
    }
  };
  const from: readonly ActionRecord['state'][] = [...READY, 'performing'];
  const context: CallContext<OperationTable[string]['output']> = {
    caller: callerOf(record),
    subject: record.target?.id ?? requestId,
    reason: record.reason === '' ? undefined : 'stated',
    signal: AbortSignal.any([Context.current().cancellationSignal, ...(turn ? [turn.signal] : [])]),
    priority: 'interactive',
    facts: facts.raising,
    ...(record.state === 'approved' && { grant: { requestId } }),
    intent: { kind: 'action.started', outcome: { request: requestId }, effect: begin },
    record: (outcome) => entryOf(deps, { record, from, outcome }),
  };
  await (connectors[connector] as AnyCall)(operation, record.args, context);
}

/** Once the call is settled, the grant that allowed it is spent. */
async function recordGrantUse({ store, now }: GovernedDeps, record: ActionRecord): Promise<void> {
  if (record.state !== 'approved') return;
  await store.journal.append([
    requestDraft(record, { kind: 'grant.used', at: now(), sequence: 0 }),
  ]);
}

interface Outcome {
  record: ActionRecord;
  from: readonly ActionRecord['state'][];
  outcome: CallOutcome<unknown>;
}

/** The entry after the call and, with it, the state of the request. */
function entryOf(
  { store, now }: GovernedDeps,
  { record, from, outcome }: Outcome,
): Recorded | null {
  const { requestId } = record;
  const at = now().toISOString();
  if (outcome.ok) {
    const result = {
      ok: true,
      result: (outcome.output ?? null) as JsonObject,
      requestId: outcome.requestId,
    };
    const effect = async (tx: StoreTransaction): Promise<void> => {
      await store.requests.move(tx, requestId, from, { state: 'succeeded', outcome: result, at });
    };
    return { kind: 'action.succeeded', outcome: { ok: true, request: requestId }, effect };
  }
  const { error } = outcome;
  if (!error.retryable || error.fields.ambiguous) return null;
  const { code, status, vendorCode } = error.fields;
  const effect = async (tx: StoreTransaction): Promise<void> => {
    await store.requests.move(tx, requestId, ['performing'], { state: record.state, at });
    await store.grants.restore(tx, requestId);
  };
  return {
    kind: 'action.failed',
    outcome: { ok: false, code, status, vendorCode, request: requestId },
    effect,
  };
}

interface End {
  state: ActionRecord['state'];
  outcome: JsonObject;
}

/** What an error of the call settles; null where it is to be tried again. */
function endFrom(error: unknown): End | null {
  if (error instanceof PolicyDeniedError)
    return { state: 'stale', outcome: { code: 'refused', hints: error.decision.hints } };
  if (!(error instanceof ConnectorError) || error.code === 'cancelled') return null;
  const { code, vendorCode, ambiguous } = error.fields;
  if (error.retryable && !ambiguous && !isLastTry()) return null;
  return {
    state: ambiguous ? 'unknown' : 'failed',
    outcome: { ok: false, code, vendorCode, message: error.message },
  };
}

async function end(
  deps: GovernedDeps,
  record: ActionRecord,
  { state, outcome }: End,
): Promise<OpenedRequest> {
  const { store, now } = deps;
  const from: ActionRecord['state'][] = ['open', 'pending', 'approved', 'performing'];
  if (!from.includes(record.state)) return standing(record);
  const at = now();
  const code = typeof outcome['code'] === 'string' ? outcome['code'] : state;
  const kind =
    state === 'stale' ? 'grant.stale' : state === 'unknown' ? 'action.unknown' : 'action.failed';
  const draft = requestDraft(record, { kind, at, outcome: { state, code } });
  await store.journal.append([draft], async (tx: StoreTransaction) => {
    await store.requests.move(tx, record.requestId, from, { state, outcome, at: at.toISOString() });
  });
  return standing(await recordOf(deps, record.requestId));
}
