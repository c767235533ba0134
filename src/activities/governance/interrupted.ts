import type { ActionRecord } from '../../store/governance-types.ts';
import type { StoreTransaction } from '../../store/types.ts';
import type { OpenedRequest } from './types.ts';
import { ON_ITS_WAY_MS, retryIn } from '../support/failures.ts';
import { readTargetState } from '../flows/target-state.ts';
import type { AccountConnector } from '../../flows/types.ts';
import type { UsesClock, UsesConnectors, UsesStore } from '../support/parts.ts';
import { requestState } from './open-request.ts';
import { readerOf } from './user-reader.ts';
import { requestDraft } from './recording.ts';
import type { FailedCall } from './request-end.ts';

/** The effect of a call that was interrupted. */
export type CallEffect = 'done' | 'undone' | 'unknown';

/**
 * Finds out whether an interrupted call took effect: from the audit trail, if an earlier attempt
 * recorded it there, otherwise from the state of the target. `ended`: the call was made by this
 * attempt, so no other attempt can still be waiting for its answer. `isFinal`: the target is read once,
 * because the vendor has answered. `failed` is kept for the attempts that check later. Throws a failure
 * that makes the activity check again later.
 */
export async function findEffect(
  deps: UsesStore<'audit' | 'requests'> & UsesConnectors<AccountConnector> & UsesClock,
  record: ActionRecord,
  { ended = false, isFinal = false, failed = null }: FindOptions = {},
): Promise<CallEffect> {
  const { connectors, now } = deps;
  const since = await readMissedAt(deps, record, failed);
  if (await isRecordedDone(deps, record)) return 'done';
  const operation = `${record.connector}:${record.operation}`;
  const reader = { connectors, caller: readerOf(record) };
  const targetState = await readTargetState(reader, { operation, args: record.args }, 'again');
  if (targetState === 'done') return 'done';
  if (isFinal) return targetState === 'ready' ? 'undone' : 'unknown';
  if (targetState !== 'ready' && ended) return 'unknown';
  const wait = Date.parse(since) + ON_ITS_WAY_MS - now().getTime();
  if (wait > 0)
    throw retryIn(
      wait,
      'unavailable',
      'the call may still take effect; arx will check its target again',
    );
  return targetState === 'ready' ? 'undone' : 'unknown';
}

interface FindOptions {
  ended?: boolean;
  isFinal?: boolean;
  failed?: FailedCall | null;
}

/**
 * Since when the effect of a call has been checked. The first attempt that checks records it, because
 * the previous attempt may have made the call long after it was intended.
 */
async function readMissedAt(
  { store, now }: UsesStore<'requests'> & UsesClock,
  { requestId, outcome, updatedAt }: ActionRecord,
  failed: FailedCall | null,
): Promise<string> {
  const noted = outcome?.['missedAt'];
  if (typeof noted === 'string') return noted;
  const missedAt = now().toISOString();
  const state = 'performing';
  await store.requests.move(null, requestId, [state], {
    state,
    outcome: { missedAt, ...failed },
    at: updatedAt,
  });
  return missedAt;
}

/** Whether an earlier attempt recorded that the call succeeded. */
async function isRecordedDone(
  { store }: UsesStore<'audit'>,
  { run, requestId }: ActionRecord,
): Promise<boolean> {
  const succeeded = await store.audit.list({ run, kind: 'action.succeeded' });
  return succeeded.some(({ entry }) => entry.outcome?.['request'] === requestId);
}

/** The call took effect: the request ends as succeeded, and its grant is used. */
export async function recordDone(
  { store, now }: UsesStore<'journal' | 'requests'> & UsesClock,
  record: ActionRecord,
): Promise<OpenedRequest> {
  const { requestId } = record;
  const at = now();
  const outcome = { ok: true, code: 'found_done' };
  const used =
    record.approval === null ? [] : [requestDraft(record, { kind: 'grant.used', at, sequence: 0 })];
  const drafts = [requestDraft(record, { kind: 'action.succeeded', at, outcome }), ...used];
  await store.journal.append(drafts, async (tx: StoreTransaction) => {
    await store.requests.move(tx, requestId, ['performing'], {
      state: 'succeeded',
      outcome,
      at: at.toISOString(),
    });
  });
  return requestState((await store.requests.get(requestId)) ?? record);
}

/** The call took no effect, as `code` says: the request is ready again, with its grant. */
export async function recordNoEffect(
  { store, now }: UsesStore<'grants' | 'journal' | 'requests'> & UsesClock,
  record: ActionRecord,
  code: 'found_undone' | 'not_seen_yet' = 'found_undone',
): Promise<void> {
  const { requestId, approval } = record;
  const at = now();
  const outcome = { ok: false, code };
  await store.journal.append(
    [requestDraft(record, { kind: 'action.failed', at, outcome })],
    async (tx: StoreTransaction) => {
      const state = approval === null ? 'open' : 'approved';
      await store.requests.move(tx, requestId, ['performing'], { state, at: at.toISOString() });
      await store.grants.restore(tx, requestId);
    },
  );
}
