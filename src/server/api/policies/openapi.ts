import {
  body,
  errorResponse,
  json,
  listOf,
  object,
  orNull,
  queryParameters,
  ref,
  text,
  time,
} from '../openapi-parts.ts';
import { EXPLAIN_BODY, MATRIX_QUERY } from './inputs.ts';

const flag = { type: 'boolean' } as const;
const anything = { type: 'object' } as const;
const effect = { enum: ['allow', 'auto', 'approval', 'deny'] };
const risk = { enum: ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL', null] };
const finding = object({
  code: text,
  severity: { enum: ['error', 'warning', 'info'] },
  policy: text,
  file: text,
  line: { type: 'integer' },
  message: text,
});
const REFUSALS = {
  400: errorResponse('A field or query parameter is unknown, repeated or malformed.'),
  401: errorResponse('No valid access key.'),
};
const INVALID = {
  409: errorResponse('The policy files cannot be loaded; the message says where.'),
};

/** Schemas of the answers of the API of policies, by name. */
export const POLICY_SCHEMAS = {
  Policies: object({
    schema: { const: 'arx.policies/v1' },
    ok: flag,
    reason: orNull('string'),
    digest: orNull('string'),
    inForce: { anyOf: [object({ digest: orNull('string'), since: time }), { type: 'null' }] },
    refusedAt: orNull('string'),
    items: listOf(
      object({
        name: text,
        connector: text,
        principals: listOf(text),
        operations: listOf(text),
        deny: listOf(text),
        riskMax: risk,
        approval: anything,
        file: text,
        line: { type: 'integer' },
      }),
    ),
  }),
  PolicyMatrix: object({
    schema: { const: 'arx.matrix/v1' },
    bundleDigest: text,
    principals: listOf(object({ name: text, example: text })),
    items: listOf(
      object({
        connector: text,
        operation: text,
        risk,
        decisions: listOf(object({ effect, code: text, risk })),
      }),
    ),
  }),
  PolicyLint: object({
    schema: { const: 'arx.lint/v1' },
    findings: listOf(finding),
    items: listOf(finding),
    policies: { type: 'integer' },
    authority: listOf(anything),
    bundleDigest: text,
  }),
  Decision: object({
    schema: { const: 'arx.decision/v1' },
    connector: text,
    operation: text,
    principal: text,
    risk,
    effect,
    code: text,
    determining: listOf(object({ policy: text, file: text, line: { type: 'integer' } })),
    considered: listOf(object({ policy: text, why: text })),
    obligations: anything,
    hints: listOf(text),
    bundleDigest: orNull('string'),
    argsDigest: orNull('string'),
  }),
};

/** The API of policies. */
export const POLICY_PATHS = {
  '/v1/policies': {
    get: {
      operationId: 'listPolicies',
      summary: 'The policies, and what the worker has in force since when',
      responses: { 200: json('The policies.', ref('Policies')), ...REFUSALS },
    },
  },
  '/v1/policies/matrix': {
    get: {
      operationId: 'showPolicyMatrix',
      summary: 'What is decided for each operation and class of principals',
      parameters: queryParameters(MATRIX_QUERY),
      responses: { 200: json('The matrix.', ref('PolicyMatrix')), ...REFUSALS, ...INVALID },
    },
  },
  '/v1/policies/lint': {
    get: {
      operationId: 'lintPolicies',
      summary: 'Policies that load but are probably mistakes',
      responses: { 200: json('The findings.', ref('PolicyLint')), ...REFUSALS, ...INVALID },
    },
  },
  '/v1/policies/explain': {
    post: {
      operationId: 'explainDecision',
      summary: 'What the policies decide about an operation, why, and what would change it',
      requestBody: body(EXPLAIN_BODY),
      responses: { 200: json('The decision.', ref('Decision')), ...REFUSALS, ...INVALID },
    },
  },
} as const;
