import { reduceApproval } from '../../governance/approval.ts';
import type { Approval, ApprovalAnswer, ApprovalEvent } from '../../governance/approval.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import type { StoreTransaction } from '../../store/types.ts';
import type { DecisionAnswer } from '../../workflows/messages.ts';
import type { ApprovalPlan, GovernedActivities } from './types.ts';
import type { UsesClock, UsesConnectors, UsesStore } from '../support/parts.ts';
import { authenticate, NOBODY } from './authenticate-decision.ts';
import type { GovernedDeps } from './deps.ts';
import { announce, announceEnd, remind } from './notices.ts';
import { UserReader } from './user-reader.ts';
import { recordOf } from './perform.ts';
import { requestDraft, requestFacts } from './recording.ts';
import type { EntryAuthor } from './recording.ts';

/** When approvers are reminded, and when more are asked, as shares of the time until the deadline. */
const REMIND_AT = [0.5, 0.8];
const ESCALATE_AT = 0.65;

type Activity<Name extends keyof GovernedActivities> = GovernedActivities[Name];
type OpenDeps = UsesStore<'audit' | 'journal' | 'messages' | 'requests'> &
  UsesConnectors<'slack'> &
  UsesClock;
type Settings = Pick<GovernedDeps, 'settings'>;
type DecideDeps = UsesStore<'grants' | 'journal' | 'keys' | 'requests'> &
  UsesConnectors<'okta' | 'slack'> &
  UsesClock &
  Settings;

/** `openApproval`: notifies the approvers, and returns how long the workflow waits. */
export function openApproval(deps: OpenDeps & Settings): Activity<'openApproval'> {
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

/**
 * `decideApproval`: authenticates a decision, then applies it to the approval. Everything that
 * follows from it is written in one transaction.
 */
export function decideApproval(deps: DecideDeps): Activity<'decideApproval'> {
  return async ({ requestId, decision, now }) => {
    const record = await recordOf(deps, requestId);
    const approval = approvalOf(record);
    const proven = await authenticate(deps, record, { ...decision, now });
    if (!proven.ok)
      return recordRefusal(deps, record, { code: proven.code, state: approval.state });
    const { person, at, decisionId, surface, by, proof } = proven;
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
      if (next.state !== approval.state) await saveApproval(deps, record, next);
      return recordRefusal(deps, record, { code: answer, state: next.state, person, by });
    }
    const { verdict } = decision;
    const outcome = { verdict, person, surface, decisionId, state: next.state, ...proof };
    const sequence = approval.votes.length;
    await deps.store.journal.append(
      [
        requestDraft(record, {
          kind: 'approval.answered',
          at: deps.now(),
          sequence,
          outcome,
          by,
        }),
        ...(next.state === 'APPROVED'
          ? [requestDraft(record, { kind: 'grant.issued', at: deps.now(), sequence: 0 })]
          : []),
      ],
      (tx: StoreTransaction) => recordVote(deps, record, next, tx),
    );
    return { accepted: true, code: answer, state: next.state };
  };
}

interface Refusal {
  code: ApprovalAnswer | string;
  state: DecisionAnswer['state'];
  person?: string;
  by?: EntryAuthor;
}

async function recordRefusal(
  deps: UsesStore<'journal'> & UsesClock,
  record: ActionRecord,
  { code, state, person, by = NOBODY }: Refusal,
): Promise<DecisionAnswer> {
  const outcome = { code, person: person ?? null };
  await deps.store.journal.append([
    requestDraft(record, { kind: 'approval.refused', at: deps.now(), outcome, by }),
  ]);
  return { accepted: false, code, state };
}

async function recordVote(
  deps: UsesStore<'grants' | 'requests'> & UsesClock & Settings,
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

/** `lapseApproval`: the approval is EXPIRED once the deadline and the grace period are over. */
export function lapseApproval(deps: UsesStore<'requests'> & UsesClock): Activity<'lapseApproval'> {
  return ({ requestId, now }) => applyEvent(deps, requestId, { type: 'time', now });
}

export function cancelApproval(
  deps: UsesStore<'requests'> & UsesClock,
): Activity<'cancelApproval'> {
  return ({ requestId }) => applyEvent(deps, requestId, { type: 'cancel' });
}

/** `escalateApproval`: the default approvers may decide too. The required number stays the same. */
export function escalateApproval(
  deps: UsesStore<'journal' | 'requests'> & UsesConnectors<'okta' | 'slack'> & UsesClock & Settings,
): Activity<'escalateApproval'> {
  return async ({ requestId }) => {
    const record = await recordOf(deps, requestId);
    const added = await new UserReader(deps, record).idsOf(deps.settings().defaultApprovers);
    await applyEvent(deps, requestId, { type: 'escalate', added });
    const outcome = { added: added.length };
    await deps.store.journal.append([
      requestDraft(record, { kind: 'approval.escalated', at: deps.now(), outcome }),
    ]);
    await remind(deps, record, 'More people may decide now');
  };
}

export function remindApproval(
  deps: UsesStore<'journal' | 'requests'> & UsesConnectors<'slack'> & UsesClock,
): Activity<'remindApproval'> {
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

/** `closeApproval`: writes the outcome to the audit trail and to the message in Slack. */
export function closeApproval(deps: OpenDeps): Activity<'closeApproval'> {
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

async function applyEvent(
  deps: UsesStore<'requests'> & UsesClock,
  requestId: string,
  event: ApprovalEvent,
): Promise<{ state: Approval['state'] }> {
  const record = await recordOf(deps, requestId);
  const { approval } = reduceApproval(approvalOf(record), event);
  await saveApproval(deps, record, approval);
  return { state: approval.state };
}

async function saveApproval(
  deps: UsesStore<'requests'> & UsesClock,
  record: ActionRecord,
  approval: Approval,
): Promise<void> {
  await deps.store.requests.saveApproval(
    null,
    record.requestId,
    approval,
    deps.now().toISOString(),
  );
}

function approvalOf({ approval, requestId }: ActionRecord): Approval {
  if (!approval) throw new TypeError(`request ${requestId} has no approval`);
  return approval;
}
