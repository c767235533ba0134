import type { TemporalLink } from '../../client.ts';
import type { DecisionAnswer } from '../../workflows/messages.ts';
import { decide, signalDecision } from '../../client/governed-operation.ts';
import type { ApprovalRequest, SignedDecision } from './signed-decision.ts';

const TRIES = 2;

/**
 * Sends a decision until it is answered, waiting `timeoutMs` for each try. Null if no worker
 * answers: the Temporal server keeps the decision as a signal, and it may still count.
 */
export async function deliver(
  link: TemporalLink,
  { requestId, approval }: ApprovalRequest,
  decision: SignedDecision & { verdict: 'approve' | 'deny' },
  timeoutMs?: number,
): Promise<DecisionAnswer | null> {
  const closed: DecisionAnswer = { accepted: false, code: 'closed', state: approval.state };
  for (let left = TRIES; left > 0; left -= 1) {
    const sent = await decide(link, requestId, decision, timeoutMs);
    if (sent.kind === 'answered') return sent.answer;
    if (sent.kind === 'closed') return closed;
  }
  return (await signalDecision(link, requestId, decision)) ? null : closed;
}
