import { failedCall, listOf, object, orNull, ref, text, time } from '../openapi-parts.ts';

const OUTCOME = {
  enum: [
    'succeeded',
    'already_in_state',
    'unrouted',
    'manual',
    'planned',
    'denied',
    'rejected',
    'expired',
    'stale',
    'failed',
    'unverified',
    null,
  ],
};
const PERMISSIONS = listOf({ enum: ['view', 'run'] });
const anything = { type: 'object' } as const;
const objectOrNull = orNull('object');
const call = object({ operation: text, params: anything });

const flowItem = {
  name: text,
  version: text,
  enabled: { type: 'boolean' },
  description: orNull('string'),
  product: orNull('string'),
  kind: { enum: ['acts', 'routes'] },
  permissions: PERMISSIONS,
};

const runItem = {
  run: text,
  workflowId: text,
  state: { enum: ['open', 'waiting', 'ended'] },
  outcome: OUTCOME,
  flow: { anyOf: [object({ name: text, version: text }), { type: 'null' }] },
  event: object({ id: text, type: { enum: ['issue.onDemand', 'issue.created'] }, at: time }),
  issue: object({
    id: text,
    title: text,
    category: orNull('string'),
    severity: orNull('string'),
    entity: object({ kind: { enum: ['account', 'person', 'oauth_grant'] } }),
    lastLogin: orNull('string'),
  }),
  caller: object({
    principal: text,
    personId: orNull('string'),
    authenticatedBy: text,
    surface: text,
  }),
  dryRun: { type: 'boolean' },
  code: orNull('string'),
  message: orNull('string'),
  error: failedCall,
  parent: orNull('string'),
  undoes: orNull('string'),
  reason: orNull('string'),
  startedAt: time,
  finishedAt: orNull('string'),
};

const set = { name: text, flows: listOf(text), members: listOf(text), permissions: PERMISSIONS };
const condition = object({ input: text, is: text, value: {} }, ['value']);

/** Schemas of the answers of the flows API, by name. */
export const FLOW_SCHEMAS = {
  Accepted: object({
    schema: { const: 'arx.flow-accepted/v1' },
    run: text,
    workflowId: text,
    flow: orNull('string'),
    dryRun: { type: 'boolean' },
    created: { type: 'boolean' },
    state: { enum: ['open', 'waiting', 'ended'] },
    outcome: OUTCOME,
    code: orNull('string'),
  }),
  FlowItem: object(flowItem),
  FlowDetail: object({
    ...flowItem,
    inputs: anything,
    when: listOf(condition),
    steps: listOf(object({ id: text, operation: text, params: anything, when: listOf(condition) })),
    verify: listOf(object({ step: text, withinMs: { type: 'integer' } })),
    undo: { anyOf: [listOf(call), { type: 'null' }] },
    routes: listOf(object({ product: text, titles: listOf(text) })),
  }),
  FlowDetails: object({ schema: { const: 'arx.flows/v1' }, items: listOf(ref('FlowDetail')) }),
  Flows: object({ schema: { const: 'arx.flows/v1' }, items: listOf(ref('FlowItem')) }),
  FlowRunItem: object(runItem),
  FlowRuns: object({
    schema: { const: 'arx.flows/v1' },
    items: listOf(ref('FlowRunItem')),
    next: orNull('string'),
  }),
  FlowRun: object({
    schema: { const: 'arx.flow-run/v1' },
    ...runItem,
    inputs: anything,
    target: objectOrNull,
    steps: listOf(ref('FlowStep')),
    undo: { anyOf: [listOf(call), { type: 'null' }] },
    children: listOf(ref('FlowRunItem')),
  }),
  FlowStep: object({
    id: text,
    operation: text,
    params: anything,
    decision: objectOrNull,
    approval: objectOrNull,
    state: { enum: ['planned', 'skipped', 'already', 'running', 'done', 'failed'] },
    request: orNull('string'),
    result: objectOrNull,
    verified: orNull('boolean'),
  }),
  FlowSwitch: object({
    schema: { const: 'arx.flows/v1' },
    items: listOf(object({ name: text, enabled: { type: 'boolean' } })),
  }),
  ResourceSets: object({ schema: { const: 'arx.flows/v1' }, items: listOf(object(set)) }),
  // Flat, as `issue.onDemand`, or nested, as `issue.created`; docs/flows.md has the fields.
  IspmEvent: {
    anyOf: [
      object({
        eventId: text,
        eventTimestamp: time,
        eventSource: text,
        eventType: { const: 'issue.onDemand' },
        issueId: text,
        issueTitle: text,
        entityType: text,
      }),
      object({
        id: text,
        timestamp: time,
        source: text,
        type: { const: 'issue.created' },
        eventData: anything,
      }),
    ],
  },
};
