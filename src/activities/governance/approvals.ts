import { reduceApproval } from '../../governance/approval.ts';
import type { Approval, ApprovalAnswer, ApprovalEvent } from '../../governance/approval.ts';
import { kidOf, verifyDecision } from '../../governance/decision-token.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import type { StoreTransaction } from '../../store/types.ts';
import type { DecisionAnswer } from '../../workflows/messages.ts';
import type { ApprovalPlan, DecisionMessage, GovernedActivities } from './types.ts';
import type { GovernedDeps } from './deps.ts';
import { announce, announceEnd, remind } from './notices.ts';
import { PeopleReader } from './people.ts';
import { recordOf } from './perform.ts';
import { requestDraft, requestFacts } from './recording.ts';

/** When people are reminded, and when more are asked, as shares of the time there is. */
const REMIND_AT = [0.5, 0.8];
const ESCALATE_AT = 0.65;

type Activity<Name extends keyof GovernedActivities> = GovernedActivities[Name];

/** `openApproval`: those who may decide are told, and the workflow learns how long to wait. */
export function openApproval(deps: GovernedDeps): Activity<'openApproval'> {
  return async ({ requestId }) => {
    const record = await recordOf(deps, requestId);
    const approval = approvalOf(record);
    const created = Date.parse(record.createdAt);
    const outcome = {
      ...requestFacts(record),
      deadline: new Date(approval.deadline).toISOString(),
      quorum: approval.quorum,
    };
    await deps.store.journal.append([
      requestDraft(record, {
        kind: 'approval.opened',
        at: new Date(created),
        sequence: 0,
        outcome,
      }),
    ]);
    await announce(deps, record);
    const at = (share: number): number =>
      Math.round(created + (approval.deadline - created) * share);
    const plan: ApprovalPlan = {
      state: approval.state,
      deadline: approval.deadline,
      expiresAt: approval.deadline + approval.grace,
      reminders: REMIND_AT.map(at),
      escalateAt: deps.settings().defaultApprovers.length > 0 ? at(ESCALATE_AT) : null,
    };
    return plan;
  };
}

/** A decision with its person proven, or why it is not. */
type Authentic =
  | { ok: true; person: string; at: number; decisionId: string; surface: string }
  | { ok: false; code: string };

/**
 * `decideApproval`: proven first, then reduced; everything that came of it is written in one
 * transaction.
 */
export function decideApproval(deps: GovernedDeps): Activity<'decideApproval'> {
  return async ({ requestId, decision, now }) => {
    const record = await recordOf(deps, requestId);
    const approval = approvalOf(record);
    const proven = await authenticate(deps, record, { ...decision, now });
    if (!proven.ok) return refuse(deps, record, { code: proven.code, state: approval.state });
    const { person, at, decisionId, surface } = proven;
    const event = {
      type: 'decision',
      decisionId,
      person,
      verdict: decision.verdict,
      at,
      received: now,
      ...(decision.reason !== undefined && { reason: decision.reason }),
    } as const;
    const { approval: next, answer } = reduceApproval(approval, event);
    if (answer === 'repeated') return { accepted: true, code: answer, state: next.state };
    if (answer !== 'counted') {
      if (next.state !== approval.state) await save(deps, record, next);
      return refuse(deps, record, { code: answer, state: next.state, person });
    }
    const outcome = { verdict: decision.verdict, person, surface, decisionId, state: next.state };
    const sequence = approval.votes.length;
    await deps.store.journal.append(
      [
        requestDraft(record, { kind: 'approval.answered', at: deps.now(), sequence, outcome }),
        ...(next.state === 'APPROVED'
          ? [requestDraft(record, { kind: 'grant.issued', at: deps.now(), sequence: 0 })]
          : []),
      ],
      (tx: StoreTransaction) => settle(deps, record, next, tx),
    );
    return { accepted: true, code: answer, state: next.state };
  };
}

/**
 * Who decided, and when: by a signature of a service that authenticated the person, or, where that
 * is waived, as said.
 */
async function authenticate(
  deps: GovernedDeps,
  record: ActionRecord,
  decision: DecisionMessage & { now: number },
): Promise<Authentic> {
  const { token, approver, verdict, decisionId, now } = decision;
  if (token === undefined) return checkUnsigned(deps, record, { approver, decisionId, now });
  const key = await deps.store.keys.signingKey(kidOf(token) ?? '');
  if (!key || key.revokedAt !== null) return { ok: false, code: 'forged' };
  const claim = verifyDecision(token, key.publicKey);
  if (!claim) return { ok: false, code: 'forged' };
  const meant =
    claim.requestId === record.requestId &&
    claim.argsDigest === record.argsDigest &&
    claim.verdict === verdict;
  if (!meant) return { ok: false, code: 'wrong_request' };
  return {
    ok: true,
    person: claim.person,
    at: claim.at,
    decisionId: claim.decisionId,
    surface: claim.surface,
  };
}

async function checkUnsigned(
  deps: GovernedDeps,
  record: ActionRecord,
  { approver, decisionId, now }: { approver: string | undefined; decisionId: string; now: number },
): Promise<Authentic> {
  if (deps.settings().requireSigned) return { ok: false, code: 'unsigned' };
  const user =
    approver === undefined ? null : await new PeopleReader(deps, record).person(approver);
  if (user?.status !== 'ACTIVE') return { ok: false, code: 'not_eligible' };
  return { ok: true, person: user.id, at: now, decisionId, surface: 'unsigned' };
}

interface Refusal {
  code: ApprovalAnswer | string;
  state: DecisionAnswer['state'];
  person?: string;
}

async function refuse(
  deps: GovernedDeps,
  record: ActionRecord,
  { code, state, person }: Refusal,
): Promise<DecisionAnswer> {
  const outcome = { code, person: person ?? null };
  await deps.store.journal.append([
    requestDraft(record, { kind: 'approval.refused', at: deps.now(), outcome }),
  ]);
  return { accepted: false, code, state };
}

async function settle(
  deps: GovernedDeps,
  record: ActionRecord,
  next: Approval,
  tx: StoreTransaction,
): Promise<void> {
  const { store, now, settings } = deps;
  const { requestId, connector, operation, argsDigest, principal, obligations } = record;
  const at = now();
  await store.requests.saveApproval(tx, requestId, next, at.toISOString());
  if (next.state !== 'APPROVED') return;
  const validFor = obligations.grantValidForMs ?? settings().grantValidForMs;
  const expiresAt = new Date(at.getTime() + validFor).toISOString();
  await store.grants.issue(tx, {
    requestId,
    connector,
    operation,
    argsDigest,
    principal,
    issuedAt: at.toISOString(),
    expiresAt,
  });
  await store.requests.move(tx, requestId, ['pending'], {
    state: 'approved',
    at: at.toISOString(),
  });
}

/** `lapseApproval`: EXPIRED where the time, with its grace, is over. */
export function lapseApproval(deps: GovernedDeps): Activity<'lapseApproval'> {
  return ({ requestId, now }) => step(deps, requestId, { type: 'time', now });
}

export function cancelApproval(deps: GovernedDeps): Activity<'cancelApproval'> {
  return ({ requestId }) => step(deps, requestId, { type: 'cancel' });
}

/** `escalateApproval`: the default approvers may decide too; the count stays. */
export function escalateApproval(deps: GovernedDeps): Activity<'escalateApproval'> {
  return async ({ requestId }) => {
    const record = await recordOf(deps, requestId);
    const added = await new PeopleReader(deps, record).idsOf(deps.settings().defaultApprovers);
    await step(deps, requestId, { type: 'escalate', added });
    const outcome = { added: added.length };
    await deps.store.journal.append([
      requestDraft(record, { kind: 'approval.escalated', at: deps.now(), outcome }),
    ]);
    await remind(deps, record, 'More people may decide now');
  };
}

export function remindApproval(deps: GovernedDeps): Activity<'remindApproval'> {
  return async ({ requestId, reminder }) => {
    const record = await recordOf(deps, requestId);
    const draft = requestDraft(record, {
      kind: 'approval.reminded',
      at: deps.now(),
      outcome: { reminder },
    });
    await deps.store.journal.append([draft]);
    await remind(deps, record, 'Still waiting for a decision');
  };
}

/** `closeApproval`: the end stands in the trail, and in the message that asked. */
export function closeApproval(deps: GovernedDeps): Activity<'closeApproval'> {
  return async ({ requestId }) => {
    const record = await recordOf(deps, requestId);
    const { state, votes } = approvalOf(record);
    const outcome = { state, votes: votes.length };
    const at = new Date(record.updatedAt);
    await deps.store.journal.append([
      requestDraft(record, { kind: 'approval.closed', at, sequence: 0, outcome }),
    ]);
    await announceEnd(deps, record);
  };
}

async function step(
  deps: GovernedDeps,
  requestId: string,
  event: ApprovalEvent,
): Promise<{ state: Approval['state'] }> {
  const record = await recordOf(deps, requestId);
  const { approval } = reduceApproval(approvalOf(record), event);
  await save(deps, record, approval);
  return { state: approval.state };
}

async function save(deps: GovernedDeps, record: ActionRecord, approval: Approval): Promise<void> {
  await deps.store.requests.saveApproval(
    null,
    record.requestId,
    approval,
    deps.now().toISOString(),
  );
}

function approvalOf({ approval, requestId }: ActionRecord): Approval {
  if (!approval) throw new TypeError(`request ${requestId} asks nobody`);
  return approval;
}
