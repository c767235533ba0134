import type { JsonObject } from '../audit/types.ts';
import type { FlowOutcome, FlowPermission, Issue, ResourceSet } from '../flows/types.ts';
import type { StoreTransaction } from './types.ts';

/** One step of a run, as far as it has come. */
export interface FlowStepRecord {
  id: string;
  /** `okta:users:suspend`. */
  operation: string;
  /** Parameters as filled in. Kept in the store; documents show those that are ids. */
  params: JsonObject;
  /** planned: decided, nothing done; skipped: its conditions do not hold. */
  state: 'planned' | 'skipped' | 'already' | 'running' | 'done' | 'failed';
  /** Policy's answer at the time of the plan: effect, code, risk, policies. */
  decision: JsonObject | null;
  /** Request id of the governed operation that made the call; the approval has it too. */
  request: string | null;
  /** Listed fields of what the call answered, or `{code, message}` of its failure. */
  result: JsonObject | null;
  /** Read back: true as wanted, false not so in time, null not read back. */
  verified: boolean | null;
}

/** Who asked for a run. */
export interface FlowCaller {
  /** `user:LOGIN` or `agent:KEYNAME`. */
  principal: string;
  /** Okta id of the person; null for services and where it was not looked up. */
  personId: string | null;
  authenticatedBy: 'worker' | 'cli' | 'slack' | 'console' | 'key' | 'none';
  surface: 'workflow' | 'cli' | 'slack' | 'console' | 'api';
}

/** A run of a delegated flow. Times are ISO 8601 UTC. */
export interface FlowRunRecord {
  run: string;
  workflowId: string;
  /** Flow and its version; null where no row of the routing table fits. */
  flow: string | null;
  version: string | null;
  caller: FlowCaller;
  eventId: string;
  /** SHA-256 of the canonical JSON of event and inputs, hex. */
  eventDigest: string;
  /** The issue as normalised; for the run of one account of a person: that account's. */
  issue: Issue;
  inputs: JsonObject;
  dryRun: boolean;
  /** Run of the person whose account this is, or the run that this one takes back. */
  parent: string | null;
  undoes: string | null;
  state: 'open' | 'waiting' | 'ended';
  outcome: FlowOutcome | null;
  /**
   * Coded word beside the outcome (`protected`, `wrong_state`, `no_route` …) and a sentence for
   * people.
   */
  code: string | null;
  message: string | null;
  /** Opaque facts of the target: product, id, status when looked at first. */
  target: JsonObject | null;
  steps: FlowStepRecord[];
  /** The calls that take it back; null: none, or not known yet. */
  undo: { operation: string; params: JsonObject }[] | null;
  startedAt: string;
  finishedAt: string | null;
}

export interface FlowRunFilter {
  /** Principal of the caller, exactly, without case. */
  user?: string;
  flow?: string;
  /** Only these flows (what the asker may see); absent: all. */
  flows?: readonly string[];
  /** With `flows`: runs without a flow (no route, several accounts) too. */
  withoutFlow?: boolean;
  outcome?: FlowOutcome;
  eventId?: string;
  since?: string;
  until?: string;
  parent?: string;
  limit: number;
  /** Run to start after, for the next page. */
  after?: string;
}

/** The parts of a run that change until it ends. */
export type FlowRunPatch = Partial<
  Pick<
    FlowRunRecord,
    'state' | 'outcome' | 'code' | 'message' | 'target' | 'steps' | 'undo' | 'finishedAt' | 'inputs'
  >
>;

export interface FlowRunRepository {
  /**
   * Inserts the run unless one of the same id is there; gives what stands there then, and whether
   * it is new. Of a hundred at once exactly one gets `created: true`. `tx`: the transaction of its
   * entries in the trail.
   */
  open(
    record: FlowRunRecord,
    tx?: StoreTransaction | null,
  ): Promise<{ record: FlowRunRecord; created: boolean }>;
  get(run: string): Promise<FlowRunRecord | null>;
  /**
   * Digests under which the id of an event has been used (dry runs, children and undos apart), with
   * their runs.
   */
  usesOf(
    eventId: string,
    tx?: StoreTransaction | null,
  ): Promise<Pick<FlowRunRecord, 'run' | 'flow' | 'eventDigest' | 'outcome' | 'code'>[]>;
  /**
   * Changes the parts given, only while the run has not ended; false where it has, unless the same
   * end is written again.
   */
  update(tx: StoreTransaction | null, run: string, patch: FlowRunPatch): Promise<boolean>;
  /** Newest first. */
  list(filter: FlowRunFilter): Promise<FlowRunRecord[]>;
  /** Runs of the accounts of a person. */
  children(run: string): Promise<FlowRunRecord[]>;
  /** The newest run that takes this one back and has not failed; null where there is none. */
  undoOf(run: string): Promise<FlowRunRecord | null>;
  /** How many runs that take this one back have ended, however they did. */
  countEndedUndos(run: string, tx?: StoreTransaction | null): Promise<number>;
}

/**
 * Resource sets and switches of flows, as changed with arx; resource_sets.yaml and the files of the
 * flows only seed them.
 */
export interface FlowSettingsRepository {
  sets(): Promise<ResourceSet[]>;
  /**
   * Puts in the sets of the file, once: what has been put, changed or removed by its name is left
   * as it is.
   */
  seed(sets: readonly ResourceSet[]): Promise<void>;
  putSet(tx: StoreTransaction | null, set: ResourceSet): Promise<void>;
  removeSet(tx: StoreTransaction | null, name: string): Promise<boolean>;
  /** Switched on or off by hand; flows that are not in here are as their file says. */
  switches(): Promise<ReadonlyMap<string, boolean>>;
  switch(tx: StoreTransaction | null, flow: string, enabled: boolean): Promise<void>;
}

export type { FlowPermission };
