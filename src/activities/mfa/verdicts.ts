import type { JsonObject } from '../../audit/types.ts';
import type { Recorded } from '../../connectors/types.ts';
import { exemptionDoubt, exemptionOf, graceReason } from '../../mfa/exemptions.ts';
import { isKnownStatus } from '../../mfa/strength.ts';
import type { ClassifiedFactor } from '../../mfa/types.ts';
import { verdictOf } from '../../mfa/verdict.ts';
import type { FactorReading, VerdictOutcome } from '../../mfa/verdict.ts';
import type { ListedUser, RunRecord, TakenOver } from '../../store/run-types.ts';
import type { UsesClock, UsesStore } from '../support/parts.ts';
import { draftOf } from './drafts.ts';
import { planOf } from './plan.ts';
import type { FrozenPlan } from './plan.ts';

/** Assesses a reading by the frozen plan of its run. */
function assess(record: RunRecord, user: ListedUser, reading: FactorReading): VerdictOutcome {
  const plan = planOf(record);
  return verdictOf({
    reading,
    allowed: factorTypeSet(plan),
    exemption: exemptionOf(plan.exemptions, user),
    grace: graceReason(user, new Date(record.startedAt), plan.graceMs),
    doubt: exemptionDoubt(plan.exemptions),
  });
}

/** The allowed types of a plan as a set, made once for all users of a batch. */
function factorTypeSet(plan: FrozenPlan): ReadonlySet<string> {
  const allowed = ALLOWED.get(plan) ?? new Set(plan.allowed);
  ALLOWED.set(plan, allowed);
  return allowed;
}
const ALLOWED = new WeakMap<FrozenPlan, ReadonlySet<string>>();

interface UserReading {
  user: ListedUser;
  reading: FactorReading;
  /** The run and time of the reading, if it is taken over from an earlier run. */
  takenOver?: TakenOver;
}

/** The audit entry of a checked user; the verdict is written in the same transaction. */
export function userCheckedEntry(
  deps: UsesStore<'users'> & UsesClock,
  record: RunRecord,
  finding: UserReading,
): Recorded {
  return {
    kind: 'user.checked',
    subject: finding.user.userId,
    sequence: 0,
    ...verdictEntry(deps, record, finding),
  };
}

/**
 * Outcome and effect of every entry about a verdict. The entry contains no reason, because a reason
 * may name the owner of an exemption.
 */
export function verdictEntry(
  deps: UsesStore<'users'> & UsesClock,
  record: RunRecord,
  { user, reading, takenOver }: UserReading,
): Pick<Recorded, 'outcome' | 'effect'> {
  const judged = assess(record, user, reading);
  const found = { ...judged, checkedAt: deps.now().toISOString(), ...(takenOver && { takenOver }) };
  const evidence = takenOver && { takenOver: { run: takenOver.run, readAt: takenOver.at } };
  return {
    outcome: { verdict: judged.verdict, factors: judged.factors.map(factorForTrail), ...evidence },
    effect: deps.store.users.verdictEffect(record.run, user.userId, found),
  };
}

/** A type or status that Okta does not document may contain anything, so the trail omits it. */
function factorForTrail({ type, status, class: strength }: ClassifiedFactor): JsonObject {
  const known = strength !== 'unrecognised';
  return {
    type: known ? type : 'unrecognised',
    status: isKnownStatus(status) ? status : 'unrecognised',
    class: strength,
  };
}

/** Records a verdict outside a call to Okta. */
export async function recordVerdict(
  deps: UsesStore<'journal' | 'users'> & UsesClock,
  record: RunRecord,
  finding: UserReading,
): Promise<void> {
  const { kind, outcome, effect } = userCheckedEntry(deps, record, finding);
  const at = deps.now().toISOString();
  const draft = draftOf(record, { kind, subject: finding.user.userId, sequence: 0, at });
  await deps.store.journal.append([{ ...draft, outcome }], effect);
}
