import type { Logger } from 'pino';
import type { ApprovalRequest, ProvenDecision } from '../services/approvals/signed-decision.ts';
import type { Enricher } from '../services/enrichment/types.ts';
import type { FlowService } from '../services/flows/types.ts';
import type { Secret } from '../config/env/secret.ts';
import type { Route } from '../flows/types.ts';
import type { FlowRunRecord } from '../store/flow-types.ts';
import type { Store } from '../store/types.ts';
import type { DecisionAnswer } from '../workflows/messages.ts';
import type { Counters } from './metrics.ts';

/** Who a decision is counted for: an active Okta user. */
export interface Person {
  id: string;
  login: string;
}

/** Delegated flows as the routes need them. */
export interface ServerFlows {
  service: FlowService;
  /** The routing table as it is now. */
  routes: () => readonly Route[];
  /**
   * Starts the workflow of a run, unless it was started. Throws where Temporal does not do so in
   * time.
   */
  start: (record: FlowRunRecord) => Promise<unknown>;
  /** Requests about flows that one key may send in a minute. */
  perMinute: () => number;
}

/** Everything that the routes need; put together in main.ts. */
export interface ServerParts {
  store: Pick<Store, 'requests' | 'keys' | 'signatures' | 'journal' | 'ping'>;
  /** SLACK_SIGNING_SECRET; without it nothing that claims to come from Slack is taken. */
  slackSecret: Secret | null;
  /** The active Okta user behind a Slack user id; null for strangers. */
  personOfSlack: (userId: string) => Promise<Person | null>;
  /** The active Okta user with this login or id; null where there is none. */
  personOf: (reference: string) => Promise<Person | null>;
  /** Signs and sends a decision; null where no worker has answered yet. */
  decide: (request: ApprovalRequest, decision: ProvenDecision) => Promise<DecisionAnswer | null>;
  /** Looks up accounts, from what is kept or in Okta. */
  enricher: Enricher;
  /** Accounts that one key may ask for in a minute. */
  enrichmentsPerMinute: () => number;
  flows: ServerFlows;
  /** Throws where Temporal does not answer. */
  askTemporal: () => Promise<void>;
  counters: Counters;
  now: () => Date;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
}
