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

/** How long a closed approval stays to answer those who came too late. */
const LINGER = '3 seconds';

/** A decision that waits for its turn, and its answer once it has had it. */
interface Waiting {
  decision: DecisionMessage;
  answer: DecisionAnswer | null;
}

/** Waits for people: by signal, by update, or until time is over. The first end is final. */
export async function approval({
  requestId,
}: {
  requestId: string;
}): Promise<{ state: DecisionAnswer['state'] }> {
  const desk = new Desk(requestId);
  const plan = await activities.openApproval({ requestId });
  desk.open(plan);
  while (desk.view.state === 'PENDING') await desk.next(plan);
  await activities.closeApproval({ requestId });
  await desk.linger();
  return { state: desk.view.state };
}

/** Takes decisions in the order in which they arrive, one at a time. */
class Desk {
  readonly view: ApprovalView;
  readonly #queue: Waiting[] = [];
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

  /** Waits for what comes next and deals with it. */
  async next(plan: ApprovalPlan): Promise<void> {
    const { requestId } = this.view;
    await wf.condition(
      () => this.#queue.length > 0 || this.#cancelled,
      Math.max(1, this.#wakeAt(plan) - Date.now()),
    );
    if (this.#cancelled) this.view.state = (await activities.cancelApproval({ requestId })).state;
    else if (this.#queue.length > 0) await this.#serve();
    else await this.#handleDeadlines(plan);
  }

  /** Answers what still arrives, so that nobody gets an untyped error. */
  async linger(): Promise<void> {
    do await this.#serve();
    while (await wf.condition(() => this.#queue.length > 0, LINGER));
    await wf.condition(wf.allHandlersFinished);
  }

  #enqueue(input: DecisionInput | undefined, verdict: DecisionMessage['verdict']): Waiting {
    const { decisionId, ...rest } = input ?? {};
    const waiting: Waiting = {
      decision: { ...rest, decisionId: decisionId ?? wf.uuid4(), verdict },
      answer: null,
    };
    this.#queue.push(waiting);
    return waiting;
  }

  async #awaitAnswer({
    verdict,
    ...input
  }: DecisionInput & { verdict: DecisionMessage['verdict'] }): Promise<DecisionAnswer> {
    const waiting = this.#enqueue(input, verdict);
    await wf.condition(() => waiting.answer !== null);
    return waiting.answer ?? { accepted: false, code: 'closed', state: this.view.state };
  }

  async #serve(): Promise<void> {
    for (let waiting = this.#queue.shift(); waiting; waiting = this.#queue.shift()) {
      const { requestId } = this.view;
      const answer = await activities.decideApproval({
        requestId,
        decision: waiting.decision,
        now: Date.now(),
      });
      this.view.decisions += 1;
      this.view.state = answer.state;
      waiting.answer = answer;
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

/**
 * Refuses what is no decision at all; must be synchronous, and throw nothing but
 * ApplicationFailure.
 */
function validateDecision(input: (DecisionInput & { verdict?: unknown }) | undefined): void {
  const texts = [input?.decisionId, input?.approver, input?.reason, input?.token];
  const formed = texts.every(
    (text) => text === undefined || (typeof text === 'string' && text.length <= 4_000),
  );
  if (formed && (input?.verdict === 'approve' || input?.verdict === 'deny')) return;
  throw wf.ApplicationFailure.nonRetryable(
    'a decision has verdict approve or deny, and short texts',
    'invalid_decision',
  );
}
