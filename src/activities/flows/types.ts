import type { FlowOutcome } from '../../flows/types.ts';
import type { DelegatedFlowInput } from '../../workflows/messages.ts';

/** What the workflow knows about its run: only opaque ids and coded words. */
export interface OpenedFlow {
  run: string;
  /**
   * acts: the run is planned next; split: it has one child run per account; ended: nothing is left to
   * do; elsewhere: another workflow carries it out.
   */
  next: 'acts' | 'split' | 'ended' | 'elsewhere';
  children: string[];
  outcome: FlowOutcome | null;
  code: string | null;
  /** Values of the search attributes; null if the server does not have these attributes. */
  search: { flow: string; actor: string } | null;
  flow: string | null;
}

/** A step to take. */
export interface PlannedStep {
  id: string;
  /** How often, and how many times at most, its effect is checked; null if it is not verified. */
  verify: { everySeconds: number; looks: number } | null;
  /** Whether it needs approval, by the policies at the time of the plan. */
  approval: boolean;
}

/** How a step went. */
export interface StepEnd {
  /** done: the run continues; again: the effect is not visible yet; ended: the run is over. */
  next: 'done' | 'again' | 'ended';
}

/** The activities of `delegatedFlow`. Each is safe to repeat. */
export interface FlowActivities {
  /** Opens the run, or finds the one that was opened, and returns how it continues. */
  openFlow(asked: {
    input: DelegatedFlowInput;
    workflowId: string;
    now: number;
  }): Promise<OpenedFlow>;
  /**
   * Reads the target, refuses accounts that must not be changed, finds out what is already in the
   * wanted state, and decides each step by policy.
   */
  planFlow(asked: { run: string; now: number }): Promise<{ steps: PlannedStep[]; ended: boolean }>;
  /** Stores the step's request for the governed operation; null if the step is not needed. */
  beginStep(asked: {
    run: string;
    step: string;
    /** Of the governed operation that takes the step. */
    workflowId: string;
    now: number;
  }): Promise<{ inputRef: string } | null>;
  /** Records the outcome of the operation. */
  settleStep(asked: {
    run: string;
    step: string;
    request: string;
    state: string;
    code: string | null;
  }): Promise<StepEnd>;
  /** Checks the effect of a step. `last`: if it is not visible now, the run ends as unverified. */
  verifyStep(asked: { run: string; step: string; last: boolean }): Promise<StepEnd>;
  /**
   * Ends the run with the outcome of its steps, or the worst outcome of its children. `failure`: the
   * code with which the run ends as failed, because the workflow could not continue.
   */
  closeFlow(asked: {
    run: string;
    now: number;
    failure: string | null;
  }): Promise<{ outcome: FlowOutcome; code: string | null }>;
}
