import { commonRefusals, json, listOf, object, orNull, ref, text } from '../openapi-parts.ts';

const REFUSALS = commonRefusals('A query parameter is unknown.');
const probe = {
  operation: text,
  state: { enum: ['ok', 'denied', 'error', 'untried'] },
  http: orNull('integer'),
  latencyMs: orNull('integer'),
  limit: orNull('integer'),
  reason: orNull('string'),
  code: orNull('string'),
};

/** Schemas of the answers of the API of integrations, by name. */
export const INTEGRATION_SCHEMAS = {
  Integrations: object({
    schema: { const: 'arx.integrations/v1' },
    items: listOf(
      object({
        vendor: { enum: ['okta', 'jira', 'slack', 'entra', 'google', 'salesforce', 'email'] },
        state: { enum: ['configured', 'incomplete'] },
        problem: {
          anyOf: [object({ code: text, message: text, remedy: text }), { type: 'null' }],
        },
        lastSuccess: orNull('string'),
        expiresAt: orNull('string'),
      }),
    ),
  }),
  Capability: object({
    name: { enum: ['users', 'factors', 'groups', 'apps', 'logs', 'roles'] },
    ...probe,
    state: { enum: ['ok', 'denied', 'error'] },
    scope: text,
    without: text,
    probes: listOf(object(probe)),
  }),
  Permissions: object({
    schema: { const: 'arx.permissions/v1' },
    org: text,
    credential: { enum: ['ssws', 'service_app'] },
    capabilities: listOf(ref('Capability')),
    items: listOf(ref('Capability')),
  }),
};

/** The API of integrations. */
export const INTEGRATION_PATHS = {
  '/v1/integrations': {
    get: {
      operationId: 'listIntegrations',
      summary: 'The vendors: configured or what is missing, and when they last worked',
      responses: { 200: json('The vendors.', ref('Integrations')), ...REFUSALS },
    },
  },
  '/v1/integrations/okta/test': {
    post: {
      operationId: 'testOkta',
      summary: 'Try every permission of Okta that a sync needs; writes nothing',
      responses: { 200: json('The permissions.', ref('Permissions')), ...REFUSALS },
    },
  },
} as const;
