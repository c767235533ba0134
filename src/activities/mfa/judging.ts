import type { JsonObject } from '../../audit/types.ts';
import type { Recorded } from '../../connectors/types.ts';
import { exemptionOf, isInGrace } from '../../mfa/exemptions.ts';
import { isKnownStatus } from '../../mfa/strength.ts';
import type { ClassifiedFactor } from '../../mfa/types.ts';
import { verdictOf } from '../../mfa/verdict.ts';
import type { FactorReading, VerdictOutcome } from '../../mfa/verdict.ts';
import type { TakenOver, ListedUser, RunRecord } from '../../store/run-types.ts';
import type { Deps } from './deps.ts';
import { draftOf } from './drafts.ts';
import { frozen } from './plan.ts';
import type { FrozenPlan } from './plan.ts';

/** Judges a reading by the frozen plan of its run. */
function judgeReading(record: RunRecord, user: ListedUser, reading: FactorReading): VerdictOutcome {
  const plan = frozen(record);
  return verdictOf({
    reading,
    allowed: factorTypeSet(plan),
    exemption: exemptionOf(plan.exemptions, user),
    inGrace: isInGrace(user.created, new Date(record.startedAt), plan.graceMs),
  });
}

/** The allowed types of a plan as a set, made once for all users of a batch. */
function factorTypeSet(plan: FrozenPlan): ReadonlySet<string> {
  const allowed = ALLOWED.get(plan) ?? new Set(plan.allowed);
  ALLOWED.set(plan, allowed);
  return allowed;
}
const ALLOWED = new WeakMap<FrozenPlan, ReadonlySet<string>>();

interface Finding {
  user: ListedUser;
  reading: FactorReading;
  /** Where it is an earlier run's. */
  takenOver?: TakenOver;
}

/** The audit entry of a checked user and, in the same transaction, the verdict. */
export function userEntry(deps: Deps, record: RunRecord, finding: Finding): Recorded {
  return {
    kind: 'user.checked',
    subject: finding.user.userId,
    sequence: 0,
    ...verdictEntry(deps, record, finding),
  };
}

/**
 * Outcome and effect that any entry about a verdict has. Reasons may name an exemption's owner, so
 * the trail keeps none.
 */
export function verdictEntry(
  deps: Deps,
  record: RunRecord,
  { user, reading, takenOver }: Finding,
): Pick<Recorded, 'outcome' | 'effect'> {
  const judged = judgeReading(record, user, reading);
  const found = { ...judged, checkedAt: deps.now().toISOString(), ...(takenOver && { takenOver }) };
  const evidence = takenOver && { takenOver: { run: takenOver.run, readAt: takenOver.at } };
  return {
    outcome: { verdict: judged.verdict, factors: judged.factors.map(factorForTrail), ...evidence },
    effect: deps.store.users.verdictEffect(record.run, user.userId, found),
  };
}

/**
 * A type that Okta does not document may be anything: the trail says only that it was not
 * recognised.
 */
function factorForTrail({ type, status, class: strength }: ClassifiedFactor): JsonObject {
  const known = strength !== 'unrecognised';
  return {
    type: known ? type : 'unrecognised',
    status: isKnownStatus(status) ? status : 'unrecognised',
    class: strength,
  };
}

/** Records a verdict that no call of its own stands behind. */
export async function recordFinding(
  deps: Deps,
  record: RunRecord,
  finding: Finding,
): Promise<void> {
  const { kind, outcome, effect } = userEntry(deps, record, finding);
  const at = deps.now().toISOString();
  const draft = draftOf(record, { kind, subject: finding.user.userId, sequence: 0, at });
  await deps.store.journal.append([{ ...draft, outcome }], effect);
}
