import { reasonDigest, signDecision } from '../../governance/decision-token.ts';
import type { DecisionClaim, DecisionKey } from '../../governance/decision-token.ts';
import type { Approval } from '../../governance/approval.ts';
import type { ActionRecord } from '../../store/governance-types.ts';

/** A request that needs approval. */
export type ApprovalRequest = ActionRecord & { approval: Approval };

/** A decision by an authenticated person. */
export type ProvenDecision = Pick<
  DecisionClaim,
  'verdict' | 'decisionId' | 'person' | 'surface' | 'authenticatedBy' | 'at'
> & {
  reason?: string;
};

/** A decision in the form that the approval workflow accepts. */
export interface SignedDecision {
  decisionId: string;
  approver: string;
  reason?: string;
  token: string;
}

/** Signs a decision, with its reason, for exactly this request and these arguments. */
export function createSignedDecision(
  request: ApprovalRequest,
  proven: ProvenDecision,
  key: DecisionKey,
): SignedDecision {
  const { requestId, argsDigest } = request;
  const { verdict, decisionId, person, surface, authenticatedBy, at, reason } = proven;
  const claim: DecisionClaim = {
    requestId,
    argsDigest,
    verdict,
    decisionId,
    person,
    surface,
    authenticatedBy,
    at,
    ...(reason !== undefined && { reasonDigest: reasonDigest(decisionId, reason) }),
  };
  const token = signDecision(claim, key);
  return { decisionId, approver: person, ...(reason === undefined ? {} : { reason }), token };
}
