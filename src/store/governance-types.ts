import type { JsonObject } from '../audit/types.ts';
import type { Approval } from '../governance/approval.ts';
import type { KeyScope } from '../governance/key-scopes.ts';
import type { RequestAbout } from '../governance/request-text.ts';
import type { ActionState, ConnectorName, Obligations, Risk } from '../governance/types.ts';
import type { StoreTransaction } from './types.ts';

/**
 * A requested governed operation; it does not change after it is opened. Times are ISO 8601 UTC.
 */
export interface ActionRequest {
  requestId: string;
  workflowId: string;
  run: string;
  connector: ConnectorName;
  operation: string;
  args: JsonObject;
  argsDigest: string;
  /**
   * The principal of the caller, for example `user:ann@example.com`, and how it was authenticated.
   */
  principal: string;
  authenticatedBy: 'worker' | 'cli' | 'slack' | 'console' | 'key' | 'none';
  surface: 'workflow' | 'cli' | 'slack' | 'console' | 'api';
  /** Okta ids, if known. */
  requesterId: string | null;
  onBehalfOf: string | null;
  /** All principals of the requester, in canonical form; absent if the requester is no person. */
  aliases?: readonly string[];
  /** Whether the call changes who may approve or administer; see `approvals.tenure`. */
  changesRights?: boolean;
  reason: string;
  risk: Risk;
  target: { kind: string; id: string } | null;
  /** Facts about the target when the request was opened; compared again before the call. */
  targetFacts: JsonObject | null;
  /** Read when the request was opened, if it needs approval. */
  about?: RequestAbout;
  bundleDigest: string;
  obligations: Obligations;
  createdAt: string;
}

/** A request with its current state. */
export interface ActionRecord extends ActionRequest {
  state: ActionState;
  approval: Approval | null;
  /** The result, or the reason for the end; listed fields only. */
  outcome: JsonObject | null;
  updatedAt: string;
}

export interface RequestRepository {
  /** Stores a request once; a repeated call returns the stored one. */
  open(
    request: ActionRequest,
    state: ActionState,
    approval: Approval | null,
    outcome?: JsonObject,
  ): Promise<ActionRecord>;
  get(requestId: string): Promise<ActionRecord | null>;
  /** Newest first. */
  list(filter: { states?: readonly ActionState[]; limit: number }): Promise<ActionRecord[]>;
  /** Changes the state if it is one of `from`; otherwise returns false. */
  move(
    tx: StoreTransaction | null,
    requestId: string,
    from: readonly ActionState[],
    to: { state: ActionState; outcome?: JsonObject; at: string },
  ): Promise<boolean>;
  /** Replaces the approval if it is still as it was read (`before`); otherwise returns false. */
  saveApproval(
    tx: StoreTransaction | null,
    requestId: string,
    approval: { before: Approval; after: Approval },
    at: string,
  ): Promise<boolean>;
}

/** The right to make one approved call once. */
interface Grant {
  requestId: string;
  connector: string;
  operation: string;
  argsDigest: string;
  principal: string;
  issuedAt: string;
  expiresAt: string;
}

export interface GrantRepository {
  issue(tx: StoreTransaction, grant: Grant): Promise<void>;
  /** Uses up the grant if it is unused, has not expired and is for exactly this call. */
  useUp(
    tx: StoreTransaction | null,
    requestId: string,
    call: Pick<Grant, 'connector' | 'operation' | 'argsDigest' | 'principal'> & { at: string },
  ): Promise<boolean>;
  /**
   * Makes a grant usable again after a call that was certainly refused before it had any effect.
   */
  restore(tx: StoreTransaction | null, requestId: string): Promise<void>;
}

/** The group that each name means from which arx takes authority. */
export interface AuthorityGroupRepository {
  /** Ids of groups by name, for an Okta host. */
  known(org: string): Promise<ReadonlyMap<string, string>>;
  /** Stores the group of a name once; returns the id that is stored. */
  keep(org: string, name: string, groupId: string, at: string): Promise<string>;
}

/** The table of these groups for kysely; `0030-authority-groups.ts` creates it. */
export interface AuthorityGroupDatabase {
  authority_groups: { org: string; name: string; group_id: string; resolved_at: string };
}

/**
 * The public half of a key that signs decisions. Revoked keys are kept, so that old decisions can
 * be verified.
 */
interface SigningKey {
  kid: string;
  /** Ed25519, hex. */
  publicKey: string;
  createdAt: string;
  revokedAt: string | null;
}

/** An access key of a user or service for command line and API; only its hash is stored. */
export interface AccessKey {
  name: string;
  hash: string;
  /** Login of the Okta user that it belongs to; null for a service principal. */
  person: string | null;
  createdAt: string;
  revokedAt: string | null;
  /** Null for a key that was created before keys had scopes: it may do everything. */
  scopes: readonly KeyScope[] | null;
  /** Null for a key that was created before keys expired. */
  expiresAt: string | null;
  /** Exact to the minute; null if it was never used. */
  lastUsedAt: string | null;
}

/** A key to store; without `scopes` and `expiresAt`, it is one of the old, unlimited kind. */
type NewAccessKey = Omit<AccessKey, 'scopes' | 'expiresAt' | 'lastUsedAt'> &
  Partial<Pick<AccessKey, 'scopes' | 'expiresAt'>>;

export interface KeyRepository {
  addSigningKey(key: SigningKey): Promise<void>;
  signingKey(kid: string): Promise<SigningKey | null>;
  revokeSigningKey(kid: string, at: string): Promise<boolean>;
  addAccessKey(key: NewAccessKey): Promise<void>;
  accessKey(hash: string): Promise<AccessKey | null>;
  accessKeys(): Promise<AccessKey[]>;
  revokeAccessKey(name: string, at: string): Promise<boolean>;
  /** Records the last use of a key. */
  recordUse(name: string, at: string): Promise<void>;
}

/** What requests were made from: stored inputs, and runs of workflows. Each is used by one request. */
export interface InputLedger {
  /**
   * Records that the request uses all of these. False if another request has used one of them; the
   * same request may use them again. `at`: ISO 8601 UTC.
   */
  use(inputs: readonly string[], by: { requestId: string; at: string }): Promise<boolean>;
}

/** Signed messages from outside, each accepted once. */
export interface SignatureLedger {
  /** True for the first call with this hash before `expiresAt`. Times are ISO 8601 UTC. */
  takeOnce(hash: string, times: { at: string; expiresAt: string }): Promise<boolean>;
}
