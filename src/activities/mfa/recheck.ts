import { Context } from '@temporalio/activity';
import { ConnectorError } from '../../connectors/errors.ts';
import type { CallContext, OktaFactor } from '../../connectors/types.ts';
import { NON_COMPLIANT } from '../../mfa/types.ts';
import type { FactorReading } from '../../mfa/verdict.ts';
import type { RunUser, RunRecord } from '../../store/run-types.ts';
import { readingOf } from './checking.ts';
import type { UsesClock, UsesConnectors, UsesStore } from '../support/parts.ts';
import { draftOf } from './drafts.ts';
import { VENDOR_ATTEMPTS } from '../support/failures.ts';
import { verdictEntry } from './verdicts.ts';
import { callerOf, planOf } from './plan.ts';

/** A user who has a verdict. */
export type CheckedUser = Extract<RunUser, { checkedAt: string }>;

type RecheckDeps = UsesStore<'journal' | 'users'> & UsesConnectors<'okta'> & UsesClock;

/** Whether this user needs a ticket. */
export function isFinding(user: RunUser | null): user is CheckedUser {
  return (
    user !== null &&
    user.verdict !== null &&
    (NON_COMPLIANT as readonly string[]).includes(user.verdict)
  );
}

/**
 * Reads user and factors again right before a ticket is opened. The second reading replaces the
 * verdict. Null if the user no longer needs a ticket.
 */
export async function recheckUser(
  deps: RecheckDeps,
  record: RunRecord,
  user: CheckedUser,
): Promise<CheckedUser | null> {
  const recheck = { deps, record, user };
  try {
    await readUserAgain(recheck);
  } catch (error) {
    const reading = readingFrom(error);
    if (!reading) throw error;
    await recordRecheck(recheck, reading);
  }
  const again = await deps.store.users.get(record.run, user.userId);
  return isFinding(again) ? again : null;
}

interface Recheck {
  deps: RecheckDeps;
  record: RunRecord;
  user: CheckedUser;
}

async function readUserAgain({ deps, record, user }: Recheck): Promise<void> {
  const { okta } = deps.connectors;
  const { userId } = user;
  const plan = planOf(record);
  const signal = Context.current().cancellationSignal;
  const context = { caller: callerOf(record, plan.permitted), subject: userId, signal };
  const { output } = await okta('users:read_detail', { userId }, context);
  if (!plan.statuses.includes(output.status)) {
    const reason = 'no longer in scope when a ticket was due';
    return recordRecheck({ deps, record, user }, { kind: 'vanished', reason });
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

/** The reading that an error of the recheck proves; null if it must be tried again. */
function readingFrom(error: unknown): FactorReading | null {
  if (!(error instanceof ConnectorError) || error.fields.connector !== 'okta') return null;
  const reading = readingOf({ ok: false, error });
  if (reading) return reading;
  const spent = Context.current().info.attempt >= VENDOR_ATTEMPTS;
  if (!spent || !error.retryable || error.code === 'rate_limited') return null;
  return { kind: 'unreadable', reason: `could not be read again before a ticket: ${error.code}` };
}

async function recordRecheck(
  { deps, record, user }: Recheck,
  reading: FactorReading,
): Promise<void> {
  const { outcome, effect } = verdictEntry(deps, record, { user, reading });
  const at = deps.now().toISOString();
  const draft = draftOf(record, { kind: 'user.rechecked', subject: user.userId, at });
  await deps.store.journal.append([{ ...draft, outcome }], effect);
}
