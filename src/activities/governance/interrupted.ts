import type { ActionRecord } from '../../store/governance-types.ts';
import type { StoreTransaction } from '../../store/types.ts';
import type { OpenedRequest } from './types.ts';
import { ON_ITS_WAY_MS, retryIn } from '../support/failures.ts';
import { standingAt } from '../flows/standing-at.ts';
import type { GovernedDeps } from './deps.ts';
import { standing } from './open-request.ts';
import { readerOf } from './people.ts';
import { requestDraft } from './recording.ts';

/** What a call left behind that broke off: seen at its target. */
export type Left = 'done' | 'undone' | 'unknown';

/**
 * What a call that broke off left behind: as the audit trail has it from an attempt that was
 * overtaken, else as its target shows. `ended`: the call was this attempt's own, and no other can
 * still be waiting for its answer. Throws what makes the activity look again later.
 */
export async function checkEffect(
  deps: GovernedDeps,
  record: ActionRecord,
  { ended = false }: { ended?: boolean } = {},
): Promise<Left> {
  const { connectors, now } = deps;
  const since = await recordMissed(deps, record);
  if (await isRecordedDone(deps, record)) return 'done';
  const operation = `${record.connector}:${record.operation}`;
  const looker = { connectors, caller: readerOf(record) };
  const stands = await standingAt(looker, { operation, args: record.args }, 'again');
  if (stands === 'done') return 'done';
  if (stands !== 'ready' && ended) return 'unknown';
  const wait = Date.parse(since) + ON_ITS_WAY_MS - now().getTime();
  if (wait > 0)
    throw retryIn(
      wait,
      'unavailable',
      'the call may still be on its way; its target is looked at again',
    );
  return stands === 'ready' ? 'undone' : 'unknown';
}

/**
 * Since when the effect of a call has been looked for: noted by the first attempt that looks, for
 * the one before it may have made the call long after it was intended.
 */
async function recordMissed(
  { store, now }: GovernedDeps,
  { requestId, outcome, updatedAt }: ActionRecord,
): Promise<string> {
  const noted = outcome?.['missedAt'];
  if (typeof noted === 'string') return noted;
  const missedAt = now().toISOString();
  const state = 'performing';
  await store.requests.move(null, requestId, [state], {
    state,
    outcome: { missedAt },
    at: updatedAt,
  });
  return missedAt;
}

/** Whether an attempt that was overtaken recorded that the call succeeded. */
async function isRecordedDone(
  { store }: GovernedDeps,
  { run, requestId }: ActionRecord,
): Promise<boolean> {
  const succeeded = await store.audit.list({ run, kind: 'action.succeeded' });
  return succeeded.some(({ entry }) => entry.outcome?.['request'] === requestId);
}

/** The call was taken: the request ends as succeeded, and the grant that allowed it is spent. */
export async function recordDone(
  { store, now }: GovernedDeps,
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
  return standing((await store.requests.get(requestId)) ?? record);
}

/** The call was not taken: the request is ready again, with its grant. */
export async function recordUndone(
  { store, now }: GovernedDeps,
  record: ActionRecord,
): Promise<void> {
  const { requestId, approval } = record;
  const at = now();
  const outcome = { ok: false, code: 'found_undone' };
  await store.journal.append(
    [requestDraft(record, { kind: 'action.failed', at, outcome })],
    async (tx: StoreTransaction) => {
      const state = approval === null ? 'open' : 'approved';
      await store.requests.move(tx, requestId, ['performing'], { state, at: at.toISOString() });
      await store.grants.restore(tx, requestId);
    },
  );
}
