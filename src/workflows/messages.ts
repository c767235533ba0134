/**
 * Names that others rely on: workflow types, ids, queue, queries, and the shapes of inputs and
 * results.
 */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { FlowOutcome } from '../flows/types.ts';
import type { ResumeState, SyncState } from './support/state.ts';
import type { RunStatus } from '../mfa/types.ts';

export const TASK_QUEUE = 'arx';
export const MFA_WORKFLOW = 'mfaEnforcementCheck';
export const MFA_SCHEDULE_ID = 'mfa-enforcement-check';

/** Input of `mfaEnforcementCheck`. `{}` takes everything from the worker's configuration. */
export interface MfaEnforcementCheckInput {
  /** Groups in scope, ids or exact names; replaces `scope.groups` of the configuration. */
  groups?: string[];
  /** Neither tickets nor Slack; the report says what would have been done. */
  dryRun?: boolean;
  /** Whose factors are read; replaces `scan.mode` of the configuration. */
  mode?: 'full' | 'delta';
  /**
   * Digest of a configuration snapshot in the store, put there by arx; without it the worker's own
   * applies.
   */
  configRef?: string;
  /** Where a continued run goes on; set by the workflow itself. */
  resume?: ResumeState;
}

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

export const GOVERNED_WORKFLOW = 'governedOperation';

/** Workflow id of the approval of a request. */
export function approvalId(requestId: string): string {
  return `approval/${requestId}`;
}

/**
 * Input of `governedOperation`. arx gives an `inputRef` into the store; what is typed into the
 * Temporal UI gives the operation itself, and then stands in the history.
 */
export interface GovernedOperationInput {
  inputRef?: string;
  /** `okta:users:suspend`; without a connector Okta is meant. */
  operation?: string;
  params?: Record<string, unknown>;
  reason?: string;
  /** The principal that asks, for example `user:ann@example.com`; default `user:anonymous`. */
  as?: string;
  /** Login or id of the person for whom it is asked. */
  onBehalfOf?: string;
}

/** How a governed operation ended. */
export interface GovernedOperationResult {
  request: string;
  state:
    'succeeded' | 'failed' | 'denied' | 'rejected' | 'expired' | 'cancelled' | 'stale' | 'unknown';
  code: string | null;
}

/** A decision about an approval, as sent by signal or update. */
export interface DecisionInput {
  /** Names this decision, so that sending it twice counts once. */
  decisionId?: string;
  /** Login or Okta id; with a token, what the token says counts. */
  approver?: string;
  reason?: string;
  /** Signed by the service that authenticated the person. */
  token?: string;
}

/** What became of a decision. */
export interface DecisionAnswer {
  accepted: boolean;
  code: string;
  state: 'PENDING' | 'APPROVED' | 'DENIED' | 'EXPIRED' | 'CANCELLED';
}

/** Answer of the `approval` query: nothing personal. */
export interface ApprovalView {
  requestId: string;
  state: DecisionAnswer['state'];
  /** ISO 8601; null until opened. */
  deadline: string | null;
  decisions: number;
}

export const approveSignal = defineSignal<[DecisionInput]>('approve');
export const denySignal = defineSignal<[DecisionInput]>('deny');
export const cancelApprovalSignal = defineSignal('cancel');
export const decideUpdate = defineUpdate<
  DecisionAnswer,
  [DecisionInput & { verdict: 'approve' | 'deny' }]
>('decide');
export const approvalQuery = defineQuery<ApprovalView>('approval');

export const SYNC_WORKFLOW = 'oktaSync';

/** Input of `oktaSync`; `{}` reads everything, and the System Log of the last 24 hours. */
export interface OktaSyncInput {
  /** Users with their factors, groups and administrator roles; default true. */
  users?: boolean;
  /** Applications; default true. */
  apps?: boolean;
  /** The System Log; default true. */
  logs?: boolean;
  /**
   * How far back the log is read at least: 1 to 2,160, default 24. It always begins before the last
   * window ended.
   */
  hoursBack?: number;
  /**
   * Digest of a configuration snapshot in the store, put there by arx; without it the worker's own
   * applies.
   */
  configRef?: string;
  /** Where a continued sync goes on; set by the workflow itself. */
  resume?: SyncState;
}

/** Hours that Okta keeps the System Log. */
export const MOST_HOURS_BACK = 2_160;

/** How one stream of a sync ended; names, states and reasons are those of `arx.sync/v1`. */
export interface SyncedStream {
  name: 'users' | 'apps' | 'logs' | 'roles';
  state: 'complete' | 'partial' | 'denied';
  count: number;
  at: string;
  reason: string | null;
}

/** Result of `oktaSync`: the document `arx.sync/v1`. Counts and facts only, nothing personal. */
export interface OktaSyncResult {
  schema: 'arx.sync/v1';
  run: string;
  workflowId: string;
  org: string;
  /** complete: every stream that was asked for; failed: none of them could be read. */
  status: RunStatus;
  startedAt: string;
  finishedAt: string;
  streams: SyncedStream[];
  /** Current facts as words, such as `mfa_coverage:87%`. */
  facts: { key: string; value: string; text: string; confidence: string }[];
  /** Open gaps by severity. */
  gaps: { critical: number; high: number; medium: number; low: number };
  drift: Record<string, number>;
  /** Security events that this sync raised. */
  events: number;
  calls: { okta: number; throttled: number };
}

/** Answer of the `progress` query of `oktaSync`: listed and read items by listing. */
export interface SyncProgress {
  run: string;
  phase: 'starting' | 'reading' | 'judging' | 'done';
  lists: Record<string, { listed: number; read: number; lost: string | null }>;
  logEntries: number;
}

export const syncProgressQuery = defineQuery<SyncProgress>('progress');

export const ENRICH_WORKFLOW = 'enrichAccount';

/**
 * Input of `enrichAccount`. arx gives an `inputRef` into the store, behind which the other fields
 * stand; what is typed into the Temporal UI gives the account itself, and then stands in the
 * history.
 */
export interface EnrichAccountInput {
  inputRef?: string;
  /** E-mail address, user name or Okta user id. */
  account?: string;
  /** Asks Okta anew, whatever is kept. */
  refresh?: boolean;
}

/**
 * Result of `enrichAccount`: nothing personal. What is known of the account is kept, and told by
 * `arx enrich ACCOUNT`.
 */
export interface EnrichAccountResult {
  /** Okta id of the account; null where none was found, or several. */
  account: string | null;
  /** Null where that could not be found out. */
  found: boolean | null;
  ambiguous: boolean;
  success: boolean;
  verdict: string | null;
  cached: boolean;
  /** ISO 8601. */
  enrichedAt: string;
  /** Calls that failed, each with its code. */
  errors: string[];
}

export const FLOW_WORKFLOW = 'delegatedFlow';

/** Workflow id of a run that arx starts. */
export function flowId(run: string): string {
  return `delegated-flow/${run}`;
}

/**
 * Workflow id of the governed operation that takes a step: one a step, so that it is never taken
 * twice.
 */
export function flowStepId(run: string, step: string): string {
  return `flow-step/${run}/${step}`;
}

/** Search attributes of `delegatedFlow`, each a Keyword; nothing personal. */
export const FLOW_SEARCH = { flow: 'ArxFlow', outcome: 'ArxOutcome', actor: 'ArxActor' } as const;

/**
 * Input of `delegatedFlow`. arx gives the `run` it has opened in the store; what is typed into the
 * Temporal UI gives event and flow themselves, and then stands in the history.
 */
export interface DelegatedFlowInput {
  run?: string;
  /** The event, as Okta ISPM sends it. */
  event?: Record<string, unknown>;
  /** Name of the flow; absent: by the routing table. */
  flow?: string;
  inputs?: Record<string, unknown>;
  /** The principal that asks, for example `user:ann@example.com`; default `user:anonymous`. */
  as?: string;
  dryRun?: boolean;
}

/** How a run ended: nothing personal; everything else is told by `arx flows history RUN`. */
export interface DelegatedFlowResult {
  run: string;
  flow: string | null;
  outcome: FlowOutcome;
  code: string | null;
  /** Runs of the accounts of a person. */
  children: string[];
}

/** Answer of the `progress` query of `delegatedFlow`. */
export interface FlowProgress {
  run: string;
  phase: 'starting' | 'planning' | 'acting' | 'waiting' | 'verifying' | 'done';
  step: string | null;
}

export const flowProgressQuery = defineQuery<FlowProgress>('progress');
