import { Context } from '@temporalio/activity';
import { ConnectorError } from '../../connectors/errors.ts';
import type { CallContext, OktaFactor } from '../../connectors/types.ts';
import { NON_COMPLIANT } from '../../mfa/types.ts';
import type { FactorReading } from '../../mfa/verdict.ts';
import type { RunUser, RunRecord } from '../../store/run-types.ts';
import { readingOf } from './checking.ts';
import type { Deps } from './deps.ts';
import { draftOf } from './drafts.ts';
import { VENDOR_ATTEMPTS } from '../support/failures.ts';
import { verdictEntry } from './judging.ts';
import { callerOf, frozen } from './plan.ts';

/** A user whose verdict is settled. */
export type Judged = Extract<RunUser, { checkedAt: string }>;

/** Whether a ticket is for this user. */
export function isFinding(user: RunUser | null): user is Judged {
  return (
    user !== null &&
    user.verdict !== null &&
    (NON_COMPLIANT as readonly string[]).includes(user.verdict)
  );
}

/**
 * Reads user and factors again right before a ticket; what is seen now replaces the verdict. Null
 * where nobody is to be accused any more.
 */
export async function lookAgain(
  deps: Deps,
  record: RunRecord,
  user: Judged,
): Promise<Judged | null> {
  const look = { deps, record, user };
  try {
    await readAgain(look);
  } catch (error) {
    const reading = readingFrom(error);
    if (!reading) throw error;
    await rejudge(look, reading);
  }
  const again = await deps.store.users.get(record.run, user.userId);
  return isFinding(again) ? again : null;
}

interface Look {
  deps: Deps;
  record: RunRecord;
  user: Judged;
}

async function readAgain({ deps, record, user }: Look): Promise<void> {
  const { okta } = deps.connectors;
  const { userId } = user;
  const plan = frozen(record);
  const signal = Context.current().cancellationSignal;
  const context = { caller: callerOf(record, plan.permitted), subject: userId, signal };
  const { output } = await okta('users:read_detail', { userId }, context);
  if (!plan.statuses.includes(output.status)) {
    const reason = 'no longer in scope when a ticket was due';
    return rejudge({ deps, record, user }, { kind: 'vanished', reason });
  }
  const factorContext: CallContext<OktaFactor[]> = {
    ...context,
    record: (outcome) => {
      if (!outcome.ok) return null;
      const reading = { kind: 'read', factors: outcome.output } as const;
      return {
        kind: 'user.rechecked',
        subject: userId,
        ...verdictEntry(deps, record, { user, reading }),
      };
    },
  };
  await okta('users:read_factors', { userId }, factorContext);
}

/** What an error of the second look says for certain; null where it must be tried again. */
function readingFrom(error: unknown): FactorReading | null {
  if (!(error instanceof ConnectorError) || error.fields.connector !== 'okta') return null;
  const reading = readingOf({ ok: false, error });
  if (reading) return reading;
  const spent = Context.current().info.attempt >= VENDOR_ATTEMPTS;
  if (!spent || !error.retryable || error.code === 'rate_limited') return null;
  return { kind: 'unreadable', reason: `could not be read again before a ticket: ${error.code}` };
}

async function rejudge({ deps, record, user }: Look, reading: FactorReading): Promise<void> {
  const { outcome, effect } = verdictEntry(deps, record, { user, reading });
  const at = deps.now().toISOString();
  const draft = draftOf(record, { kind: 'user.rechecked', subject: user.userId, at });
  await deps.store.journal.append([{ ...draft, outcome }], effect);
}
