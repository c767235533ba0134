/**
 * The interface of the workflows: their types, ids, queue, signals and queries, and the shapes of
 * inputs and results.
 */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { FlowOutcome } from '../flows/types.ts';
import type { ResumeState, SyncState } from './support/state.ts';
import type { RunStatus } from '../mfa/types.ts';

export const TASK_QUEUE = 'arx';
export const MFA_WORKFLOW = 'mfaEnforcementCheck';
export const MFA_SCHEDULE_ID = 'mfa-enforcement-check';

/** Input of `mfaEnforcementCheck`. With `{}`, everything comes from the worker's configuration. */
export interface MfaEnforcementCheckInput {
  /** Groups in scope, ids or exact names; replaces `scope.groups` of the configuration. */
  groups?: string[];
  /** No tickets and no message in Slack; the report shows what would have been done. */
  dryRun?: boolean;
  /** Whether all users are read, or only those who changed; replaces `scan.mode`. */
  mode?: 'full' | 'delta';
  /**
   * Digest of a configuration snapshot that arx put into the store. Without it, the worker's own
   * configuration applies.
   */
  configRef?: string;
  /** The state of a run that continues as new; set by the workflow itself. */
  resume?: ResumeState;
}

/** Result of the workflow: counts only. Everything else is in the store, under the id of the run. */
export interface MfaEnforcementCheckResult {
  run: string;
  status: RunStatus;
  enumerated: number;
  nonCompliant: number;
  reasons: string[];
  /** Shares from 0 to 1; null if nobody had to be covered. */
  coverage?: { low: number | null; high: number | null };
}

/** Answer to the `progress` query. */
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
 * Input of `governedOperation`. arx passes an `inputRef` into the store. A caller in the Temporal UI
 * passes the operation itself, which is then visible in the history.
 */
export interface GovernedOperationInput {
  inputRef?: string;
  /** Such as `okta:users:suspend`; the default connector is Okta. */
  operation?: string;
  params?: Record<string, unknown>;
  reason?: string;
  /** The principal that requests it, such as `user:ann@example.com`; default `user:anonymous`. */
  as?: string;
  /** Login or id of the user on whose behalf it is requested. */
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
  /** Identifies this decision, so that it counts only once if it is sent twice. */
  decisionId?: string;
  /** Login or Okta id; ignored if there is a token, which names the approver. */
  approver?: string;
  reason?: string;
  /** Signed by the service that authenticated the approver. */
  token?: string;
}

/** The answer to a decision. */
export interface DecisionAnswer {
  accepted: boolean;
  code: string;
  state: 'PENDING' | 'APPROVED' | 'DENIED' | 'EXPIRED' | 'CANCELLED';
}

/** Answer to the `approval` query: nothing personal. */
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
   * How many hours of the log are read at least: 1 to 2,160, default 24. The window always begins
   * before the end of the previous one.
   */
  hoursBack?: number;
  /**
   * Digest of a configuration snapshot that arx put into the store. Without it, the worker's own
   * configuration applies.
   */
  configRef?: string;
  /** The state of a sync that continues as new; set by the workflow itself. */
  resume?: SyncState;
}

/** How one stream of a sync ended; names, states and reasons are those of `arx.sync/v1`. */
export interface SyncedStream {
  name: 'users' | 'apps' | 'logs' | 'roles';
  state: 'complete' | 'partial' | 'denied';
  count: number;
  at: string;
  reason: string | null;
  /** What could not be read although the stream is complete otherwise: the first of them. */
  exceptions: { what: string; id: string; code: string | null; status: number | null }[];
  /** Number of all exceptions. */
  exceptionCount: number;
}

/** Result of `oktaSync`: the document `arx.sync/v1`. Counts and facts only, nothing personal. */
export interface OktaSyncResult {
  schema: 'arx.sync/v1';
  run: string;
  workflowId: string;
  org: string;
  /** complete: every requested stream is complete; failed: none of them could be read. */
  status: RunStatus;
  startedAt: string;
  finishedAt: string;
  streams: SyncedStream[];
  /** Current facts as words, such as `mfa_coverage:87%`. */
  facts: {
    key: string;
    value: string;
    text: string;
    confidence: string;
    /** What could not be read, so that the value is a bound; null if nothing is missing. */
    leavesOut: string | null;
  }[];
  /** Open gaps by severity. */
  gaps: { critical: number; high: number; medium: number; low: number };
  drift: Record<string, number>;
  /** Security events that this sync raised. */
  events: number;
  calls: { okta: number; throttled: number };
}

/** Answer to the `progress` query of `oktaSync`: listed and read items by list. */
export interface SyncProgress {
  run: string;
  phase: 'starting' | 'reading' | 'judging' | 'done';
  lists: Record<string, { listed: number; read: number; lost: string | null }>;
  logEntries: number;
}

export const syncProgressQuery = defineQuery<SyncProgress>('progress');

export const ENRICH_WORKFLOW = 'enrichAccount';

/**
 * Input of `enrichAccount`. arx passes an `inputRef` to the other fields in the store. A caller in the
 * Temporal UI passes the account itself, which is then visible in the history.
 */
export interface EnrichAccountInput {
  inputRef?: string;
  /** E-mail address, user name or Okta user id. */
  account?: string;
  /** Reads Okta even if a stored answer is still valid. */
  refresh?: boolean;
}

/**
 * Result of `enrichAccount`: nothing personal. The details of the account are stored; `arx enrich
 * ACCOUNT` shows them.
 */
export interface EnrichAccountResult {
  /** Okta id of the account; null if none was found, or several. */
  account: string | null;
  /** Null if that could not be found out. */
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

/** Workflow id of the governed operation of a step. As it is unique, a step is never taken twice. */
export function flowStepId(run: string, step: string): string {
  return `flow-step/${run}/${step}`;
}

/** Search attributes of checks: status, scope (`organisation` or `groups`), lower bound of coverage. */
export const RUN_SEARCH = {
  status: 'ArxStatus',
  scope: 'ArxScope',
  coverage: 'ArxCoverage',
} as const;

/** Search attributes of `delegatedFlow`, each a Keyword; nothing personal. */
export const FLOW_SEARCH = { flow: 'ArxFlow', outcome: 'ArxOutcome', actor: 'ArxActor' } as const;

/**
 * Input of `delegatedFlow`. arx passes the `run` that it has opened in the store. A caller in the
 * Temporal UI passes event and flow, which are then visible in the history.
 */
export interface DelegatedFlowInput {
  run?: string;
  /** The event, as Okta ISPM sends it. */
  event?: Record<string, unknown>;
  /** Name of the flow; without it, the routing table decides. */
  flow?: string;
  inputs?: Record<string, unknown>;
  /** The principal that requests it, such as `user:ann@example.com`; default `user:anonymous`. */
  as?: string;
  dryRun?: boolean;
}

/** How a run ended: nothing personal. `arx flows history RUN` shows the details. */
export interface DelegatedFlowResult {
  run: string;
  flow: string | null;
  outcome: FlowOutcome;
  code: string | null;
  /** Child runs, one per account of the user. */
  children: string[];
}

/** Answer to the `progress` query of `delegatedFlow`. */
export interface FlowProgress {
  run: string;
  phase: 'starting' | 'planning' | 'acting' | 'waiting' | 'verifying' | 'done';
  step: string | null;
}

export const flowProgressQuery = defineQuery<FlowProgress>('progress');

/** What a workflow of each type does, as its page in Temporal's UI shows it. */
export const WORKFLOW_SUMMARIES: Readonly<Record<string, string>> = {
  [MFA_WORKFLOW]: 'checks MFA enforcement: factors, tickets, report',
  [SYNC_WORKFLOW]: 'reads the Okta organisation into the identity twin',
  [ENRICH_WORKFLOW]: 'looks up one account',
  [GOVERNED_WORKFLOW]: 'makes one governed call, with approval where policies ask for it',
  [FLOW_WORKFLOW]: 'remedies one posture issue with a delegated flow',
};
