/** Names that others rely on: workflow types, ids, queue, queries, and the shapes of inputs and results. */
import { defineQuery } from '@temporalio/workflow';

export const TASK_QUEUE = 'arx';
export const MFA_WORKFLOW = 'mfaEnforcementCheck';
export const MFA_PRINCIPAL = 'workflow:mfa-enforcement-check';
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
  phase: 'scan' | 'tickets' | 'closing';
  source: number;
  page: number;
  after: string | null;
  listingLost: string | null;
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
  phase: 'starting' | 'scan' | 'tickets' | 'closing' | 'summary' | 'done';
  pages: number;
  listed: number;
  checked: number;
  ticketsDone: number;
}

export const progressQuery = defineQuery<Progress>('progress');
