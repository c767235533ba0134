import { ApplicationFailure, Context } from '@temporalio/activity';
import type { JsonObject } from '../../audit/types.ts';
import { ConnectorError } from '../../connectors/errors.ts';
import type { CallContext, CallOutcome, OperationTable, Recorded } from '../../connectors/types.ts';
import type { ActionState } from '../../governance/types.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import type { StoreTransaction } from '../../store/types.ts';
import type { GovernedActivities, OpenedRequest } from './types.ts';
import { backoffMs, retryIn } from '../support/failures.ts';
import type { UsesClock, UsesStore } from '../support/parts.ts';
import type { GovernedDeps } from './deps.ts';
import { factsOf } from './facts.ts';
import type { TargetFacts } from './facts.ts';
import { requestState } from './open-request.ts';
import { refusalIfUnreadable } from './request-context.ts';
import { auditTarget, requestDraft } from './recording.ts';
import { withAdministratorLock, removesAdministrator } from './administrator-lock.ts';
import type { AdministratorLock } from './administrator-lock.ts';
import { recordDone, recordNoEffect, findEffect } from './interrupted.ts';
import { callerOf, whatChanged } from './what-changed.ts';
import {
  CALL_ATTEMPTS,
  endAfterLookUp,
  endFrom,
  endOfInterrupted,
  endWith,
  asFailedCall,
  failureIn,
  isLastTry,
  isLookedUpOnce,
} from './request-end.ts';
import { announceFailure } from './notices.ts';
import { retryIfNotSeenYet } from './not-seen-yet.ts';

const READY: readonly ActionState[] = ['open', 'approved'];

type PerformDeps = UsesStore<
  'audit' | 'authorityGroups' | 'grants' | 'journal' | 'leases' | 'messages' | 'requests'
> &
  Pick<GovernedDeps, 'connectors' | 'now' | 'org' | 'random' | 'settings'>;

/** `performRequest`: checks everything again, then makes the call once. */
export function performRequest(deps: PerformDeps): GovernedActivities['performRequest'] {
  return async ({ requestId }) => {
    const ended = await carryOutOrEnd(deps, requestId);
    if (ended.state === 'failed' || ended.state === 'unknown')
      await announceFailure(deps, await recordOf(deps, requestId));
    return ended;
  };
}

async function carryOutOrEnd(deps: PerformDeps, requestId: string): Promise<OpenedRequest> {
  try {
    return await carryOut(deps, requestId);
  } catch (error) {
    return endIfUnreadable(deps, await recordOf(deps, requestId), error);
  }
}

async function carryOut(deps: PerformDeps, requestId: string): Promise<OpenedRequest> {
  const found = await recordOf(deps, requestId);
  const ended = found.state === 'performing' ? await resolveInterrupted(deps, found) : null;
  if (ended) return ended;
  const record = await recordOf(deps, requestId);
  if (!READY.includes(record.state)) return requestState(record);
  const facts = await factsOf(deps, record);
  if (!removesAdministrator(record, facts))
    return recheckAndCall(deps, { record, facts, lock: null });
  return withAdministratorLock(deps, record, async (lock) => {
    // The previous holder of the lock may have changed the facts.
    return recheckAndCall(deps, { record, facts: await factsOf(deps, record), lock });
  });
}

/** The end of a request whose facts stay unreadable, so that no call was made. Else throws. */
async function endIfUnreadable(
  deps: PerformDeps,
  record: ActionRecord,
  error: unknown,
): Promise<OpenedRequest> {
  const refused = READY.includes(record.state) ? refusalIfUnreadable(error, CALL_ATTEMPTS) : null;
  if (refused === null) throw error;
  const { code, hint, details } = refused;
  const outcome = { ok: false, code, message: hint, ...details };
  return endWith(deps, record, { state: 'failed', outcome });
}

/** A call about to be made; `lock` is null if it needs none. */
interface PendingCall {
  record: ActionRecord;
  facts: TargetFacts;
  lock: AdministratorLock | null;
}

async function recheckAndCall(deps: PerformDeps, pending: PendingCall): Promise<OpenedRequest> {
  const { record, facts, lock } = pending;
  const { requestId } = record;
  const changed = await whatChanged(deps, record, facts);
  if (changed) return endWith(deps, record, { state: 'stale', outcome: { code: changed } });
  try {
    await makeCall(deps, pending);
  } catch (error) {
    if (lock?.signal.aborted)
      throw retryIn(
        backoffMs(1),
        'unavailable',
        'the lock was lost; arx will check the effect of the call',
      );
    const ended = isOutcomeUnknown(error)
      ? await resolveInterrupted(deps, await recordOf(deps, requestId), error)
      : null;
    if (ended) return ended;
    await retryIfNotSeenYet(deps, { record, facts, error });
    const settled = endFrom(error);
    if (!settled) throw error;
    await recordGrantUse(deps, record);
    return endWith(deps, await recordOf(deps, requestId), settled);
  }
  await recordGrantUse(deps, record);
  return requestState(await recordOf(deps, requestId));
}

/** `endRequest`: ends a request without a call, or with the outcome of an interrupted call. */
export function endRequest(deps: PerformDeps): GovernedActivities['endRequest'] {
  return async ({ requestId, state, code = state }) => {
    const record = await recordOf(deps, requestId);
    const effect = record.state === 'performing' ? await findEffect(deps, record) : 'undone';
    if (effect === 'done') return recordDone(deps, record);
    const known = effect === 'undone';
    return endWith(
      deps,
      record,
      known ? { state, outcome: { code } } : endOfInterrupted(failureIn(record)),
    );
  };
}

/**
 * Resolves a call with an unknown outcome. The request ends if the call took effect, if that cannot be
 * found out, or if another call would end the same way; null if it took no effect and may be made
 * again. `error` is the error of the call, if it ended with one in this attempt.
 */
async function resolveInterrupted(
  deps: PerformDeps,
  record: ActionRecord,
  error?: ConnectorError,
): Promise<OpenedRequest | null> {
  const isFailed = error !== undefined && error.code !== 'cancelled';
  const failed = isFailed ? asFailedCall(error) : failureIn(record);
  const isFinal = failed !== null && isLookedUpOnce(failed);
  const effect = await findEffect(deps, record, { ended: error !== undefined, isFinal, failed });
  if (effect === 'done') return recordDone(deps, record);
  if (isFinal) return endWith(deps, record, endAfterLookUp(failed, effect));
  if (effect === 'unknown') return endWith(deps, record, endOfInterrupted(failed));
  if (isLastTry()) return endWith(deps, record, { ...endOfInterrupted(failed), state: 'failed' });
  await recordNoEffect(deps, record);
  if (error === undefined) return null;
  throw retryIn(
    backoffMs(Context.current().info.attempt),
    'unavailable',
    'the call took no effect; arx will make it again',
  );
}

export async function recordOf(
  { store }: UsesStore<'requests'>,
  requestId: string,
): Promise<ActionRecord> {
  const record = await store.requests.get(requestId);
  if (record) return record;
  throw ApplicationFailure.nonRetryable(
    `request ${requestId} is not in this worker's store: run arx and the worker with the same DATABASE_URL`,
    'configuration',
  );
}

type AnyCall = (
  operation: string,
  input: unknown,
  context: CallContext<OperationTable[string]['output']>,
) => Promise<unknown>;

async function makeCall(deps: PerformDeps, { record, facts, lock }: PendingCall): Promise<void> {
  const { connectors, store, now } = deps;
  const { requestId, connector, operation } = record;
  const begin = async (tx: StoreTransaction): Promise<void> => {
    const at = now().toISOString();
    await lock?.renew(tx);
    // What an earlier call left unknown says nothing about this one.
    const change = { state: 'performing', outcome: {}, at } as const;
    if (!(await store.requests.move(tx, requestId, READY, change))) {
      throw ApplicationFailure.nonRetryable(
        `request ${requestId} was decided or started meanwhile: see \`arx approvals why ${requestId}\``,
        'conflict',
      );
    }
  };
  const from: readonly ActionState[] = [...READY, 'performing'];
  const context: CallContext<OperationTable[string]['output']> = {
    caller: callerOf(record),
    subject: auditTarget(record) ?? requestId,
    reason: record.reason === '' ? undefined : 'stated',
    signal: AbortSignal.any([Context.current().cancellationSignal, ...(lock ? [lock.signal] : [])]),
    priority: 'interactive',
    facts: facts.raising,
    // `whatChanged` has just checked it.
    targetChecked: true,
    ...(record.state === 'approved' && { grant: { requestId } }),
    intent: { kind: 'action.started', outcome: { request: requestId }, effect: begin },
    record: (outcome) => entryOf(deps, { record, from, outcome }),
  };
  await (connectors[connector] as AnyCall)(operation, record.args, context);
}

/**
 * Adds the entry `grant.used`, once the outcome of the call is known. The grant itself was used up
 * before the call, in the transaction of its intent (`connectors/pipeline/grant.ts`).
 */
async function recordGrantUse(
  { store, now }: UsesStore<'journal'> & UsesClock,
  record: ActionRecord,
): Promise<void> {
  if (record.state !== 'approved') return;
  await store.journal.append([
    requestDraft(record, { kind: 'grant.used', at: now(), sequence: 0 }),
  ]);
}

interface Outcome {
  record: ActionRecord;
  from: readonly ActionState[];
  outcome: CallOutcome<unknown>;
}

const isOutcomeUnknown = (error: unknown): error is ConnectorError =>
  error instanceof ConnectorError && error.fields.ambiguous;

/** The entry after the call; the state of the request changes in the same transaction. */
function entryOf(
  { store, now }: UsesStore<'grants' | 'requests'> & UsesClock,
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
