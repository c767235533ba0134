import { Context } from '@temporalio/activity';
import { AuditDraftError } from '../../audit/errors.ts';
import { ConnectorError, InvalidArgumentError } from '../../connectors/errors.ts';
import type { CallContext, CallOutcome, OktaFactor } from '../../connectors/types.ts';
import { UNREADABLE_ROW } from '../../mfa/verdict.ts';
import type { FactorReading } from '../../mfa/verdict.ts';
import type { ListedUser, RunRecord } from '../../store/run-types.ts';
import type { UsesClock, UsesConnectors, UsesStore } from '../support/parts.ts';
import { backoffMs, retryIn, VENDOR_ATTEMPTS } from '../support/failures.ts';
import { isFinal } from '../support/refusals.ts';
import { takeOverReadings } from './delta/take-over.ts';
import { userCheckedEntry, recordVerdict } from './verdicts.ts';
import { runOf } from './listing.ts';
import { callerOf, planOf } from './plan.ts';
import { reportProgress } from '../support/running.ts';
import type { MfaActivities } from './types.ts';

/** Users of one batch that are read at the same time. The connector respects the quota. */
export const READS_AT_ONCE = 12;
const RECORDED_AT_ONCE = 200;

type CheckDeps = UsesStore<'deltas' | 'journal' | 'runs' | 'users'> &
  UsesConnectors<'okta'> &
  UsesClock;

/** `checkUsers`: reads, assesses and records users. A user who has a verdict is not read again. */
export function checkUsers(deps: CheckDeps): MfaActivities['checkUsers'] {
  return async ({ run, page, from, count }) => {
    const record = await runOf(deps.store, run);
    const ids = (await deps.store.users.page(run, page))?.userIds.slice(from, from + count) ?? [];
    const queue = await takeOverReadings(deps, record, await deps.store.users.pending(run, ids));
    const failures: UnreadUser[] = [];
    let checked = ids.length - queue.length;
    const runLane = async (): Promise<void> => {
      for (let user = queue.shift(); user; user = queue.shift()) {
        const failure = await checkOne(deps, record, user);
        if (failure) failures.push(failure);
        else reportProgress({ checked: ++checked, of: ids.length });
        if (failure?.code === 'rate_limited') return;
      }
    };
    await Promise.all(Array.from({ length: Math.min(READS_AT_ONCE, queue.length) }, runLane));
    if (failures.length > 0) throw retryLater(failures);
    return { checked: ids.length };
  };
}

/**
 * A failure that makes Temporal try again: when the rate limit allows it, otherwise after the usual
 * wait.
 */
export function retryLater(failures: readonly UnreadUser[]): Error {
  const limited = failures.find(
    (failure) => failure instanceof ConnectorError && failure.code === 'rate_limited',
  );
  if (limited instanceof ConnectorError) return limited;
  const { attempt } = Context.current().info;
  const codes = [...new Set(failures.map(({ code }) => code))].join(', ');
  return retryIn(
    backoffMs(Math.min(attempt, VENDOR_ATTEMPTS)),
    codes,
    `${failures.length} users could not be read yet: ${codes}`,
  );
}

/** Reads, assesses and records one user. Returns the error if the user must be read again. */
async function checkOne(
  deps: CheckDeps,
  record: RunRecord,
  user: ListedUser,
): Promise<UnreadUser | null> {
  const context: CallContext<OktaFactor[]> = {
    caller: callerOf(record, planOf(record).permitted),
    subject: user.userId,
    signal: Context.current().cancellationSignal,
    record: (outcome) => {
      const reading = readingOf(outcome);
      return reading && userCheckedEntry(deps, record, { user, reading });
    },
  };
  if (user.status === UNREADABLE_ROW) {
    const reason = 'could not be read: its row in the list has another form than Okta documents';
    await recordUnknown(deps, record, { user, reason });
    return null;
  }
  try {
    await deps.connectors.okta('users:read_factors', { userId: user.userId }, context);
    return null;
  } catch (error) {
    if (error instanceof ConnectorError) {
      if (isFinal(error)) return null;
      if (error.code === 'rate_limited') return error;
      if (!error.retryable) throw error;
      return countTry(deps, record, { user, failure: error });
    }
    if (error instanceof InvalidArgumentError) {
      await recordUnknown(deps, record, { user, reason: `could not be read: ${error.code}` });
      return null;
    }
    if (error instanceof AuditDraftError)
      return countTry(deps, record, { user, failure: { code: 'malformed' } });
    throw error;
  }
}

/** Why a user was not read: the error of the connector, or the code of another error. */
type UnreadUser = ConnectorError | { code: 'malformed' };

/** Counts a try; after the last one, the user is recorded as unknown. */
async function countTry(
  deps: CheckDeps,
  record: RunRecord,
  { user, failure }: { user: ListedUser; failure: UnreadUser },
): Promise<UnreadUser | null> {
  const tries = await deps.store.users.countFailure(record.run, user.userId);
  if (tries < VENDOR_ATTEMPTS) return failure;
  const reason = `could not be read: ${failure.code} (${tries} tries)`;
  await recordUnknown(deps, record, { user, reason });
  return null;
}

/** The reading of a user's factors; null if it must be tried again or concerns the whole run. */
export function readingOf(outcome: CallOutcome<readonly OktaFactor[]>): FactorReading | null {
  if (outcome.ok) return { kind: 'read', factors: outcome.output };
  const { error } = outcome;
  if (error.code === 'not_found')
    return { kind: 'vanished', reason: 'gone between listing and check' };
  if (!isFinal(error)) return null;
  const code = error.fields.vendorCode ?? error.fields.status ?? 'no code';
  return { kind: 'unreadable', reason: `could not be read: ${error.code} (${code})` };
}

function recordUnknown(
  deps: UsesStore<'journal' | 'users'> & UsesClock,
  record: RunRecord,
  { user, reason }: { user: ListedUser; reason: string },
): Promise<void> {
  return recordVerdict(deps, record, { user, reading: { kind: 'unreadable', reason } });
}

/** `giveUpChecking`: all remaining users become `unknown`, so that the counts include everyone. */
export function giveUpChecking(
  deps: UsesStore<'journal' | 'runs' | 'users'> & UsesClock,
): MfaActivities['giveUpChecking'] {
  return async ({ run, code }) => {
    const record = await runOf(deps.store, run);
    let checked = 0;
    for (let page = 0; ; page += 1) {
      const stored = await deps.store.users.page(run, page);
      if (!stored) return { checked };
      const left = await deps.store.users.pending(run, stored.userIds);
      for (let from = 0; from < left.length; from += RECORDED_AT_ONCE) {
        const chunk = left.slice(from, from + RECORDED_AT_ONCE);
        await Promise.all(
          chunk.map((user) =>
            recordUnknown(deps, record, { user, reason: `could not be read: ${code}` }),
          ),
        );
      }
      checked += left.length;
    }
  };
}
