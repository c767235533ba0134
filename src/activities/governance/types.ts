import type { ActionState } from '../../governance/types.ts';
import type {
  DecisionAnswer,
  DecisionInput,
  GovernedOperationInput,
} from '../../workflows/messages.ts';

/** How a request stands after it was opened. */
export interface OpenedRequest {
  state: ActionState;
  code: string | null;
}

/** What the approval workflow waits for. Times are milliseconds since the epoch. */
export interface ApprovalPlan {
  state: DecisionAnswer['state'];
  deadline: number;
  /** When an unanswered approval ends: the deadline and the grace for decisions on their way. */
  expiresAt: number;
  /** When to remind, ascending. */
  reminders: number[];
  /** When to ask more people; null: nobody else is named. */
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
  /** Validates, decides by policy, freezes the request; refusals are recorded here. */
  openRequest(input: {
    requestId: string;
    run: string;
    input: GovernedOperationInput;
    now: number;
  }): Promise<OpenedRequest>;
  /** Checks everything again and makes the call with the grant. */
  performRequest(input: { requestId: string }): Promise<OpenedRequest>;
  /** Records an end without a call. */
  endRequest(input: { requestId: string; state: ActionState }): Promise<OpenedRequest>;
  openApproval(input: { requestId: string }): Promise<ApprovalPlan>;
  decideApproval(input: {
    requestId: string;
    decision: DecisionMessage;
    now: number;
  }): Promise<DecisionAnswer>;
  /** Expires the approval if its time is over. */
  lapseApproval(input: {
    requestId: string;
    now: number;
  }): Promise<{ state: DecisionAnswer['state'] }>;
  cancelApproval(input: { requestId: string }): Promise<{ state: DecisionAnswer['state'] }>;
  remindApproval(input: { requestId: string; reminder: number }): Promise<void>;
  escalateApproval(input: { requestId: string }): Promise<void>;
  /** Tells those who were asked how it ended. */
  closeApproval(input: { requestId: string }): Promise<void>;
}
