import type { Logger } from 'pino';
import type { ApprovalRequest, ProvenDecision } from '../services/approvals/signed-decision.ts';
import type { Enricher } from '../services/enrichment/types.ts';
import type { FlowService } from '../services/flows/types.ts';
import type { IntegrationsDocument } from '../services/integrations/cards.ts';
import type { PermissionsDocument } from '../services/integrations/test-okta.ts';
import type { OktaStatus } from '../services/twin/okta-status.ts';
import type { SyncRequest } from '../services/twin/start-sync.ts';
import type { StoredTwin } from '../services/twin/open-twin.ts';
import type { ServiceConfig } from '../config/yaml/service-config.ts';
import type { PolicyBundle } from '../governance/types.ts';
import type { Secret } from '../config/env/secret.ts';
import type { Route } from '../flows/types.ts';
import type { StartedWorkflow } from '../client.ts';
import type { ChangeFeed } from '../services/audit/change-feed.ts';
import type { Requester } from '../services/audit/requester.ts';
import type { CancelDocument } from '../services/checks/cancel-check.ts';
import type { Registration, ScheduleDocument } from '../services/checks/schedule.ts';
import type { CheckRequest } from '../services/checks/start-check.ts';
import type { ActionRecord } from '../store/governance-types.ts';
import type { FlowRunRecord } from '../store/flow-types.ts';
import type { Store } from '../store/types.ts';
import type { RunRecord } from '../store/run-types.ts';
import type { SyncRecord } from '../store/twin-sync-types.ts';
import type { DecisionAnswer, Progress, SyncProgress } from '../workflows/messages.ts';
import type { Counters } from './metrics.ts';

/** An active Okta user, whose decisions count. */
export interface ActiveUser {
  id: string;
  login: string;
}

/** Delegated flows as the routes need them. */
export interface ServerFlows {
  service: FlowService;
  /** The routing table as it is now. */
  routes: () => readonly Route[];
  /**
   * Starts the workflow of a run, unless it is already started. Throws if Temporal does not start
   * it in time.
   */
  start: (record: FlowRunRecord) => Promise<unknown>;
  /** Requests about flows that one key may send in a minute. */
  requestsPerMinute: () => number;
}

/** Checks as the routes need them. */
export interface ServerChecks {
  /** Starts a check. Throws if Temporal does not start it in time. */
  start: (requester: Requester, request: CheckRequest) => Promise<StartedWorkflow>;
  /** The progress of a running check; null if no worker answers quickly. */
  progress: (run: RunRecord) => Promise<Progress | null>;
  /** Asks Temporal to cancel a check. Throws RunEndedError. */
  cancel: (requester: Requester, run: RunRecord) => Promise<CancelDocument>;
  /** The schedule of the check, and the change of it. */
  schedule: () => Promise<ScheduleDocument>;
  register: (requester: Requester, change: Registration) => Promise<ScheduleDocument>;
}

/** The vendors as the routes need them. */
export interface ServerIntegrations {
  cards: () => Promise<IntegrationsDocument>;
  /** Tries every permission of Okta that a sync needs. */
  testOkta: () => Promise<PermissionsDocument>;
}

/** The policies as the routes need them, with the configuration that they are judged by. */
export interface ServerPolicies extends Pick<ServiceConfig, 'config' | 'baseDir'> {
  /** The policies of the files, read at most every two seconds. */
  bundle: () => PolicyBundle;
}

/** The identity twin as the routes need it. */
export interface ServerTwin {
  /** The twin of the configured organisation, as of now; null if it was never synced. */
  open: () => Promise<StoredTwin | null>;
  /** How Okta is configured, and the age of each stream. */
  status: () => Promise<OktaStatus>;
  /** Starts a sync. Throws if Temporal does not start it in time. */
  start: (requester: Requester, request: SyncRequest) => Promise<StartedWorkflow>;
  /** The progress of a running sync; null if no worker answers quickly. */
  progress: (sync: SyncRecord) => Promise<SyncProgress | null>;
}

/** Everything that the routes need; composed in compose.ts. */
export interface ServerParts {
  store: Store;
  /** SLACK_SIGNING_SECRET; without it, messages from Slack are refused. */
  slackSecret: Secret | null;
  /** The active Okta user with this Slack user id; null if there is none. */
  findUserBySlackId: (userId: string) => Promise<ActiveUser | null>;
  /** The active Okta user with this login or id; null if there is none. */
  findUser: (reference: string) => Promise<ActiveUser | null>;
  /** Whether this login belongs to an active super administrator of Okta. */
  isSuperAdministrator: (login: string) => Promise<boolean>;
  /** The requests in their real state: some may have been ended in Temporal. */
  closeEnded: (records: readonly ActionRecord[]) => Promise<ActionRecord[]>;
  /** Signs and sends a decision; null if no worker answers yet. */
  decide: (request: ApprovalRequest, decision: ProvenDecision) => Promise<DecisionAnswer | null>;
  /** Requests about approvals that one key may send in a minute. */
  approvalsPerMinute: () => number;
  /** Looks up accounts, in the cache or in Okta. */
  enricher: Enricher;
  /** Accounts that one key may ask for in a minute. */
  enrichmentsPerMinute: () => number;
  flows: ServerFlows;
  checks: ServerChecks;
  twin: ServerTwin;
  policies: ServerPolicies;
  integrations: ServerIntegrations;
  /** Requests of other kinds that one key may send in a minute. */
  requestsPerMinute: () => number;
  feed: ChangeFeed;
  /** Throws if Temporal does not answer. */
  pingTemporal: () => Promise<void>;
  counters: Counters;
  now: () => Date;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
}
