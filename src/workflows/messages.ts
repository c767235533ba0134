/** Names that others rely on: workflow types, ids, queue, queries, and the shapes of inputs and results. */
import { defineQuery } from '@temporalio/workflow';

export const TASK_QUEUE = 'arx';
export const MFA_WORKFLOW = 'mfaEnforcementCheck';
export const MFA_SCHEDULE_ID = 'mfa-enforcement-check';

/** Input of `mfaEnforcementCheck`. `{}` takes everything from the worker's configuration. */
export interface MfaEnforcementCheckInput {
  /** Groups in scope, ids or exact names; replaces `scope.groups` of the configuration. */
  groups?: string[];
  /** Neither tickets nor Slack; the report says what would have been done. */
  dryRun?: boolean;
  /** Digest of a configuration snapshot in the store, put there by arx; without it the worker's own applies. */
  configRef?: string;
  /** Where a continued run goes on; set by the workflow itself. */
  resume?: ResumeState;
}

/** What a run carries over continue-as-new: positions and tallies, nothing personal. */
export interface ResumeState {
  phase: 'listing' | 'scan' | 'tickets' | 'closing';
  /** Users first listed on each page so far. */
  sizes: number[];
  /** Next source to list (a group in scope, or the org), and the page it begins with. */
  source: number;
  sourceStart: number;
  listingLost: string | null;
  /** Next user to check: page and offset on it. */
  scanAt: { page: number; from: number };
  checked: number;
  /** Last finding or ticket done, in ascending order. */
  after: string | null;
  ticketsDone: number;
  /** Why writing tickets was given up, if it was. */
  ticketsLost: string | null;
}

/** How a run ended. */
export type RunStatus = 'complete' | 'incomplete' | 'failed';

/** Result of the workflow: the tallies; everything else is read from the store by the run's id. */
export interface MfaEnforcementCheckResult {
  run: string;
  status: RunStatus;
  enumerated: number;
  nonCompliant: number;
  reasons: string[];
}

/** Answer of the `progress` query. */
export interface Progress {
  phase: 'starting' | 'listing' | 'scan' | 'tickets' | 'closing' | 'summary' | 'done';
  run: string;
  pages: number;
  listed: number;
  checked: number;
  ticketsDone: number;
}

export const progressQuery = defineQuery<Progress>('progress');
