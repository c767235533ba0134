import type { ActionState } from '../../governance/types.ts';
import type {
  DecisionAnswer,
  DecisionInput,
  GovernedOperationInput,
} from '../../workflows/messages.ts';

/** The state of a request. */
export interface OpenedRequest {
  state: ActionState;
  code: string | null;
}

/** What the approval workflow waits for. Times are milliseconds since the epoch. */
export interface ApprovalPlan {
  state: DecisionAnswer['state'];
  deadline: number;
  /** When an unanswered approval ends: the deadline plus the grace period for late decisions. */
  expiresAt: number;
  /** When to remind, ascending. */
  reminders: number[];
  /** When to ask more approvers; null if there are none. */
  escalateAt: number | null;
}

export interface DecisionMessage extends DecisionInput {
  decisionId: string;
  verdict: 'approve' | 'deny';
}

/**
 * The activities of governed operations and their approvals. Each is safe to repeat; `now` is the
 * workflow's time.
 */
export interface GovernedActivities {
  /** Validates a request, decides it by policy, and freezes it. Records a refusal. */
  openRequest(input: {
    requestId: string;
    run: string;
    input: GovernedOperationInput;
    now: number;
    /** When the workflow started; default `now`. */
    startedAt?: number;
  }): Promise<OpenedRequest>;
  /** Checks everything again and makes the call, with the grant if there is one. */
  performRequest(input: { requestId: string }): Promise<OpenedRequest>;
  /** Records an end without a call. */
  endRequest(input: {
    requestId: string;
    state: ActionState;
    /** Default: the state. */
    code?: string;
  }): Promise<OpenedRequest>;
  openApproval(input: { requestId: string }): Promise<ApprovalPlan>;
  decideApproval(input: {
    requestId: string;
    decision: DecisionMessage;
    now: number;
  }): Promise<DecisionAnswer>;
  /** Ends the approval as expired if its time is over. */
  lapseApproval(input: {
    requestId: string;
    now: number;
  }): Promise<{ state: DecisionAnswer['state'] }>;
  cancelApproval(input: { requestId: string }): Promise<{ state: DecisionAnswer['state'] }>;
  remindApproval(input: { requestId: string; reminder: number }): Promise<void>;
  escalateApproval(input: { requestId: string }): Promise<void>;
  /** Records the outcome, and shows it in the message that asked for approval. */
  closeApproval(input: { requestId: string }): Promise<void>;
}
