import type { Insertable, Selectable, Updateable } from 'kysely';
import type { FlowRunsTable } from '../flow-schema.ts';
import type { FlowRunPatch, FlowRunRecord } from '../flow-types.ts';

const jsonOrNull = (value: unknown): string | null =>
  value === null ? null : JSON.stringify(value);

/** The row to insert for a run. */
export function toFlowRow(record: FlowRunRecord): Insertable<FlowRunsTable> {
  const { run, flow, version, caller, parent, undoes, state, outcome, code, message } = record;
  return {
    run,
    flow,
    version,
    parent,
    undoes,
    state,
    outcome,
    code,
    message,
    workflow_id: record.workflowId,
    principal: caller.principal.toLowerCase(),
    caller: JSON.stringify(caller),
    event_id: record.eventId,
    event_digest: record.eventDigest,
    issue: JSON.stringify(record.issue),
    inputs: JSON.stringify(record.inputs),
    dry_run: record.dryRun,
    error: jsonOrNull(record.error),
    target: jsonOrNull(record.target),
    steps: JSON.stringify(record.steps),
    undo: jsonOrNull(record.undo),
    started_at: record.startedAt,
    finished_at: record.finishedAt,
  };
}

/** The run of a stored row. */
export function fromFlowRow(row: Selectable<FlowRunsTable>): FlowRunRecord {
  const { run, flow, version, caller, issue, inputs, parent, undoes } = row;
  const { state, outcome, code, message, error, target, steps, undo } = row;
  return {
    run,
    flow,
    version,
    caller,
    issue,
    inputs,
    parent,
    undoes,
    state,
    outcome,
    code,
    message,
    error,
    target,
    steps,
    undo,
    workflowId: row.workflow_id,
    eventId: row.event_id,
    eventDigest: row.event_digest,
    dryRun: row.dry_run,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}

/** The column values for each part of a patch. */
const PARTS: { [Part in keyof FlowRunPatch]-?: (value: never) => Updateable<FlowRunsTable> } = {
  state: (state: FlowRunRecord['state']) => ({ state }),
  outcome: (outcome: FlowRunRecord['outcome']) => ({ outcome }),
  code: (code: string | null) => ({ code }),
  message: (message: string | null) => ({ message }),
  error: (error: unknown) => ({ error: jsonOrNull(error) }),
  target: (target: unknown) => ({ target: jsonOrNull(target) }),
  steps: (steps: unknown) => ({ steps: JSON.stringify(steps) }),
  undo: (undo: unknown) => ({ undo: jsonOrNull(undo) }),
  finishedAt: (finishedAt: string | null) => ({ finished_at: finishedAt }),
  inputs: (inputs: unknown) => ({ inputs: JSON.stringify(inputs) }),
};

/** The columns that a patch changes. */
export function toFlowChanges(patch: FlowRunPatch): Updateable<FlowRunsTable> {
  const given = (Object.keys(PARTS) as (keyof FlowRunPatch)[]).filter(
    (part) => patch[part] !== undefined,
  );
  return Object.assign({}, ...given.map((part) => PARTS[part](patch[part] as never)));
}
