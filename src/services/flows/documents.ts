import type { JsonObject } from '../../audit/types.ts';
import { UNDO_REASON } from '../../flows/names.ts';
import type { Flow, FlowPermission, Issue, Route } from '../../flows/types.ts';
import type { FlowRunRecord, FlowStepRecord } from '../../store/flow-types.ts';
import type { Store } from '../../store/types.ts';
import { approvalDocument } from '../approvals/approval-document.ts';
import type { ApprovalDocument } from '../approvals/approval-document.ts';
import type { VisibleFlow } from './types.ts';

/** A step of a run, as in documents. */
export interface FlowStepDocument extends Pick<
  FlowStepRecord,
  'id' | 'operation' | 'state' | 'decision' | 'request' | 'result' | 'verified'
> {
  /** Only the parameters that are ids. */
  params: JsonObject;
  /** Null if no approval was requested. */
  approval: ApprovalDocument | null;
}

/** One line for a run (an item of `arx.flows/v1`). */
export interface FlowRunItem extends Pick<
  FlowRunRecord,
  | 'run'
  | 'workflowId'
  | 'caller'
  | 'dryRun'
  | 'state'
  | 'outcome'
  | 'code'
  | 'message'
  | 'error'
  | 'parent'
  | 'undoes'
  | 'startedAt'
  | 'finishedAt'
> {
  /** Null if no row of the routing table matches, and for a person's run. */
  flow: { name: string; version: string } | null;
  event: { id: string; type: Issue['eventType']; at: string };
  issue: Pick<Issue, 'title' | 'category' | 'severity' | 'entity' | 'lastLogin'> & { id: string };
  /** Why it undoes another run, if a reason was given. */
  reason: string | null;
}

/** A run (`arx.flow-run/v1`). */
export interface FlowRunDocument extends FlowRunItem {
  schema: 'arx.flow-run/v1';
  inputs: FlowRunRecord['inputs'];
  target: FlowRunRecord['target'];
  steps: FlowStepDocument[];
  undo: FlowRunRecord['undo'];
  /** Runs of a person's accounts. */
  children: FlowRunItem[];
}

/** A flow as in `arx flows list` (an item of `arx.flows/v1`). */
export interface FlowItem extends Pick<
  Flow,
  'name' | 'version' | 'enabled' | 'description' | 'product' | 'kind'
> {
  permissions: FlowPermission[];
}

/** A flow as in `arx flows show`. */
export interface FlowDetail extends FlowItem, Pick<Flow, 'inputs' | 'when' | 'verify'> {
  steps: Pick<Flow['steps'][number], 'id' | 'operation' | 'params' | 'when'>[];
  undo: { operation: string; params: JsonObject }[] | null;
  /** Rows of the routing table that lead to it. */
  routes: Pick<Route, 'product' | 'titles'>[];
}

/** A run as a list item. */
export function flowRunItem(record: FlowRunRecord): FlowRunItem {
  const { run, workflowId, flow, version, caller, issue, dryRun, parent, undoes } = record;
  const { state, outcome, code, message, error, startedAt, finishedAt } = record;
  const { eventType, at, issueId, title, category, severity, entity, lastLogin } = issue;
  return {
    run,
    workflowId,
    flow: flow === null ? null : { name: flow, version: version ?? '' },
    event: { id: record.eventId, type: eventType, at },
    issue: { id: issueId, title, category, severity, entity, lastLogin },
    reason: undoes === null ? null : (issue.texts[UNDO_REASON] ?? null),
    caller,
    dryRun,
    state,
    outcome,
    code,
    message,
    error,
    parent,
    undoes,
    startedAt,
    finishedAt,
  };
}

/** A run with its steps, their approvals and the runs of its accounts. */
export async function flowRunDocument(
  { requests }: Pick<Store, 'requests'>,
  { record, children }: { record: FlowRunRecord; children: readonly FlowRunRecord[] },
): Promise<FlowRunDocument> {
  const steps = await Promise.all(
    record.steps.map(async (step) => {
      const request = step.request === null ? null : await requests.get(step.request);
      return stepDocument(step, request?.approval ? approvalDocument(request) : null);
    }),
  );
  const { inputs, target, undo } = record;
  const items = children.map(flowRunItem);
  return {
    schema: 'arx.flow-run/v1',
    ...flowRunItem(record),
    inputs,
    target,
    steps,
    undo,
    children: items,
  };
}

function stepDocument(step: FlowStepRecord, approval: ApprovalDocument | null): FlowStepDocument {
  const { id, operation, params, state, decision, request, result, verified } = step;
  return {
    id,
    operation,
    params: idsIn(params),
    decision,
    approval,
    request,
    result,
    verified,
    state,
  };
}

/** Texts of messages and tickets stay out: they are meant for their recipients only. */
const idsIn = (params: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(params).filter(([name]) => /(Id|^user|^group|^channel|^project)$/.test(name)),
  );

/** A flow as a list item, with the requester's permissions on it. */
export function flowItem({ flow, permissions }: VisibleFlow): FlowItem {
  const { name, version, enabled, description, product, kind } = flow;
  return { name, version, enabled, description, product, kind, permissions };
}

/** A flow in full. */
export function flowDetail(visible: VisibleFlow, routes: readonly Route[]): FlowDetail {
  const { name, inputs, when, verify, steps, undo } = visible.flow;
  return {
    ...flowItem(visible),
    inputs,
    when,
    verify,
    steps: steps.map(({ id, operation, params, when: condition }) => ({
      id,
      operation,
      params,
      when: condition,
    })),
    undo: undo?.map(({ operation, params }) => ({ operation, params })) ?? null,
    routes: routes
      .filter(({ flow }) => flow === name)
      .map(({ product, titles }) => ({ product, titles })),
  };
}
