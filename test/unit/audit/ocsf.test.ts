import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { ocsfEvent } from '../../../src/audit/ocsf.ts';
import { EXPORT_FORMATS } from '../../../src/audit/export.ts';
import type { AuditDraft } from '../../../src/audit/types.ts';
import { chainOf, draftOf } from '../../support/audit.ts';

/** The fields that OCSF 1.3.0 requires of each class, and the activities that it defines. */
const CLASSES: Record<number, { required: string[]; activities: number[]; category: number }> = {
  6003: {
    required: ['actor', 'api', 'src_endpoint'],
    activities: [0, 1, 2, 3, 4, 99],
    category: 6,
  },
  3001: {
    required: ['user'],
    activities: [...Array.from({ length: 12 }, (_, n) => n), 99],
    category: 3,
  },
  3002: { required: ['user', 'service'], activities: [0, 1, 2, 3, 4, 5, 6, 7, 99], category: 3 },
};
const BASE = [
  'activity_id',
  'category_uid',
  'class_uid',
  'metadata',
  'severity_id',
  'time',
  'type_uid',
];
const text = { type: 'string', minLength: 1 };
const named = {
  type: 'object',
  properties: { uid: text, name: text },
  anyOf: [{ required: ['uid'] }, { required: ['name'] }],
};

const schemaOf = (uid: number) => ({
  type: 'object',
  required: [...BASE, ...CLASSES[uid]!.required],
  additionalProperties: false,
  properties: {
    ...Object.fromEntries(
      ['class_name', 'category_name', 'activity_name', 'type_name', 'message'].map((name) => [
        name,
        text,
      ]),
    ),
    ...Object.fromEntries(['severity', 'status', 'status_code'].map((name) => [name, text])),
    activity_id: { enum: CLASSES[uid]!.activities },
    category_uid: { const: CLASSES[uid]!.category },
    class_uid: { const: uid },
    type_uid: { type: 'integer', minimum: uid * 100, maximum: uid * 100 + 99 },
    time: { type: 'integer', minimum: 1_000_000_000_000 },
    severity_id: { enum: [0, 1, 2, 3, 4, 5, 6, 99] },
    status_id: { enum: [0, 1, 2, 99] },
    metadata: {
      type: 'object',
      required: ['product', 'version'],
      properties: {
        version: { const: '1.3.0' },
        product: { type: 'object', required: ['vendor_name'] },
        uid: text,
      },
    },
    actor: { type: 'object', required: ['user'], properties: { user: named } },
    user: named,
    service: named,
    src_endpoint: named,
    api: {
      type: 'object',
      required: ['operation'],
      properties: { operation: text, service: named },
    },
    resources: { type: 'array', items: named },
    unmapped: { type: 'object', required: ['hash', 'prevHash', 'kind', 'run'] },
  },
});
const ajv = new Ajv({ strict: false });
const VALID = Object.fromEntries(
  Object.keys(CLASSES).map((uid) => [uid, ajv.compile(schemaOf(Number(uid)))]),
);

/** Recorded entry → class, activity and status of the event. */
const MAPPING: [Partial<AuditDraft>, classUid: number, activity: number, status: number][] = [
  [{ kind: 'user.checked', operation: 'okta:users:read_factors' }, 6003, 2, 1],
  [{ kind: 'scan.completed' }, 6003, 99, 1],
  [{ kind: 'policy.rejected' }, 6003, 99, 2],
  [{ kind: 'ticket.created', operation: 'jira:issues:create' }, 6003, 1, 1],
  [{ kind: 'ticket.intended', operation: 'jira:issues:create' }, 6003, 1, 0],
  [{ kind: 'ticket.unknown', operation: 'jira:issues:create' }, 6003, 1, 0],
  [
    { kind: 'summary.failed', operation: 'slack:chat:write', outcome: { code: 'timeout' } },
    6003,
    1,
    2,
  ],
  [{ kind: 'action.denied', operation: 'okta:users:suspend', risk: 'HIGH' }, 6003, 99, 2],
  [{ kind: 'action.started', operation: 'okta:groups:remove_member' }, 6003, 4, 0],
  [{ kind: 'action.succeeded', operation: 'okta:users:suspend', risk: 'HIGH' }, 3001, 5, 1],
  [
    {
      kind: 'action.failed',
      operation: 'okta:users:reset_password',
      outcome: { code: 'not_found' },
    },
    3001,
    4,
    2,
  ],
  [{ kind: 'action.succeeded', operation: 'okta:users:create' }, 3001, 1, 1],
  [{ kind: 'action.unknown', operation: 'okta:users:unsuspend' }, 3001, 2, 0],
  [
    { kind: 'action.succeeded', operation: 'okta:users:clear_sessions', risk: 'CRITICAL' },
    3002,
    2,
    1,
  ],
  [{ kind: 'action.succeeded', operation: 'entra:users:disable', risk: 'HIGH' }, 3001, 5, 1],
  [{ kind: 'action.failed', operation: 'google:users:suspend', risk: 'HIGH' }, 3001, 5, 2],
  [{ kind: 'action.succeeded', operation: 'salesforce:users:activate' }, 3001, 2, 1],
  [{ kind: 'flow.opened', outcome: { flow: 'Suspend Okta Account' } }, 6003, 1, 1],
  [{ kind: 'flow.refused', outcome: { code: 'forbidden' } }, 6003, 99, 2],
  [{ kind: 'flow.planned' }, 6003, 99, 1],
  [{ kind: 'flow.verified', outcome: { verified: true } }, 6003, 2, 1],
  [{ kind: 'flow.closed', outcome: { outcome: 'succeeded' } }, 6003, 3, 1],
  [{ kind: 'flow.closed', outcome: { outcome: 'denied', code: 'protected' } }, 6003, 3, 2],
  [{ kind: 'flow.closed', outcome: { outcome: 'unverified' } }, 6003, 3, 0],
  [{ kind: 'flow.switched', outcome: { enabled: false } }, 6003, 3, 1],
  [{ kind: 'resource_set.changed', outcome: { change: 'put' } }, 6003, 3, 1],
];

test.each(MAPPING)(
  '%j is an event of class %i, activity %i, status %i',
  (over, classUid, activity, status) => {
    const { stored } = chainOf([draftOf({ ...over, target: '00u9' })]);
    const event = ocsfEvent(stored[0]!);
    const valid = VALID[classUid]!;
    expect(valid(event), ajv.errorsText(valid.errors)).toBe(true);
    expect(event).toMatchObject({ class_uid: classUid, activity_id: activity, status_id: status });
    expect(event.type_uid).toBe(classUid * 100 + activity);
  },
);

test('an event can be traced to its entry', () => {
  const { stored } = chainOf([draftOf(), draftOf({ outcome: { code: 'x' } })]);
  const lines = stored.map((entry) => EXPORT_FORMATS.ocsf.line(entry)).join('');
  const events = lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, Record<string, unknown>>);
  const entries = stored.map(({ text: json }) => JSON.parse(json) as Record<string, unknown>);
  expect(events.map(({ metadata }) => metadata?.uid)).toEqual(entries.map(({ id }) => id));
  expect(events.map(({ unmapped }) => unmapped?.hash)).toEqual(entries.map(({ hash }) => hash));
  expect(events.map(({ metadata }) => metadata?.sequence)).toEqual([0, 1]);
});
