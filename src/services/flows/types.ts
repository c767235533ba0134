import type { FlowEnds } from '../../client/flow-ends.ts';
import type { Connectors } from '../../connectors/types.ts';
import type { Flow, FlowPermission, ResourceSet, Route } from '../../flows/types.ts';
import type { FlowCaller, FlowRunFilter, FlowRunRecord } from '../../store/flow-types.ts';
import type { Store } from '../../store/types.ts';

/** Who asks, as proven by the surface. `key`: name of the service's access key. */
export type FlowRequester = Pick<FlowCaller, 'principal' | 'authenticatedBy' | 'surface'>;

/** What the flows are now: files read at start and when they change. */
export interface FlowBook {
  flows: readonly Flow[];
  routes: readonly Route[];
  /** Sets of resource_sets.yaml, to seed the store with. */
  sets: readonly ResourceSet[];
}

/** What the configuration says of events. */
export interface FlowServiceSettings {
  /** `remediation.tenants`: tenants of ours by product. */
  tenants: Readonly<Record<string, readonly string[]>>;
  /** Host of OKTA_DOMAIN; null where it is not set. */
  ownOktaHost: string | null;
  maxEventAgeMs: number;
}

/** What the desk works with. `book` and `settings` are asked each time, as they are then. */
export interface FlowServiceParts {
  store: Pick<Store, 'journal' | 'flows' | 'flowSettings'>;
  /** Through the pipeline, as `workflow:governed-operations`. */
  connectors: Pick<Connectors, 'okta'>;
  book: () => FlowBook;
  settings: () => FlowServiceSettings;
  now: () => Date;
  /** Looks up runs that stand open for long; absent: nobody is asked. */
  ends?: FlowEnds;
  /** 32 random hex digits; for dry runs and refusals. */
  newId?: () => string;
}

/** A run as it was opened, or as it stood there. */
export interface OpenedRun {
  record: FlowRunRecord;
  created: boolean;
}

/** Asks for a run. Without `flow` the routing table decides. */
export interface RunRequest {
  requester: FlowRequester;
  flow?: string;
  /** Parsed JSON as it came; validated here. */
  event: unknown;
  inputs?: Readonly<Record<string, string | number | boolean>>;
  dryRun?: boolean;
  /** Refuse events older than `remediation.max_event_age` (deliveries over HTTP). */
  checkAge?: boolean;
  /** Id of this ask: a dry run that is asked for again under it is the same one. */
  idempotencyKey?: string;
}

/** A flow as somebody may see it. */
export interface VisibleFlow {
  flow: Flow;
  permissions: FlowPermission[];
}

/**
 * Refusals before there is a run: `not_found` (no View, or no such flow), `forbidden` (no Run), `malformed` (event,
 * inputs; with the field), `conflict` (event id used with other content), `disabled`, `unauthenticated`,
 * `nothing_to_undo`, `not_allowed` (sets: no super administrator).
 */
export interface FlowRefusalFields {
  code:
    | 'not_found'
    | 'forbidden'
    | 'malformed'
    | 'conflict'
    | 'disabled'
    | 'nothing_to_undo'
    | 'not_allowed';
  message: string;
  remedy: string;
  field?: string;
}

/**
 * Everything that is done with flows from outside: the command line, the HTTP API and the
 * activities all go through this.
 */
export interface FlowService {
  list(requester: FlowRequester): Promise<VisibleFlow[]>;
  /** The flows that the requester may see, and whether what has no flow is theirs to see too. */
  scope(requester: FlowRequester): Promise<{ flows: VisibleFlow[]; unnamed: boolean }>;
  show(requester: FlowRequester, name: string): Promise<VisibleFlow>;
  /**
   * Admits an event: permission, form, tenant, age, idempotency; opens the run in the store
   * (audited). Does not start the workflow. `created: false` gives the run that the event had
   * before. Refusals with an outcome (foreign_tenant, stale_event …) are runs that ended as denied;
   * an issue without a route ended as unrouted, an OAuth grant as manual.
   */
  admit(ask: RunRequest): Promise<{ record: FlowRunRecord; created: boolean }>;
  /**
   * Opens the runs of a person's accounts, each with the flow of its own product and title (or the
   * one that was asked for) and a permission of its own; those for which there is nothing to begin
   * are ended. Safe to repeat.
   */
  openChildren(parent: FlowRunRecord): Promise<FlowRunRecord[]>;
  /**
   * Opens the run that takes `run` back; `reason`: why, for approvers. Throws FlowRefusal
   * nothing_to_undo.
   */
  admitUndo(
    requester: FlowRequester,
    run: string,
    reason?: string,
  ): Promise<{ record: FlowRunRecord; created: boolean }>;
  /** Runs of flows that the requester may see. */
  history(requester: FlowRequester, filter: Omit<FlowRunFilter, 'flows'>): Promise<FlowRunRecord[]>;
  run(
    requester: FlowRequester,
    run: string,
  ): Promise<{ record: FlowRunRecord; children: FlowRunRecord[] }>;
  sets(requester: FlowRequester): Promise<ResourceSet[]>;
  putSet(requester: FlowRequester, set: ResourceSet): Promise<void>;
  removeSet(requester: FlowRequester, name: string): Promise<void>;
  switch(requester: FlowRequester, flow: string, enabled: boolean): Promise<void>;
}
