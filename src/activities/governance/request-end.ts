/** How a request ends whose call failed, and the record of its end. */

import { Context } from '@temporalio/activity';
import { objectOf, textOf } from '../../audit/outcome.ts';
import type { JsonObject } from '../../audit/types.ts';
import { errorDetails, failureText } from '../../connectors/error-details.ts';
import { ConnectorError, PolicyDeniedError } from '../../connectors/errors.ts';
import type { ConnectorErrorFields } from '../../connectors/errors.ts';
import type { ActionState } from '../../governance/types.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import type { StoreTransaction } from '../../store/types.ts';
import { backoffMs, retryIn } from '../support/failures.ts';
import type { UsesClock, UsesStore } from '../support/parts.ts';
import type { CallEffect } from './interrupted.ts';
import { requestState } from './open-request.ts';
import { closingDraft, requestDraft } from './recording.ts';
import type { OpenedRequest } from './types.ts';

/** Attempts after which a call is not made again. */
export const CALL_ATTEMPTS = 8;

const TRIED_OUT = `; arx stopped after ${CALL_ATTEMPTS} attempts`;

export interface RequestEnd {
  state: ActionState;
  outcome: JsonObject;
}

export const isLastTry = (): boolean => Context.current().info.attempt >= CALL_ATTEMPTS;

/** A failed call, as kept while its effect is not known. */
export interface FailedCall {
  /** The outcome to store if the request ends with it. */
  failure: JsonObject;
  lasts: NonNullable<ConnectorErrorFields['lasts']> | null;
}

export const asFailedCall = (error: ConnectorError): FailedCall => ({
  failure: failureOf(error),
  lasts: error.fields.lasts ?? null,
});

/** The failed call that an earlier attempt kept with the request; null if there is none. */
export function failureIn({ outcome }: ActionRecord): FailedCall | null {
  const failure = objectOf(outcome, 'failure');
  const lasts = textOf(outcome, 'lasts');
  const isKnown = lasts === 'lasting' || lasts === 'passing' || lasts === 'unknown';
  return failure && { failure, lasts: isKnown ? lasts : null };
}

/**
 * Whether the target of a failed write is looked up once, and the write not made again: the vendor has
 * answered, and another call would end the same way, or nobody can tell how.
 */
export const isLookedUpOnce = ({ lasts }: FailedCall): boolean =>
  lasts === 'lasting' || lasts === 'unknown';

/** The outcome of a failed call, as stored with the request; `more` is added to what happened. */
function failureOf(error: ConnectorError, more = ''): JsonObject {
  const details = errorDetails(error, more);
  const { code, vendorCode } = details;
  return {
    ok: false,
    code,
    vendorCode,
    message: failureText(error, details),
    error: { ...details },
  };
}

/** How an error of the call ends the request; null if the call is made again. */
export function endFrom(error: unknown): RequestEnd | null {
  if (error instanceof PolicyDeniedError)
    return { state: 'stale', outcome: { code: 'refused', hints: error.decision.hints } };
  if (!(error instanceof ConnectorError) || error.code === 'cancelled') return null;
  const { ambiguous } = error.fields;
  if (error.retryable && !ambiguous && !isLastTry()) return null;
  return { state: ambiguous ? 'unknown' : 'failed', outcome: failureOf(error, triesOf(error)) };
}

/** How often a call was tried, if only the number of tries ended it. */
const triesOf = ({ retryable }: ConnectorError): string =>
  retryable && isLastTry() ? TRIED_OUT : '';

/** The end after a call that is not made again, by what its target showed. */
export function endAfterLookUp({ failure, lasts }: FailedCall, effect: CallEffect): RequestEnd {
  const seen =
    effect === 'undone'
      ? '; arx then read the target, which does not show the change'
      : '; whether it took effect cannot be read';
  return {
    state: effect === 'undone' && lasts === 'lasting' ? 'failed' : 'unknown',
    outcome: withText(failure, seen),
  };
}

/**
 * The end of a call whose effect stays unknown: with the failure of an attempt, or because the worker
 * ended during the call.
 */
export function endOfInterrupted(failed: FailedCall | null): RequestEnd {
  if (failed === null) return { state: 'unknown', outcome: { code: 'interrupted' } };
  return { state: 'unknown', outcome: withText(failed.failure, isLastTry() ? TRIED_OUT : '') };
}

/** Adds to what happened. */
function withText(failure: JsonObject, more: string): JsonObject {
  const add = (outcome: JsonObject): string => `${textOf(outcome, 'message') ?? ''}${more}`;
  const error = objectOf(failure, 'error');
  return {
    ...failure,
    message: add(failure),
    ...(error && { error: { ...error, message: add(error) } }),
  };
}

/** Ends a request, and its approval if that still waits. */
export async function endWith(
  deps: UsesStore<'journal' | 'requests'> & UsesClock,
  record: ActionRecord,
  { state, outcome }: RequestEnd,
): Promise<OpenedRequest> {
  const { store, now } = deps;
  const from: ActionState[] = ['open', 'pending', 'approved', 'performing'];
  if (!from.includes(record.state)) return requestState(record);
  const at = now();
  const code = typeof outcome['code'] === 'string' ? outcome['code'] : state;
  const kind =
    state === 'stale' ? 'grant.stale' : state === 'unknown' ? 'action.unknown' : 'action.failed';
  const drafts = [requestDraft(record, { kind, at, outcome: { state, code } })];
  const { approval, requestId } = record;
  const closed =
    approval?.state === 'PENDING' ? { ...approval, state: 'CANCELLED' as const } : null;
  if (closed) drafts.push(closingDraft(record, closed, at));
  await store.journal.append(drafts, async (tx: StoreTransaction) => {
    const isoAt = at.toISOString();
    await store.requests.move(tx, requestId, from, { state, outcome, at: isoAt });
    if (!closed || !approval) return;
    const change = { before: approval, after: closed };
    if (!(await store.requests.saveApproval(tx, requestId, change, isoAt)))
      throw retryIn(backoffMs(1), 'conflict', 'the approval changed meanwhile');
  });
  return requestState((await store.requests.get(requestId)) ?? record);
}
