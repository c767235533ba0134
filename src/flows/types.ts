import type { JsonObject } from '../audit/types.ts';
import type { SourcePlace } from '../governance/types.ts';

/** Products of accounts, with the names used in issues and in the routing table. */
export type Product = 'Okta' | 'AAD' | 'Google Workspace' | 'Salesforce.com';

/** The connector that reads and changes accounts of a product. */
export type AccountConnector = 'okta' | 'entra' | 'google' | 'salesforce';

/** One account of an issue. `id` is the id in the product's own API, never a display name. */
export interface IssueAccount {
  product: string;
  /** As stated in the event: a host, or a tenant's id or domain. */
  tenant: string;
  id: string;
  /** For display only; never used for lookups. */
  displayName: string | null;
}

/** An issue, read from either event type. Times are ISO 8601 UTC or null. */
export interface Issue {
  eventId: string;
  eventType: 'issue.onDemand' | 'issue.created';
  source: string;
  /** When the event was sent. */
  at: string;
  issueId: string;
  category: string | null;
  severity: string | null;
  title: string;
  /**
   * Fields that flows can use in texts, by the flat names of `issue.onDemand`
   * (`issueShortDescription`, `issueLink`, …).
   */
  texts: Readonly<Record<string, string>>;
  entity:
    | { kind: 'account'; account: IssueAccount }
    /** Several active accounts of one person: one plan for each. */
    | { kind: 'person'; displayName: string | null; accounts: IssueAccount[] }
    /** Not handled by arx. */
    | { kind: 'oauth_grant'; product: string; tenant: string; displayName: string | null };
  /** YYYY-MM-DD; null if not stated. */
  lastLogin: string | null;
}

export type FlowInputType = 'text' | 'id' | 'email' | 'boolean' | 'integer';
export interface FlowInput {
  type: FlowInputType;
  /**
   * The issue field that supplies the value: `account`, or a name in `texts`. If absent, the value
   * must be given.
   */
  from?: string;
  required: boolean;
  default?: string | number | boolean;
  description: string | null;
}

/**
 * A condition on the value of an input, or on a field of the issue. All conditions of a flow must
 * be met.
 */
export interface FlowCondition {
  input: string;
  is: 'equals' | 'not_equals' | 'one_of' | 'matches' | 'present' | 'absent';
  value?: string | number | boolean | readonly string[];
}

/** One call of a governed connector. */
export interface FlowStep {
  /** Unique within its flow. */
  id: string;
  /** `okta:users:suspend`. */
  operation: string;
  /** `$name` is an input's value, `{{name}}` within a text also; all else is literal. */
  params: JsonObject;
  /** Conditions for the step; it is skipped if one is not met. */
  when: FlowCondition[];
  place: SourcePlace;
}

/** A delegated flow as loaded from its file, with defaults filled in. */
export interface Flow {
  name: string;
  /** First 12 hex digits of the SHA-256 over the canonical JSON of the file without `enabled`. */
  version: string;
  enabled: boolean;
  description: string | null;
  /**
   * The product of the account; null for a flow without an account (Event Hook), or for every
   * product.
   */
  product: Product | null;
  /** `routes`: passes the issue on with the routing table and has no steps. */
  kind: 'acts' | 'routes';
  inputs: Readonly<Record<string, FlowInput>>;
  when: FlowCondition[];
  steps: FlowStep[];
  /** Steps whose effect is verified, and the maximum time to wait for it in milliseconds. */
  verify: { step: string; withinMs: number }[];
  /** Calls that undo the steps, in order; null if the flow cannot be undone. */
  undo: FlowStep[] | null;
  place: SourcePlace;
}

/** One row of routing.yaml. */
export interface Route {
  product: string;
  titles: readonly string[];
  flow: string;
  inputs: Readonly<Record<string, string | number | boolean>>;
}

export type FlowPermission = 'view' | 'run';
/** Who may see and run which flows. */
export interface ResourceSet {
  name: string;
  /** Flow names, or `*` for all. */
  flows: string[];
  /** `user:LOGIN`, `group:NAME`, `key:NAME`. */
  members: string[];
  permissions: FlowPermission[];
}

/** How a run ended. `running` and `waiting` (for approval) are not outcomes. */
export type FlowOutcome =
  | 'succeeded'
  | 'already_in_state'
  | 'unrouted'
  | 'manual'
  | 'planned'
  | 'denied'
  | 'rejected'
  | 'expired'
  | 'stale'
  | 'failed'
  | 'unverified';

/** Codes of the outcome `denied`. */
export type DeniedCode =
  | 'protected'
  | 'last_super_administrator'
  | 'own_account'
  | 'foreign_tenant'
  | 'stale_event'
  | 'wrong_product'
  | 'policy';

/**
 * The current state of an account in its product, used by refusals, preconditions and verification.
 */
export interface AccountState {
  connector: AccountConnector;
  id: string;
  /** The sign-in name in lower case; null if the product does not state it. */
  login: string | null;
  /** Other addresses of the account, in lower case. */
  emails: string[];
  /**
   * Okta's status; `ENABLED`, `DISABLED` for Entra ID; `ACTIVE`, `SUSPENDED` for Google; `ACTIVE`,
   * `INACTIVE` for Salesforce.
   */
  status: string;
  /** As stated by the product; null if unknown. */
  administrator: boolean | null;
}
