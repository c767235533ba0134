import type { Caller } from '../../connectors/types.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import type { GovernedDeps } from './deps.ts';
import type { TargetFacts } from './facts.ts';
import { requirementsOf } from './requirements.ts';
import { targetRefusal } from './target-refusal.ts';
import { UserReader } from './user-reader.ts';

/** A code for what has changed since the request was decided; null if nothing has. */
export async function whatChanged(
  deps: Pick<GovernedDeps, 'connectors' | 'settings'>,
  record: ActionRecord,
  facts: TargetFacts,
): Promise<string | null> {
  const { connector, operation, principal, argsDigest } = record;
  const caller = callerOf(record);
  const again = await deps.connectors.validate(connector, operation, record.args, {
    caller,
    subject: record.requestId,
  });
  if (again.argsDigest !== argsDigest) return 'arguments_changed';
  const decision = deps.connectors.decide(connector, operation, principal, {
    argsDigest,
    facts: facts.raising,
  });
  if (decision.effect === 'deny') return 'policy_changed';
  const refusal = await targetRefusal(deps, record, facts);
  if (refusal !== null) return refusal;
  if (record.state !== 'approved') return decision.effect === 'approval' ? 'policy_changed' : null;
  if (decision.bundleDigest !== record.bundleDigest || decision.risk !== record.risk)
    return 'policy_changed';
  if (JSON.stringify(facts.state) !== JSON.stringify(record.targetFacts)) return 'target_changed';
  return (await approversStillValid(deps, record)) ? null : 'approver_changed';
}

/** Whether every approver who voted is still allowed to approve. */
async function approversStillValid(
  deps: Pick<GovernedDeps, 'connectors' | 'settings'>,
  record: ActionRecord,
): Promise<boolean> {
  const users = new UserReader(deps, record);
  const requirements = await requirementsOf(deps, users, record.obligations);
  const now = new Set(requirements.flatMap(({ eligible }) => eligible));
  const votes = record.approval?.votes ?? [];
  const added = new Set(record.approval?.requirements.flatMap(({ eligible }) => eligible));
  for (const { person } of votes) {
    if (now.has(person)) continue;
    const user = added.has(person) ? await users.findUser(person) : null;
    if (user?.status !== 'ACTIVE' || requirements.some(({ eligible }) => eligible.length > 0))
      return false;
  }
  return true;
}

/** The caller of a request's own call. */
export function callerOf({
  principal,
  authenticatedBy,
  surface,
  workflowId,
  run,
}: ActionRecord): Caller {
  return { principal, authenticatedBy, surface, workflowId, run };
}
