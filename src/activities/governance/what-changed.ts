import { Context } from '@temporalio/activity';
import type { Caller } from '../../connectors/types.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import type { GovernedDeps } from './deps.ts';
import type { TargetFacts } from './facts.ts';
import { backoffMs, retryIn, VENDOR_ATTEMPTS } from '../support/failures.ts';
import { quorumNow } from './requirements.ts';
import type { RequirementDeps } from './requirements.ts';
import { targetRefusal } from './target-refusal.ts';

type ChangeDeps = RequirementDeps & Pick<GovernedDeps, 'connectors'>;

/** A code for what has changed since the request was decided; null if nothing has. */
export async function whatChanged(
  deps: ChangeDeps,
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
    args: again.args,
    argsDigest,
    facts: facts.raising,
    ...(record.aliases && { aliases: record.aliases }),
  });
  if (decision.effect === 'deny') return 'policy_changed';
  const refusal = await targetRefusal(deps, record, facts);
  if (refusal !== null) return refusal;
  if (record.state !== 'approved') return decision.effect === 'approval' ? 'policy_changed' : null;
  if (decision.bundleDigest !== record.bundleDigest || decision.risk !== record.risk)
    return 'policy_changed';
  if (JSON.stringify(facts.state) !== JSON.stringify(record.targetFacts)) return 'target_changed';
  return quorumProblem(deps, record);
}

/** A code if the approvals do not suffice any more; null if they do. */
async function quorumProblem(deps: ChangeDeps, record: ActionRecord): Promise<string | null> {
  const { approval } = record;
  const quorum = approval === null ? 'unmet' : await quorumNow(deps, record, approval);
  if (quorum === 'met') return null;
  if (quorum === 'unmet') return 'approver_changed';
  const { attempt } = Context.current().info;
  if (attempt >= VENDOR_ATTEMPTS) return 'approvers_unreadable';
  throw retryIn(
    backoffMs(attempt),
    'unavailable',
    'the approvers cannot be read; arx will try again',
  );
}

/** The caller of a request's own call. */
export function callerOf({
  principal,
  authenticatedBy,
  surface,
  workflowId,
  run,
  aliases,
}: ActionRecord): Caller {
  const caller = { principal, authenticatedBy, surface, workflowId, run };
  return aliases ? { ...caller, aliases } : caller;
}
