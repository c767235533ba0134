/** One approval as a pure state machine: how each event changes it, and what is answered. */

export type ApprovalState = 'PENDING' | 'APPROVED' | 'DENIED' | 'EXPIRED' | 'CANCELLED';
type ApprovalVerdict = 'approve' | 'deny';

/** What one policy requires: `count` users out of `eligible` (Okta user ids). */
export interface ApprovalRequirement {
  policy: string;
  count: number;
  eligible: readonly string[];
}

interface ApprovalVote {
  decisionId: string;
  /** Okta user id. */
  person: string;
  verdict: ApprovalVerdict;
  /** Time of the decision, as signed; milliseconds. */
  at: number;
  /** The reason that the user gave. */
  reason?: string;
}

/** A source of approvers that could not be read, so that the people in it are not eligible. */
export interface SourceFailure {
  /** As the configuration names it: `group:NAME`, `user:LOGIN`, or a channel. */
  source: string;
  code: string;
  message: string;
  /** Whether it is worth reading again. */
  temporary: boolean;
}

/** Everything that determines an approval. Times are milliseconds since the epoch. */
export interface Approval {
  state: ApprovalState;
  deadline: number;
  /** How long after the deadline a decision that was made in time may still arrive. */
  grace: number;
  requirements: readonly ApprovalRequirement[];
  /** Minimum number of different users who must approve, whatever the policies require. */
  quorum: number;
  /** Users who may never approve: requester, user on whose behalf it is requested, target. */
  banned: readonly string[];
  votes: readonly ApprovalVote[];
  /** The users whom the escalation added; absent if there was none. */
  escalated?: readonly string[];
  /** The sources of approvers that could not be read so far. */
  unread?: readonly SourceFailure[];
}

/** A decision whose signature was verified. */
interface DecisionEvent {
  type: 'decision';
  decisionId: string;
  person: string;
  verdict: ApprovalVerdict;
  at: number;
  /** Time of arrival. */
  received: number;
  reason?: string;
}

export type ApprovalEvent =
  | DecisionEvent
  | { type: 'time'; now: number }
  | { type: 'cancel' }
  | { type: 'escalate'; added: readonly string[] }
  /** Sources were read again: further users for each requirement, and what is still unread. */
  | {
      type: 'found';
      eligible: readonly (readonly string[])[];
      unread: readonly SourceFailure[];
    };

/** Whether an event counted, or why it changed nothing. */
export type ApprovalAnswer =
  | 'counted'
  | 'repeated'
  | 'closed'
  | 'too_late'
  | 'from_the_future'
  | 'banned'
  | 'not_eligible'
  | 'already_voted'
  | 'noted';

interface ApprovalStep {
  approval: Approval;
  answer: ApprovalAnswer;
}

/** Allowed difference between the clocks of signers and workers, milliseconds. */
const SKEW = 5_000;

/** Applies an event to an approval. The first terminal state is final. Silence never approves. */
export function reduceApproval(approval: Approval, event: ApprovalEvent): ApprovalStep {
  if (approval.state !== 'PENDING')
    return withoutChange(approval, answerWhenClosed(approval, event));
  switch (event.type) {
    case 'cancel':
      return { approval: { ...approval, state: 'CANCELLED' }, answer: 'noted' };
    case 'time':
      return event.now >= approval.deadline + approval.grace
        ? { approval: { ...approval, state: 'EXPIRED' }, answer: 'noted' }
        : withoutChange(approval, 'noted');
    case 'escalate':
      return {
        approval: {
          ...withApprovers(approval, () => event.added),
          escalated: [...new Set([...(approval.escalated ?? []), ...event.added])],
        },
        answer: 'noted',
      };
    case 'found':
      return {
        approval: {
          ...withApprovers(approval, (at) => event.eligible[at] ?? []),
          unread: event.unread,
        },
        answer: 'noted',
      };
    case 'decision':
      return decide(approval, event);
  }
}

function decide(approval: Approval, event: DecisionEvent): ApprovalStep {
  if (event.received >= approval.deadline + approval.grace) {
    return { approval: { ...approval, state: 'EXPIRED' }, answer: 'too_late' };
  }
  const refusal = refusalOf(approval, event);
  if (refusal) return withoutChange(approval, refusal);
  const { decisionId, person, verdict, at, reason } = event;
  const votes = [
    ...approval.votes,
    { decisionId, person, verdict, at, ...(reason !== undefined && { reason }) },
  ];
  const state =
    verdict === 'deny' ? 'DENIED' : isMet({ ...approval, votes }) ? 'APPROVED' : 'PENDING';
  return { approval: { ...approval, votes, state }, answer: 'counted' };
}

function refusalOf(approval: Approval, event: DecisionEvent): ApprovalAnswer | null {
  const { decisionId, person, verdict, at, received } = event;
  const earlier = approval.votes.find((vote) => vote.person === person);
  if (at >= approval.deadline) return 'too_late';
  if (at > received + SKEW) return 'from_the_future';
  if (verdict === 'approve' && approval.banned.includes(person)) return 'banned';
  if (!mayDecide(approval, person)) return 'not_eligible';
  if (earlier)
    return earlier.decisionId === decisionId && earlier.verdict === verdict
      ? 'repeated'
      : 'already_voted';
  return null;
}

function answerWhenClosed(approval: Approval, event: ApprovalEvent): ApprovalAnswer {
  if (event.type !== 'decision') return 'closed';
  const { decisionId, person, verdict } = event;
  const counted = approval.votes.some(
    (vote) => vote.decisionId === decisionId && vote.person === person && vote.verdict === verdict,
  );
  return counted ? 'repeated' : 'closed';
}

/** Whether a user is eligible for some policy and not banned. */
export function mayDecide({ requirements, banned }: Approval, person: string): boolean {
  return !banned.includes(person) && requirements.some(({ eligible }) => eligible.includes(person));
}

/**
 * Whether every policy has enough approvals and enough different users approved. One vote may count
 * for several policies.
 */
function isMet({ votes, requirements, quorum }: Approval): boolean {
  const people = new Set(
    votes.filter(({ verdict }) => verdict === 'approve').map(({ person }) => person),
  );
  const enough = requirements.every(
    ({ eligible, count }) => eligible.filter((one) => people.has(one)).length >= count,
  );
  return enough && people.size >= quorum;
}

/** Whether enough eligible users exist for an approval. */
export function canBeMet({
  requirements,
  quorum,
  banned,
}: Omit<Approval, 'votes' | 'state'>): boolean {
  const able = (eligible: readonly string[]): string[] =>
    [...new Set(eligible)].filter((one) => !banned.includes(one));
  const everybody = new Set(requirements.flatMap(({ eligible }) => able(eligible)));
  return (
    requirements.every(({ eligible, count }) => able(eligible).length >= count) &&
    everybody.size >= quorum
  );
}

/**
 * Whether the approvals still suffice if only these users are eligible now, one list for each
 * requirement. Counts and quorum stay as they are.
 */
export function isStillMet(approval: Approval, eligible: readonly (readonly string[])[]): boolean {
  const { banned, votes } = approval;
  const requirements = approval.requirements.map((one, at) => ({
    ...one,
    eligible: [...new Set(eligible[at])].filter((person) => !banned.includes(person)),
  }));
  const able = new Set(requirements.flatMap((one) => one.eligible));
  const counting = votes.filter(({ person }) => able.has(person));
  return isMet({ ...approval, requirements, votes: counting });
}

/** Adds approvers to each requirement; never lowers a count. */
function withApprovers(approval: Approval, added: (at: number) => readonly string[]): Approval {
  const requirements = approval.requirements.map((one, at) => ({
    ...one,
    eligible: [...new Set([...one.eligible, ...added(at)])],
  }));
  return { ...approval, requirements };
}

function withoutChange(approval: Approval, answer: ApprovalAnswer): ApprovalStep {
  return { approval, answer };
}
