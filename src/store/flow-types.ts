import type { JsonObject } from '../audit/types.ts';
import type { FlowOutcome, FlowPermission, Issue, ResourceSet } from '../flows/types.ts';
import type { StoreTransaction } from './types.ts';

/** The state of one step of a run. */
export interface FlowStepRecord {
  id: string;
  /** `okta:users:suspend`. */
  operation: string;
  /** The parameters with their values. Documents show only those that are ids. */
  params: JsonObject;
  /** planned: decided, not carried out; skipped: its conditions are not met. */
  state: 'planned' | 'skipped' | 'already' | 'running' | 'done' | 'failed';
  /** The policy decision at the time of planning: effect, code, risk, policies. */
  decision: JsonObject | null;
  /** Request id of the governed operation that made the call; also that of the approval. */
  request: string | null;
  /** Listed fields of the result of the call, or `{code, message, error}` of its failure. */
  result: JsonObject | null;
  /** true: the effect was verified; false: not verified in time; null: not checked. */
  verified: boolean | null;
}

/** The caller that requested a run. */
export interface FlowCaller {
  /** `user:LOGIN` or `agent:KEYNAME`. */
  principal: string;
  /** Okta id of the user; null for services, or if it was not looked up. */
  personId: string | null;
  authenticatedBy: 'worker' | 'cli' | 'slack' | 'console' | 'key' | 'none';
  surface: 'workflow' | 'cli' | 'slack' | 'console' | 'api';
}

/** A run of a delegated flow. Times are ISO 8601 UTC. */
export interface FlowRunRecord {
  run: string;
  workflowId: string;
  /** Flow and its version; null if no row of the routing table matches. */
  flow: string | null;
  version: string | null;
  caller: FlowCaller;
  eventId: string;
  /** SHA-256 of the canonical JSON of event and inputs, hex. */
  eventDigest: string;
  /** The normalised issue; for the run of one account of a person, the issue of that account. */
  issue: Issue;
  inputs: JsonObject;
  dryRun: boolean;
  /**
   * `parent`: the run of the person whose account this is; `undoes`: the run that this one undoes.
   */
  parent: string | null;
  undoes: string | null;
  state: 'open' | 'waiting' | 'ended';
  outcome: FlowOutcome | null;
  /**
   * Code of the outcome (`protected`, `wrong_state`, `no_route` …), and a sentence for the user.
   */
  code: string | null;
  message: string | null;
  /** The failed call, if one ended the run: code, vendorCode, field, message and remedy. */
  error: JsonObject | null;
  /** Opaque facts about the target: product, id, status when first read. */
  target: JsonObject | null;
  steps: FlowStepRecord[];
  /** The calls that undo it; null: none, or not known yet. */
  undo: { operation: string; params: JsonObject }[] | null;
  startedAt: string;
  finishedAt: string | null;
}

export interface FlowRunFilter {
  /** Principal of the caller; exact, ignoring case. */
  user?: string;
  flow?: string;
  /** Only these flows (those that the caller may see); if absent, all. */
  flows?: readonly string[];
  /** With `flows`: also runs without a flow (no route, several accounts). */
  withoutFlow?: boolean;
  outcome?: FlowOutcome;
  eventId?: string;
  since?: string;
  until?: string;
  parent?: string;
  /** Id of the account that the run is about. */
  target?: string;
  limit: number;
  /** The run after which the next page starts. */
  after?: string;
}

/** The parts of a run that change until it ends. */
export type FlowRunPatch = Partial<
  Pick<
    FlowRunRecord,
    | 'state'
    | 'outcome'
    | 'code'
    | 'message'
    | 'error'
    | 'target'
    | 'steps'
    | 'undo'
    | 'finishedAt'
    | 'inputs'
  >
>;

export interface FlowRunRepository {
  /**
   * Inserts the run unless one with the same id exists; returns the stored run and whether it is
   * new. Of concurrent calls exactly one gets `created: true`. `tx` is the transaction of its audit
   * entries.
   */
  open(
    record: FlowRunRecord,
    tx?: StoreTransaction | null,
  ): Promise<{ record: FlowRunRecord; created: boolean }>;
  get(run: string): Promise<FlowRunRecord | null>;
  /**
   * The digests with which the id of an event has been used, with their runs; without dry runs,
   * child runs and undo runs.
   */
  usesOf(
    eventId: string,
    tx?: StoreTransaction | null,
  ): Promise<Pick<FlowRunRecord, 'run' | 'flow' | 'eventDigest' | 'outcome' | 'code'>[]>;
  /**
   * Changes the given parts while the run has not ended; false if it has ended, unless the same end
   * is written again.
   */
  update(tx: StoreTransaction | null, run: string, patch: FlowRunPatch): Promise<boolean>;
  /** Newest first. */
  list(filter: FlowRunFilter): Promise<FlowRunRecord[]>;
  /** The runs of the accounts of a person. */
  children(run: string): Promise<FlowRunRecord[]>;
  /** The newest run that undoes this one and has not failed; null if there is none. */
  undoOf(run: string): Promise<FlowRunRecord | null>;
  /** The number of runs that undo this one and have ended, with any outcome. */
  countEndedUndos(run: string, tx?: StoreTransaction | null): Promise<number>;
}

/**
 * Resource sets and switches of flows, as changed with arx. resource_sets.yaml and the flow files
 * only provide the initial values.
 */
export interface FlowSettingsRepository {
  sets(): Promise<ResourceSet[]>;
  /**
   * Inserts the sets of the file; sets whose name has been inserted, changed or removed before are
   * not touched.
   */
  seed(sets: readonly ResourceSet[]): Promise<void>;
  putSet(tx: StoreTransaction | null, set: ResourceSet): Promise<void>;
  removeSet(tx: StoreTransaction | null, name: string): Promise<boolean>;
  /** Flows that were switched on or off with arx; for all others their file decides. */
  switches(): Promise<ReadonlyMap<string, boolean>>;
  switch(tx: StoreTransaction | null, flow: string, enabled: boolean): Promise<void>;
}

export type { FlowPermission };
