import type { FlowEnds } from '../../client/flow-ends.ts';
import type { Connectors } from '../../connectors/types.ts';
import type { Flow, FlowPermission, ResourceSet, Route } from '../../flows/types.ts';
import type { FlowCaller, FlowRunFilter, FlowRunRecord } from '../../store/flow-types.ts';
import type { Store } from '../../store/types.ts';

/**
 * The requester, as authenticated by the surface. `key`: by an access key, whose name is the
 * principal.
 */
export type FlowRequester = Pick<FlowCaller, 'principal' | 'authenticatedBy' | 'surface'>;

/** Flows, routes and sets as now in force: read from files at the start and after each change. */
export interface FlowConfig {
  flows: readonly Flow[];
  routes: readonly Route[];
  /** Sets of resource_sets.yaml, for a store that has none yet. */
  sets: readonly ResourceSet[];
}

/** The configuration that events are checked against. */
export interface FlowServiceSettings {
  /** `remediation.tenants`: our own tenants by product. */
  tenants: Readonly<Record<string, readonly string[]>>;
  /** Host of OKTA_DOMAIN; null if it is not set. */
  ownOktaHost: string | null;
  maxEventAgeMs: number;
}

/** Dependencies of the flow service. `flowConfig` and `settings` are read for every request. */
export interface FlowServiceParts {
  store: Pick<Store, 'authorityGroups' | 'journal' | 'flows' | 'flowSettings'>;
  /** Through the pipeline, as `workflow:governed-operations`. */
  connectors: Pick<Connectors, 'okta'>;
  flowConfig: () => FlowConfig;
  settings: () => FlowServiceSettings;
  now: () => Date;
  /** Looks up runs that have been open for long; if absent, no run is looked up. */
  ends?: FlowEnds;
  /** 32 random hex digits; for dry runs and refusals. */
  newId?: () => string;
}

/** A run that was just opened, or the stored one. */
export interface OpenedRun {
  record: FlowRunRecord;
  created: boolean;
}

/** A request for a run. Without `flow` the routing table decides. */
export interface RunRequest {
  requester: FlowRequester;
  flow?: string;
  /** Parsed JSON as received; validated here. */
  event: unknown;
  inputs?: Readonly<Record<string, string | number | boolean>>;
  dryRun?: boolean;
  /** Refuse events older than `remediation.max_event_age` (deliveries over HTTP). */
  checkAge?: boolean;
  /** A dry run that is requested again with the same key is the same run. */
  idempotencyKey?: string;
}

/** A flow that the requester may see, with the permissions on it. */
export interface VisibleFlow {
  flow: Flow;
  permissions: FlowPermission[];
}

/**
 * Refusals before there is a run: `not_found` (no View, or no such flow), `forbidden` (no Run),
 * `malformed` (event, inputs; with the field), `conflict` (event id used with other content),
 * `disabled`, `nothing_to_undo`, `not_allowed` (sets: not a super administrator).
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

/** The one way to use flows: the command line, the HTTP API and the activities all call it. */
export interface FlowService {
  list(requester: FlowRequester): Promise<VisibleFlow[]>;
  /** The flows that the requester may see, and whether runs without a flow are visible too. */
  scope(requester: FlowRequester): Promise<{ flows: VisibleFlow[]; unnamed: boolean }>;
  show(requester: FlowRequester, name: string): Promise<VisibleFlow>;
  /**
   * Admits an event: checks permission, form, tenant, age and idempotency, and opens the run in the
   * store (audited). Does not start the workflow. `created: false` returns the run that the event
   * already had. Refusals with an outcome (foreign_tenant, stale_event …) are runs that ended as
   * denied. An issue without a route ends as unrouted, an OAuth grant as manual.
   */
  admit(request: RunRequest): Promise<{ record: FlowRunRecord; created: boolean }>;
  /**
   * Opens one run per account of a person. Each has the flow of its own product and title (or the
   * requested one) and its own permission check. Runs with nothing to start are ended. Safe to
   * repeat.
   */
  openChildren(parent: FlowRunRecord): Promise<FlowRunRecord[]>;
  /**
   * Opens the run that undoes `run`; `reason` is shown to approvers. Throws FlowRefusal
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
