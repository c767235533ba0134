import type { AuditDraft, JournalEffect, JsonObject } from '../audit/types.ts';
import type { ContextFacts } from '../governance/context.ts';
import type { ConnectorName, Decision, Risk } from '../governance/types.ts';
import type { OwnFacts } from './authority.ts';
import type { EmailOperations } from './email/types.ts';
import type { EntraOperations } from './entra/types.ts';
import type { ConnectorError } from './errors.ts';
import type { GoogleOperations } from './google/types.ts';
import type { JiraOperations } from './jira/types.ts';
import type { OktaOperationTypes } from './okta/types.ts';
import type { SalesforceOperations } from './salesforce/types.ts';

/**
 * The caller, its run, and the operations that its configuration permits in addition to the
 * policies' decision.
 */
export interface Caller {
  /** `workflow:NAME`, `user:LOGIN`, `agent:ID`, `flow:NAME`. */
  principal: string;
  /** Further principals of the same person, such as `user:ID`; policies hold for each of them. */
  aliases?: readonly string[];
  authenticatedBy: AuditDraft['actor']['authenticatedBy'];
  surface: AuditDraft['surface'];
  workflowId: string;
  run: string;
  /** Operation globs by connector (arx.yaml `connectors`); if absent, only the policies decide. */
  permitted?: Partial<Record<ConnectorName, readonly string[]>>;
}

/** The outcome of a call. */
export type CallOutcome<Output> =
  { ok: true; output: Output; requestId: string | null } | { ok: false; error: ConnectorError };

/** How a step is recorded in the audit trail, and what is stored in the same transaction. */
export interface Recorded {
  kind: AuditDraft['kind'];
  subject?: string;
  sequence?: number;
  outcome?: JsonObject;
  effect?: JournalEffect;
}

export interface CallContext<Output> {
  caller: Caller;
  /** Audit subject and target of the call: an opaque id or label. */
  subject: string;
  /** Distinguishes repeated writes to one subject; if absent, the next free number. */
  sequence?: number;
  reason?: string;
  /** Aborts the wait for a permit and the request. */
  signal?: AbortSignal;
  /** Facts about the target; they can only raise the risk. */
  facts?: ContextFacts;
  /**
   * The caller has checked that the call takes no access from a target that arx spares (see
   * `takesAccess` of the table). Without it, such a call needs a grant.
   */
  targetChecked?: true;
  /** The approval under which the call is made; the call uses it up. */
  grant?: { requestId: string };
  /** Interactive calls take precedence over scans. Default `scan`. */
  priority?: 'interactive' | 'scan';
  /**
   * For writes: the entry before the call (default `action.started`), and what is stored with it.
   */
  intent?: Recorded;
  /**
   * Returns the entry after the call; if null or absent, it is `action.succeeded`, `action.failed`
   * or `action.unknown`.
   */
  record?: (outcome: CallOutcome<Output>) => Recorded | null;
}

/**
 * The call that uses a grant; every field must match the grant. `at` is the time of use, ISO 8601.
 */
export interface GrantUse {
  connector: ConnectorName;
  operation: string;
  argsDigest: string;
  principal: string;
  at: string;
}

/** Stores grants. */
export interface GrantStore {
  /**
   * Uses up a grant: true exactly once, and only for the call it was issued for. Runs inside the
   * transaction of the intent (the journal's own handle) and is rolled back with it.
   */
  useUp(requestId: string, use: GrantUse, transaction: never): Promise<boolean>;
}

export interface CallResult<Output> {
  output: Output;
  decision: Decision;
  requestId: string | null;
}

/** A typed table of a vendor's operations, for example `OktaOperations`. */
export type OperationTable = Record<string, { input: unknown; output: unknown }>;

/**
 * Calls one vendor's operations through the pipeline. Throws only PolicyDeniedError,
 * InvalidArgumentError, ConnectorError, AuditUnavailableError and GrantUnavailableError.
 */
export type Call<Table extends OperationTable> = <K extends keyof Table & string>(
  operation: K,
  input: Table[K]['input'],
  context: CallContext<Table[K]['output']>,
) => Promise<CallResult<Table[K]['output']>>;

export interface Connectors {
  okta: Call<OktaOperations>;
  jira: Call<JiraOperations>;
  slack: Call<SlackOperations>;
  entra: Call<EntraOperations>;
  google: Call<GoogleOperations>;
  salesforce: Call<SalesforceOperations>;
  email: Call<EmailOperations>;
  /** Decides without calling, to refuse a run before it begins. Nothing is audited. */
  decide(
    connector: ConnectorName,
    operation: string,
    principal: string,
    more?: {
      args?: JsonObject;
      argsDigest?: string;
      facts?: ContextFacts;
      aliases?: readonly string[];
    },
  ): Decision;
  /** The fields that conditions of the policies in force read, for calls of this vendor. */
  conditionFields(connector: ConnectorName): readonly string[];
  /**
   * The facts of a call that the pipeline adds to those of its caller, see `authorityFacts`. Throws
   * ConnectorError.
   */
  ownFacts: OwnFacts;
  /**
   * Returns the arguments in the form in which they would be sent, without deciding or calling.
   * Throws InvalidArgumentError, which is audited, for invalid arguments and for operations without
   * a client.
   */
  validate(
    connector: ConnectorName,
    operation: string,
    input: unknown,
    context: Pick<CallContext<unknown>, 'caller' | 'subject'>,
  ): Promise<{ args: JsonObject; argsDigest: string }>;
  /**
   * Base URL of Jira for links (`https://x.atlassian.net`), without a trailing slash; null if only
   * Jira knows it, see `server:read`.
   */
  jiraBaseUrl: string | null;
  /** Host of the Okta org; part of ticket identities. */
  oktaHost: string;
}

/** All Okta operations of the catalogue. */
export interface OktaOperations extends OperationTable, OktaOperationTypes {}

interface SlackMessage {
  ts: string;
  text: string;
  /** Event payload of arx's own metadata, or null. */
  metadata: { eventType: string; payload: JsonObject } | null;
}
export interface SlackOperations extends OperationTable {
  'chat:write': {
    input: {
      channel: string;
      text: string;
      blocks: readonly JsonObject[];
      metadata: { eventType: string; payload: JsonObject };
      /** Time stamp of the message to which this one is a reply. */
      threadTs?: string | null;
    };
    output: { channel: string; ts: string };
  };
  'chat:update': {
    input: {
      channel: string;
      ts: string;
      text: string;
      blocks: readonly JsonObject[];
      metadata: { eventType: string; payload: JsonObject };
    };
    output: { channel: string; ts: string };
  };
  /**
   * Newest first; `oldest` is a Slack time stamp or epoch seconds. With `threadTs`, a message with
   * the replies to it, oldest first.
   */
  'history:read': {
    input: {
      channel: string;
      oldest?: string;
      threadTs?: string;
      cursor?: string | null;
      limit?: number;
    };
    output: { messages: SlackMessage[]; next: string | null };
  };
  /**
   * The user with exactly this e-mail address, or with this id; if there is none, ConnectorError
   * not_found. `email` is null for users who are not full members of this workspace, because an
   * address in another workspace proves nothing here.
   */
  'users:lookup': {
    input: { email: string } | { user: string };
    output: { id: string; teamId: string | null; active: boolean; email: string | null };
  };
  'auth:test': {
    input: Record<string, never>;
    output: {
      team: string;
      user: string;
      botId: string | null;
      /** The token is for an organisation with several workspaces. */
      isForOrg: boolean;
      scopes: string[];
    };
  };
  /** Ids of the Slack users in a channel, given by its id. */
  'channels:members': {
    input: { channel: string; cursor?: string | null };
    output: { members: string[]; next: string | null };
  };
  /**
   * A channel by its id, or by its name (`#name`) among those that the bot can list; if there is
   * none, ConnectorError not_found.
   */
  'channels:read': {
    input: { channel: string };
    output: {
      id: string;
      name: string;
      isMember: boolean;
      isArchived: boolean;
      /** The bot may not post to it. */
      isReadOnly: boolean;
    };
  };
}

export type { JiraIssue, JiraOperations, JiraTransition } from './jira/types.ts';
export type { OktaFactor, OktaGroup, OktaPage, OktaUser } from './okta/types.ts';
export type { Risk };
