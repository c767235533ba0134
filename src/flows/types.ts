import type { JsonObject } from '../audit/types.ts';
import type { SourcePlace } from '../governance/types.ts';

/** Products that accounts live in, named as issues and the routing table name them. */
export type Product = 'Okta' | 'AAD' | 'Google Workspace' | 'Salesforce.com';

/** Connector that reads and changes the accounts of a product. */
export type AccountConnector = 'okta' | 'entra' | 'google' | 'salesforce';

/**
 * One account that an issue is about. `id` is what the product's own API takes; never a display
 * name.
 */
export interface IssueAccount {
  product: string;
  /** As the event has it: a host, or a tenant's id or domain. */
  tenant: string;
  id: string;
  /** For people to read; nothing is looked up by it. */
  displayName: string | null;
}

/** An issue as it came: both event types give this. Times are ISO 8601 UTC or null. */
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
   * Fields for texts of a flow, by the flat names of `issue.onDemand` (`issueShortDescription`,
   * `issueLink` …).
   */
  texts: Readonly<Record<string, string>>;
  entity:
    | { kind: 'account'; account: IssueAccount }
    /** Several active accounts of one person: one plan each. */
    | { kind: 'person'; displayName: string | null; accounts: IssueAccount[] }
    /** Nothing here is done by arx. */
    | { kind: 'oauth_grant'; product: string; tenant: string; displayName: string | null };
  /** YYYY-MM-DD; null where not said. */
  lastLogin: string | null;
}

export type FlowInputType = 'text' | 'id' | 'email' | 'boolean' | 'integer';
export interface FlowInput {
  type: FlowInputType;
  /** Field of the issue it is taken from: `account`, or a name in `texts`; absent: asked for. */
  from?: string;
  required: boolean;
  default?: string | number | boolean;
  description: string | null;
}

/**
 * Compared with the value of an input (or of an issue's field by `from`). All of a flow's
 * conditions must hold.
 */
export interface FlowCondition {
  input: string;
  is: 'equals' | 'not_equals' | 'one_of' | 'matches' | 'present' | 'absent';
  value?: string | number | boolean | readonly string[];
}

/** One call of a governed connector. */
export interface FlowStep {
  /** Unique in its flow. */
  id: string;
  /** `okta:users:suspend`. */
  operation: string;
  /** `$name` is an input's value, `{{name}}` in a text too; the rest stands as it is. */
  params: JsonObject;
  /** Conditions under which the step is taken; else it is skipped. */
  when: FlowCondition[];
  place: SourcePlace;
}

/** A delegated flow as loaded from its file: everything stated or defaulted. */
export interface Flow {
  name: string;
  /** First 12 hex digits of SHA-256 over the canonical JSON of the file, `enabled` left out. */
  version: string;
  enabled: boolean;
  description: string | null;
  /**
   * What its account must be of; null: a flow without an account (Event Hook) or for every product.
   */
  product: Product | null;
  /** `routes`: passes the issue on by the routing table, has no steps. */
  kind: 'acts' | 'routes';
  inputs: Readonly<Record<string, FlowInput>>;
  when: FlowCondition[];
  steps: FlowStep[];
  /** Steps whose effect is read back; time to wait for it, milliseconds. */
  verify: { step: string; withinMs: number }[];
  /** Calls that take the steps back, in order; null: nothing can. */
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

/** How a run ended; `running` and `waiting` (for approval) are no ends. */
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

/**
 * Codes of denied: protected, last_super_administrator, own_account, foreign_tenant, stale_event,
 * wrong_product, policy.
 */
export type DeniedCode =
  | 'protected'
  | 'last_super_administrator'
  | 'own_account'
  | 'foreign_tenant'
  | 'stale_event'
  | 'wrong_product'
  | 'policy';

/** An account as its product has it now: what refusals, pre-flight and read-back look at. */
export interface AccountState {
  connector: AccountConnector;
  id: string;
  /** Name to sign in with, lower case; null where the product does not say. */
  login: string | null;
  /** Further addresses of the account, lower case. */
  emails: string[];
  /**
   * Okta's status; `ENABLED`, `DISABLED` for Entra ID; `ACTIVE`, `SUSPENDED` for Google; `ACTIVE`,
   * `INACTIVE` for Salesforce.
   */
  status: string;
  /** Where the product says so; null: not known. */
  administrator: boolean | null;
}
