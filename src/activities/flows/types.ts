import type { FlowOutcome } from '../../flows/types.ts';
import type { DelegatedFlowInput } from '../../workflows/messages.ts';

/** What the workflow knows of its run: opaque ids and coded words only. */
export interface OpenedFlow {
  run: string;
  /**
   * acts: goes on to the plan; split: children, one for each account; ended: nothing more to do;
   * elsewhere: another workflow carries it out.
   */
  next: 'acts' | 'split' | 'ended' | 'elsewhere';
  children: string[];
  outcome: FlowOutcome | null;
  code: string | null;
  /** Values of the search attributes; null where the server does not have them. */
  search: { flow: string; actor: string } | null;
  flow: string | null;
}

/** A step to take. */
export interface PlannedStep {
  id: string;
  /**
   * Seconds between two looks, and how many looks, when its effect is read back; null: not read
   * back.
   */
  verify: { everySeconds: number; looks: number } | null;
  /** By the policies of the plan somebody must approve it. */
  approval: boolean;
}

/** How a step went. */
export interface StepEnd {
  /** done: go on; again: not yet as wanted, look again later; ended: the run is over. */
  next: 'done' | 'again' | 'ended';
}

/** The activities of `delegatedFlow`. Each is safe to repeat. */
export interface FlowActivities {
  /** Opens the run (or finds the one that was opened), and says how it goes on. */
  openFlow(asked: {
    input: DelegatedFlowInput;
    workflowId: string;
    now: number;
  }): Promise<OpenedFlow>;
  /**
   * Reads the target, refuses what must not be touched, looks whether it is so already, decides by
   * policy.
   */
  planFlow(asked: { run: string; now: number }): Promise<{ steps: PlannedStep[]; ended: boolean }>;
  /**
   * Puts the step's request into the store, for the governed operation; null where the step need
   * not be taken.
   */
  beginStep(asked: { run: string; step: string }): Promise<{ inputRef: string } | null>;
  /** Records what became of the operation. */
  settleStep(asked: {
    run: string;
    step: string;
    request: string;
    state: string;
    code: string | null;
  }): Promise<StepEnd>;
  /**
   * Reads the effect of a step back. `last`: if it is not as wanted now, the run ends as
   * unverified.
   */
  verifyStep(asked: { run: string; step: string; last: boolean }): Promise<StepEnd>;
  /**
   * Ends the run: as its steps went, or as the worst of its children; `failure`: as failed with
   * this code, because the workflow could not go on.
   */
  closeFlow(asked: {
    run: string;
    now: number;
    failure: string | null;
  }): Promise<{ outcome: FlowOutcome; code: string | null }>;
}
