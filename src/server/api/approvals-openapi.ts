import { DECISION_BODY, LIST_QUERY } from './approvals-inputs.ts';
import {
  body,
  errorResponse,
  failedCall,
  inPath,
  json,
  listOf,
  object,
  orNull,
  queryParameters,
  ref,
  text,
  time,
} from './openapi-parts.ts';

const ID = inPath('id');
const ALWAYS = {
  400: errorResponse('A field or query parameter is unknown, missing or malformed.'),
  401: errorResponse('No valid access key.'),
};
const MISSING = { 404: errorResponse('There is no such approval.') };
const STATE = { enum: ['PENDING', 'APPROVED', 'DENIED', 'EXPIRED', 'CANCELLED', null] };

const document = {
  request: text,
  workflowId: text,
  connector: text,
  operation: text,
  risk: { enum: ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] },
  state: STATE,
  action: text,
  requester: text,
  requesterId: orNull('string'),
  onBehalfOf: orNull('string'),
  target: orNull('object'),
  removes: listOf(text),
  reason: text,
  requesterProof: { enum: ['worker', 'cli', 'slack', 'console', 'key', 'none'] },
  requesterSurface: text,
  person: orNull('object'),
  names: { type: 'object' },
  arguments: listOf(
    object({ name: text, value: text, label: orNull('string'), redacted: { type: 'boolean' } }),
  ),
  effect: text,
  createdAt: time,
  deadline: orNull('string'),
  votes: listOf(object({ person: text, verdict: { enum: ['approve', 'deny'] }, at: time })),
  needed: { type: 'integer', minimum: 0 },
  eligible: listOf(text),
  unread: listOf(object({ source: text, code: text, message: text })),
  requirements: listOf(
    object({ policy: text, any_of: listOf(text), count: { type: 'integer', minimum: 1 } }),
  ),
  error: failedCall,
  argsDigest: text,
  bundleDigest: text,
};

/** Schemas of the answers of the approvals API, by name. */
export const APPROVAL_SCHEMAS = {
  ApprovalItem: object(document),
  Approval: object({ schema: { const: 'arx.approval/v1' }, ...document }),
  ApprovalHistory: object({
    schema: { const: 'arx.approval/v1' },
    ...document,
    story: listOf(
      object(
        {
          at: time,
          kind: text,
          text,
          entry: text,
          signature: object({
            ok: { type: 'boolean' },
            key: orNull('string'),
            fault: orNull('string'),
          }),
        },
        ['signature'],
      ),
    ),
  }),
  Approvals: object({ schema: { const: 'arx.approvals/v1' }, items: listOf(ref('ApprovalItem')) }),
  DecisionAnswer: object({
    schema: { const: 'arx.answer/v1' },
    request: text,
    decisionId: text,
    accepted: { type: 'boolean' },
    code: text,
    state: STATE,
  }),
};

/** The approvals API. */
export const APPROVAL_PATHS = {
  '/v1/approvals': {
    get: {
      operationId: 'listApprovals',
      summary: 'Approvals, pending ones oldest first',
      parameters: queryParameters(LIST_QUERY),
      responses: { 200: json('The approvals.', ref('Approvals')), ...ALWAYS },
    },
  },
  '/v1/approvals/{id}': {
    get: {
      operationId: 'showApproval',
      summary: 'One approval: what is requested, who may decide, who has decided',
      parameters: [ID],
      responses: { 200: json('The approval.', ref('Approval')), ...ALWAYS, ...MISSING },
    },
  },
  '/v1/approvals/{id}/history': {
    get: {
      operationId: 'showApprovalHistory',
      summary: 'One approval with its history from the audit trail, and the proof of each vote',
      parameters: [ID],
      responses: { 200: json('The history.', ref('ApprovalHistory')), ...ALWAYS, ...MISSING },
    },
  },
  '/v1/approvals/{id}/decisions': {
    post: {
      operationId: 'decideApproval',
      summary: 'Approve or deny, as the person of the access key',
      parameters: [ID],
      requestBody: body(DECISION_BODY),
      responses: {
        200: json('The answer.', ref('DecisionAnswer')),
        202: json('Recorded; no worker has answered yet.', ref('DecisionAnswer')),
        ...ALWAYS,
        403: errorResponse('The key belongs to a service, or its person is not active.'),
        ...MISSING,
        409: errorResponse('The decision does not count; the code says why.'),
        413: errorResponse('The body is too large.'),
      },
    },
  },
} as const;
