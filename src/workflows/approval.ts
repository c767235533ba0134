import * as wf from '@temporalio/workflow';
import type {
  ApprovalPlan,
  DecisionMessage,
  GovernedActivities,
} from '../activities/governance/types.ts';
import {
  approvalQuery,
  approveSignal,
  cancelApprovalSignal,
  decideUpdate,
  denySignal,
} from './messages.ts';
import type { ApprovalView, DecisionAnswer, DecisionInput } from './messages.ts';

const activities = wf.proxyActivities<GovernedActivities>({
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds' },
});

/** How long a closed approval still answers late decisions. */
const LINGER = '3 seconds';

/** A decision in the queue, with its answer once it has been handled. */
interface PendingDecision {
  decision: DecisionMessage;
  answer: DecisionAnswer | null;
}

/** Waits for decisions, by signal or update, until the deadline. The first outcome is final. */
export async function approval({
  requestId,
}: {
  requestId: string;
}): Promise<{ state: DecisionAnswer['state'] }> {
  const decisions = new DecisionQueue(requestId);
  const plan = await activities.openApproval({ requestId });
  decisions.open(plan);
  while (decisions.view.state === 'PENDING') await decisions.next(plan);
  await activities.closeApproval({ requestId });
  await decisions.linger();
  return { state: decisions.view.state };
}

/** Handles decisions one at a time, in the order in which they arrive. */
class DecisionQueue {
  readonly view: ApprovalView;
  readonly #queue: PendingDecision[] = [];
  #cancelled = false;
  #reminded = 0;
  #escalated = false;

  constructor(requestId: string) {
    this.view = { requestId, state: 'PENDING', deadline: null, decisions: 0 };
    wf.setHandler(approveSignal, (input) => void this.#enqueue(input, 'approve'));
    wf.setHandler(denySignal, (input) => void this.#enqueue(input, 'deny'));
    wf.setHandler(cancelApprovalSignal, () => {
      this.#cancelled = true;
    });
    wf.setHandler(approvalQuery, () => ({ ...this.view }));
    wf.setHandler(decideUpdate, (input) => this.#awaitAnswer(input), {
      validator: validateDecision,
    });
  }

  open({ state, deadline }: ApprovalPlan): void {
    this.view.state = state;
    this.view.deadline = new Date(deadline).toISOString();
  }

  /** Waits for the next event, which is a decision, a cancellation or a time, and handles it. */
  async next(plan: ApprovalPlan): Promise<void> {
    const { requestId } = this.view;
    await wf.condition(
      () => this.#queue.length > 0 || this.#cancelled,
      Math.max(1, this.#wakeAt(plan) - Date.now()),
    );
    if (this.#cancelled) {
      this.#cancelled = false;
      this.view.state = (await activities.cancelApproval({ requestId })).state;
    } else if (this.#queue.length > 0) await this.#answerAll();
    else await this.#handleDeadlines(plan);
  }

  /** Answers late decisions, so that no caller gets an untyped error. */
  async linger(): Promise<void> {
    do await this.#answerAll();
    while (await wf.condition(() => this.#queue.length > 0, LINGER));
    await wf.condition(wf.allHandlersFinished);
  }

  #enqueue(input: DecisionInput | undefined, verdict: DecisionMessage['verdict']): PendingDecision {
    const { decisionId, ...rest } = input ?? {};
    const pending: PendingDecision = {
      decision: { ...rest, decisionId: decisionId ?? wf.uuid4(), verdict },
      answer: null,
    };
    this.#queue.push(pending);
    return pending;
  }

  async #awaitAnswer({
    verdict,
    ...input
  }: DecisionInput & { verdict: DecisionMessage['verdict'] }): Promise<DecisionAnswer> {
    const pending = this.#enqueue(input, verdict);
    await wf.condition(() => pending.answer !== null);
    return pending.answer ?? { accepted: false, code: 'closed', state: this.view.state };
  }

  async #answerAll(): Promise<void> {
    for (let pending = this.#queue.shift(); pending; pending = this.#queue.shift()) {
      const { requestId } = this.view;
      const answer = await activities.decideApproval({
        requestId,
        decision: pending.decision,
        now: Date.now(),
      });
      this.view.decisions += 1;
      this.view.state = answer.state;
      pending.answer = answer;
    }
  }

  #wakeAt({ reminders, escalateAt, expiresAt }: ApprovalPlan): number {
    const escalation = this.#escalated ? null : escalateAt;
    return Math.min(reminders[this.#reminded] ?? expiresAt, escalation ?? expiresAt, expiresAt);
  }

  async #handleDeadlines({ reminders, escalateAt, expiresAt }: ApprovalPlan): Promise<void> {
    const { requestId } = this.view;
    const now = Date.now();
    if (now >= expiresAt) {
      this.view.state = (await activities.lapseApproval({ requestId, now })).state;
    } else if (escalateAt !== null && !this.#escalated && now >= escalateAt) {
      this.#escalated = true;
      await activities.escalateApproval({ requestId });
    } else if (now >= (reminders[this.#reminded] ?? Infinity)) {
      this.#reminded += 1;
      await activities.remindApproval({ requestId, reminder: this.#reminded });
    }
  }
}

/** Rejects an invalid decision. It must be synchronous and may throw only ApplicationFailure. */
function validateDecision(input: (DecisionInput & { verdict?: unknown }) | undefined): void {
  const texts = [input?.decisionId, input?.approver, input?.reason, input?.token];
  const isValid = texts.every(
    (text) => text === undefined || (typeof text === 'string' && text.length <= 4_000),
  );
  if (isValid && (input?.verdict === 'approve' || input?.verdict === 'deny')) return;
  throw wf.ApplicationFailure.nonRetryable(
    'a decision needs the verdict approve or deny; approver, reason, token and decisionId are texts of at most 4,000 characters',
    'invalid_decision',
  );
}
