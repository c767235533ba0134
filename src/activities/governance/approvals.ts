import { reduceApproval } from '../../governance/approval.ts';
import type { ApprovalAnswer } from '../../governance/approval.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import type { StoreTransaction } from '../../store/types.ts';
import type { DecisionAnswer } from '../../workflows/messages.ts';
import type { ApprovalPlan, GovernedActivities } from './types.ts';
import type { UsesClock, UsesConnectors, UsesStore } from '../support/parts.ts';
import {
  applyEvent,
  approvalOf,
  recordVote,
  saveApproval,
  untilUnchanged,
} from './approval-state.ts';
import { authenticate, NOBODY } from './authenticate-decision.ts';
import { announce, announceEnd, remind } from './notices.ts';
import { findMoreApprovers, withVoter } from './more-approvers.ts';
import { readEscalation } from './requirements.ts';
import type { RequirementDeps } from './requirements.ts';
import { findOperationEnd } from './operation-end.ts';
import { recordOf } from './perform.ts';
import { endWith } from './request-end.ts';
import { closingDraft, requestDraft, requestFacts } from './recording.ts';
import type { EntryAuthor } from './recording.ts';

/** When approvers are reminded, and when more are asked, as shares of the time until the deadline. */
const REMIND_AT = [0.5, 0.8];
const ESCALATE_AT = 0.65;
/** How long the members of a channel are read before the approvers are notified. */
const FIRST_READ_MS = 3_000;

type Activity<Name extends keyof GovernedActivities> = GovernedActivities[Name];
type OpenDeps = UsesStore<'audit' | 'journal' | 'messages' | 'requests'> &
  UsesConnectors<'slack'> &
  UsesClock;
type DecideDeps = UsesStore<'audit' | 'grants' | 'journal' | 'keys' | 'requests'> & RequirementDeps;

/** `openApproval`: notifies the approvers, and returns how long the workflow waits. */
export function openApproval(deps: OpenDeps & RequirementDeps): Activity<'openApproval'> {
  return async ({ requestId }) => {
    const record = await findMoreApprovers(deps, await recordOf(deps, requestId), FIRST_READ_MS);
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
 * follows from it is written in one transaction, if the approval is still as it was read.
 */
export function decideApproval(deps: DecideDeps): Activity<'decideApproval'> {
  return (asked) => untilUnchanged(() => decideOnce(deps, asked));
}

async function decideOnce(
  deps: DecideDeps,
  { requestId, decision, now }: Parameters<Activity<'decideApproval'>>[0],
): Promise<DecisionAnswer> {
  const found = await recordOf(deps, requestId);
  const proven = await authenticate(deps, found, { ...decision, now });
  if (!proven.ok)
    return recordRefusal(deps, found, { code: proven.code, state: approvalOf(found).state });
  const { person, at, decisionId, surface, by, proof } = proven;
  // The voter may be in a source that could not be read so far.
  const record = await withVoter(deps, found, person);
  const approval = approvalOf(record);
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
  // Nobody would make the call: the operation was terminated, or has ended otherwise.
  const ended = await findOperationEnd(record);
  if (ended !== null) {
    await endWith(deps, record, { state: 'cancelled', outcome: { code: ended } });
    const { state } = approvalOf(await recordOf(deps, requestId));
    return recordRefusal(deps, record, { code: 'operation_ended', state, person, by });
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

/** `lapseApproval`: the approval is EXPIRED once the deadline and the grace period are over. */
export function lapseApproval(deps: UsesStore<'requests'> & UsesClock): Activity<'lapseApproval'> {
  return ({ requestId, now }) => applyEvent(deps, requestId, { type: 'time', now });
}

/**
 * `cancelApproval`: ends the approval if its operation has ended. Anyone in Temporal can send the
 * signal, so by itself it changes nothing: it is recorded as refused.
 */
export function cancelApproval(
  deps: UsesStore<'journal' | 'requests'> & UsesClock,
): Activity<'cancelApproval'> {
  return async ({ requestId }) => {
    const record = await recordOf(deps, requestId);
    const { state } = approvalOf(record);
    if (state !== 'PENDING') return { state };
    if (record.state !== 'pending') return applyEvent(deps, requestId, { type: 'cancel' });
    const ended = await findOperationEnd(record);
    if (ended !== null) {
      await endWith(deps, record, { state: 'cancelled', outcome: { code: ended } });
      return { state: approvalOf(await recordOf(deps, requestId)).state };
    }
    await recordRefusal(deps, record, { code: 'unproven_cancel', state });
    return { state };
  };
}

/** `escalateApproval`: the default approvers may decide too. The required number stays the same. */
export function escalateApproval(
  deps: UsesStore<'journal' | 'requests'> & RequirementDeps,
): Activity<'escalateApproval'> {
  return async ({ requestId }) => {
    const record = await findMoreApprovers(deps, await recordOf(deps, requestId));
    const { added, unread } = await readEscalation(deps, record);
    await applyEvent(deps, requestId, { type: 'escalate', added });
    const outcome = { added: added.length, unread: unread.length };
    await deps.store.journal.append([
      requestDraft(record, { kind: 'approval.escalated', at: deps.now(), outcome }),
    ]);
    await remind(deps, record, 'More people may decide now');
  };
}

export function remindApproval(
  deps: UsesStore<'journal' | 'requests'> & RequirementDeps,
): Activity<'remindApproval'> {
  return async ({ requestId, reminder }) => {
    const record = await findMoreApprovers(deps, await recordOf(deps, requestId));
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
    const at = new Date(record.updatedAt);
    await deps.store.journal.append([closingDraft(record, approvalOf(record), at)]);
    await announceEnd(deps, record);
  };
}
