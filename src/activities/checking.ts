import { Context } from '@temporalio/activity';
import type { JsonObject } from '../audit/types.ts';
import { ConnectorError } from '../connectors/errors.ts';
import type { CallContext, CallOutcome, OktaFactor, Recorded } from '../connectors/types.ts';
import { exemptionOf, isInGrace } from '../mfa/exemptions.ts';
import { isKnownStatus } from '../mfa/strength.ts';
import type { ClassifiedFactor } from '../mfa/types.ts';
import { verdictOf } from '../mfa/verdict.ts';
import type { FactorReading, VerdictOutcome } from '../mfa/verdict.ts';
import type { ListedUser, RunRecord } from '../store/types.ts';
import type { Deps } from './deps.ts';
import { draftOf } from './drafts.ts';
import { backoffMs, retryIn, VENDOR_ATTEMPTS } from './failures.ts';
import { runOf } from './listing.ts';
import { callerOf, frozen } from './plan.ts';
import type { FrozenPlan } from './plan.ts';
import { reportProgress } from './running.ts';
import type { MfaActivities } from './types.ts';

/** Items of one batch that are read at the same time; the quota is kept by the connector. */
export const LANES = 8;
const GIVE_UP_CHUNK = 200;

/** `checkUsers`: a batch of one is a batch. What has a verdict is not read again. */
export function checkUsers(deps: Deps): MfaActivities['checkUsers'] {
  return async ({ run, page, from, count }) => {
    const record = await runOf(deps.store, run);
    const ids = (await deps.store.users.page(run, page))?.userIds.slice(from, from + count) ?? [];
    const queue = await deps.store.users.pending(run, ids);
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

/** Rate limits decide when to try again; else the shortest wait that the failures so far ask for. */
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
async function checkOne(deps: Deps, record: RunRecord, user: ListedUser): Promise<ConnectorError | null> {
  const { run } = record;
  const context: CallContext<OktaFactor[]> = {
    caller: callerOf(record, frozen(record).permitted),
    subject: user.userId,
    signal: Context.current().cancellationSignal,
    record: (outcome) => {
      const reading = readingOf(outcome);
      return reading && checkedEntry(deps, record, { user, reading });
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
    await recordUnknown(deps, record, { user, reason: `could not be read: ${error.code} (${failures} tries)` });
    return null;
  }
}

/** Errors that settle the verdict of this user at once. */
export function isFinal({ code }: ConnectorError): boolean {
  return code === 'not_found' || code === 'forbidden' || code === 'invalid' || code === 'conflict';
}

/** What an outcome says of the user's factors; null where it must be tried again or concerns the whole run. */
export function readingOf(outcome: CallOutcome<readonly OktaFactor[]>): FactorReading | null {
  if (outcome.ok) return { kind: 'read', factors: outcome.output };
  const { error } = outcome;
  if (error.code === 'not_found') return { kind: 'vanished', reason: 'gone between listing and check' };
  if (!isFinal(error)) return null;
  const code = error.fields.vendorCode ?? error.fields.status ?? 'no code';
  return { kind: 'unreadable', reason: `could not be read: ${error.code} (${code})` };
}

/** Judges a reading by the frozen plan of its run. */
export function judgeReading(record: RunRecord, user: ListedUser, reading: FactorReading): VerdictOutcome {
  const plan = frozen(record);
  return verdictOf({
    reading,
    allowed: allowedBy(plan),
    exemption: exemptionOf(plan.exemptions, user),
    inGrace: isInGrace(user.created, new Date(record.startedAt), plan.graceMs),
  });
}

/** The allowed types of a plan as a set, made once for all users of a batch. */
function allowedBy(plan: FrozenPlan): ReadonlySet<string> {
  const allowed = ALLOWED.get(plan) ?? new Set(plan.allowed);
  ALLOWED.set(plan, allowed);
  return allowed;
}
const ALLOWED = new WeakMap<FrozenPlan, ReadonlySet<string>>();

interface Finding {
  user: ListedUser;
  reading: FactorReading;
}

/** The audit entry of a checked user and, in the same transaction, the verdict. */
function checkedEntry(deps: Deps, record: RunRecord, { user, reading }: Finding): Recorded {
  return { kind: 'user.checked', subject: user.userId, sequence: 0, ...verdictEntry(deps, record, { user, reading }) };
}

/** Outcome and effect that any entry about a verdict has. Reasons may name an exemption's owner, so the trail keeps none. */
export function verdictEntry(
  deps: Deps,
  record: RunRecord,
  { user, reading }: Finding,
): Pick<Recorded, 'outcome' | 'effect'> {
  const judged = judgeReading(record, user, reading);
  const found = { ...judged, checkedAt: deps.now().toISOString() };
  return {
    outcome: { verdict: judged.verdict, factors: judged.factors.map(factorForTrail) },
    effect: deps.store.users.verdictEffect(record.run, user.userId, found),
  };
}

/** A type that Okta does not document may be anything: the trail says only that it was not recognised. */
function factorForTrail({ type, status, class: strength }: ClassifiedFactor): JsonObject {
  const known = strength !== 'unrecognised';
  return {
    type: known ? type : 'unrecognised',
    status: isKnownStatus(status) ? status : 'unrecognised',
    class: strength,
  };
}

async function recordUnknown(
  deps: Deps,
  record: RunRecord,
  { user, reason }: { user: ListedUser; reason: string },
): Promise<void> {
  const entry = checkedEntry(deps, record, { user, reading: { kind: 'unreadable', reason } });
  const draft = draftOf(record, { kind: entry.kind, subject: user.userId, sequence: 0, at: deps.now().toISOString() });
  await deps.store.journal.append([{ ...draft, outcome: entry.outcome }], entry.effect);
}

/** `giveUpChecking`: everybody who is left is unknown, with the reason; nobody is left out of the count. */
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
          chunk.map((user) => recordUnknown(deps, record, { user, reason: `could not be read: ${code}` })),
        );
      }
      checked += left.length;
    }
  };
}
