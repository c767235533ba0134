import type { ColumnType } from 'kysely';
import type { ResourceSet } from '../flows/types.ts';
import type { FlowRunRecord } from './flow-types.ts';
import type { JsonColumn } from './schema.ts';

type OptionalJson<Value> = ColumnType<Value | null, string | null, string | null>;

/** Times are ISO 8601 UTC text. */
export interface FlowRunsTable {
  /** Order of insertion; breaks ties of `started_at`. */
  position: ColumnType<number, never, never>;
  run: string;
  workflow_id: string;
  flow: string | null;
  version: string | null;
  /** Principal of the caller in lower case, for searches. */
  principal: string;
  caller: JsonColumn<FlowRunRecord['caller']>;
  event_id: string;
  event_digest: string;
  issue: JsonColumn<FlowRunRecord['issue']>;
  inputs: JsonColumn<FlowRunRecord['inputs']>;
  dry_run: boolean;
  parent: string | null;
  undoes: string | null;
  state: FlowRunRecord['state'];
  outcome: FlowRunRecord['outcome'];
  code: string | null;
  message: string | null;
  error: OptionalJson<NonNullable<FlowRunRecord['error']>>;
  target: OptionalJson<NonNullable<FlowRunRecord['target']>>;
  steps: JsonColumn<FlowRunRecord['steps']>;
  undo: OptionalJson<NonNullable<FlowRunRecord['undo']>>;
  started_at: string;
  finished_at: string | null;
}

interface FlowSetsTable {
  name: string;
  /** Null if the set was removed. */
  content: OptionalJson<Omit<ResourceSet, 'name'>>;
}

interface FlowSwitchesTable {
  flow: string;
  enabled: boolean;
}

/** The tables of delegated flows for kysely; `0020-flows.ts` creates them. */
export interface FlowDatabase {
  flow_runs: FlowRunsTable;
  flow_sets: FlowSetsTable;
  flow_switches: FlowSwitchesTable;
}
