import { Context } from '@temporalio/activity';
import { ConnectorError } from '../../connectors/errors.ts';
import type { CallContext, CallOutcome, OktaFactor } from '../../connectors/types.ts';
import type { FactorReading } from '../../mfa/verdict.ts';
import type { ListedUser, RunRecord } from '../../store/run-types.ts';
import type { Deps } from './deps.ts';
import { backoffMs, retryIn, VENDOR_ATTEMPTS } from '../support/failures.ts';
import { takeOver } from './delta/take-over.ts';
import { userEntry, recordFinding } from './judging.ts';
import { runOf } from './listing.ts';
import { callerOf, frozen } from './plan.ts';
import { reportProgress } from '../support/running.ts';
import type { MfaActivities } from './types.ts';

/** Items of one batch that are read at the same time; the quota is kept by the connector. */
export const LANES = 12;
const GIVE_UP_CHUNK = 200;

/** `checkUsers`: a batch of one is a batch. What has a verdict is not read again. */
export function checkUsers(deps: Deps): MfaActivities['checkUsers'] {
  return async ({ run, page, from, count }) => {
    const record = await runOf(deps.store, run);
    const ids = (await deps.store.users.page(run, page))?.userIds.slice(from, from + count) ?? [];
    const queue = await takeOver(deps, record, await deps.store.users.pending(run, ids));
    const troubles: ConnectorError[] = [];
    let checked = ids.length - queue.length;
    const lane = async (): Promise<void> => {
      for (let user = queue.shift(); user; user = queue.shift()) {
        const trouble = await checkOne(deps, record, user);
        if (trouble) troubles.push(trouble);
        else reportProgress({ checked: ++checked, of: ids.length });
        if (trouble?.code === 'rate_limited') return;
      }
    };
    await Promise.all(Array.from({ length: Math.min(LANES, queue.length) }, lane));
    if (troubles.length > 0) throw againLater(troubles);
    return { checked: ids.length };
  };
}

/**
 * Rate limits decide when to try again; else the shortest wait that the failures so far ask for.
 */
export function againLater(troubles: readonly ConnectorError[]): Error {
  const limited = troubles.find(({ code }) => code === 'rate_limited');
  if (limited) return limited;
  const { attempt } = Context.current().info;
  const codes = [...new Set(troubles.map(({ code }) => code))].join(', ');
  return retryIn(
    backoffMs(Math.min(attempt, VENDOR_ATTEMPTS)),
    codes,
    `${troubles.length} users could not be read yet: ${codes}`,
  );
}

/** Reads, judges and records one user. Gives the error where the user must be tried again. */
async function checkOne(
  deps: Deps,
  record: RunRecord,
  user: ListedUser,
): Promise<ConnectorError | null> {
  const { run } = record;
  const context: CallContext<OktaFactor[]> = {
    caller: callerOf(record, frozen(record).permitted),
    subject: user.userId,
    signal: Context.current().cancellationSignal,
    record: (outcome) => {
      const reading = readingOf(outcome);
      return reading && userEntry(deps, record, { user, reading });
    },
  };
  try {
    await deps.connectors.okta('users:read_factors', { userId: user.userId }, context);
    return null;
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    if (isFinal(error)) return null;
    if (!error.retryable || error.code === 'rate_limited') {
      if (error.code === 'rate_limited') return error;
      throw error;
    }
    const failures = await deps.store.users.countFailure(run, user.userId);
    if (failures < VENDOR_ATTEMPTS) return error;
    await recordUnknown(deps, record, {
      user,
      reason: `could not be read: ${error.code} (${failures} tries)`,
    });
    return null;
  }
}

/** Errors that settle the verdict of this user at once. */
export function isFinal({ code }: ConnectorError): boolean {
  return code === 'not_found' || code === 'forbidden' || code === 'invalid' || code === 'conflict';
}

/**
 * What an outcome says of the user's factors; null where it must be tried again or concerns the
 * whole run.
 */
export function readingOf(outcome: CallOutcome<readonly OktaFactor[]>): FactorReading | null {
  if (outcome.ok) return { kind: 'read', factors: outcome.output };
  const { error } = outcome;
  if (error.code === 'not_found')
    return { kind: 'vanished', reason: 'gone between listing and check' };
  if (!isFinal(error)) return null;
  const code = error.fields.vendorCode ?? error.fields.status ?? 'no code';
  return { kind: 'unreadable', reason: `could not be read: ${error.code} (${code})` };
}

const recordUnknown = (
  deps: Deps,
  record: RunRecord,
  { user, reason }: { user: ListedUser; reason: string },
) => recordFinding(deps, record, { user, reading: { kind: 'unreadable', reason } });

/**
 * `giveUpChecking`: everybody who is left is unknown, with the reason; nobody is left out of the
 * count.
 */
export function giveUpChecking(deps: Deps): MfaActivities['giveUpChecking'] {
  return async ({ run, code }) => {
    const record = await runOf(deps.store, run);
    let checked = 0;
    for (let page = 0; ; page += 1) {
      const stored = await deps.store.users.page(run, page);
      if (!stored) return { checked };
      const left = await deps.store.users.pending(run, stored.userIds);
      for (let from = 0; from < left.length; from += GIVE_UP_CHUNK) {
        const chunk = left.slice(from, from + GIVE_UP_CHUNK);
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
