/** The parts of the enrichment API as an OpenAPI 3.1 document; a test holds it against the routes and their answers. */
const text = { type: 'string' } as const;
const orNull = (type: string) => ({ type: [type, 'null'] }) as const;
const texts = { type: ['array', 'null'], items: text } as const;
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` }) as const;

const object = (properties: Readonly<Record<string, object>>, optional: readonly string[] = []) => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});

const json = (description: string, schema: object) => ({ description, content: { 'application/json': { schema } } });
const refused = (description: string) => json(description, ref('Error'));
const REFUSALS = {
  400: refused('The text cannot be the name of an account, or the body has not its form.'),
  401: refused('No access key that counts.'),
  403: refused('The policies do not let accounts be read.'),
  413: refused('The body is too large.'),
  429: {
    ...refused('This key has asked for too many accounts; Retry-After tells when to come back.'),
    headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds' } },
  },
  503: refused('A server behind this one does not answer.'),
} as const;
const { 413: _large, ...REFUSALS_OF_GET } = REFUSALS;

const refresh = {
  name: 'refresh',
  in: 'query',
  description: 'Ask Okta anew, whatever is kept',
  schema: { type: 'string', enum: ['true', 'false'] },
};

/** Most accounts of one batch. */
export const MOST_ACCOUNTS = 1_000;

const SCHEMAS = {
  Error: object({ schema: { const: 'arx.error/v1' }, code: text, message: text, remedy: text }),
  Account: object({ indicator: text, okta: ref('Answer') }),
  Answer: object({
    found: orNull('boolean'),
    ambiguous: { type: 'boolean' },
    candidates: { type: 'array', items: object({ id: text, login: text }) },
    extracted: { anyOf: [ref('Extracted'), { type: 'null' }] },
    success: { type: 'boolean' },
    enriched_at: { type: 'string', format: 'date-time' },
    errors: { type: 'array', items: object({ field: text, call: text, code: text, status: orNull('integer') }) },
    verdict: { enum: ['Pending', 'Benign', 'Suspicious', 'Malicious', null] },
    cached: { type: 'boolean' },
    age_seconds: { type: 'integer', minimum: 0 },
  }),
  Extracted: object({
    ...{ user_id: text, login: text, email: orNull('string'), status: text, created: orNull('string') },
    ...{ last_login: orNull('string'), department: orNull('string'), title: orNull('string') },
    ...{ manager: orNull('string'), groups: texts, mfa_enrolled: orNull('boolean') },
    mfa_state: { enum: ['enrolled', 'none', 'unknown', null] },
    ...{ mfa_factors: texts, mfa_factor_types: texts, is_admin: orNull('boolean'), roles: texts },
    recent_activity: {
      anyOf: [
        object({
          hours: { type: 'number' },
          failed_sign_ins: { type: 'integer' },
          countries: { type: 'array', items: text },
          proxies: { type: 'array', items: text },
        }),
        { type: 'null' },
      ],
    },
  }),
};

/** Served as `GET /openapi.json`. */
export const OPENAPI = {
  openapi: '3.1.0',
  info: {
    title: 'arx account enrichment',
    version: '1',
    description: 'Who is this account? Keys are made with `arx keys create --name NAME`.',
  },
  security: [{ bearer: [] }, { apiKey: [] }],
  paths: {
    '/v1/enrich/account/{value}': {
      get: {
        operationId: 'enrichAccount',
        summary: 'One account, by e-mail address, user name or Okta user id',
        parameters: [{ name: 'value', in: 'path', required: true, schema: text }, refresh],
        responses: { 200: json('What is known of the account.', ref('Account')), ...REFUSALS_OF_GET },
      },
    },
    '/v1/enrich': {
      post: {
        operationId: 'enrichAccounts',
        summary: `Up to ${MOST_ACCOUNTS} accounts; the answer comes when all are done`,
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                ...object(
                  {
                    accounts: { type: 'array', items: text, minItems: 1, maxItems: MOST_ACCOUNTS },
                    refresh: { type: 'boolean' },
                  },
                  ['refresh'],
                ),
                additionalProperties: false,
              },
            },
          },
        },
        responses: {
          200: json(
            'In the order in which they were asked for.',
            object({ schema: { const: 'arx.enrichment/v1' }, results: { type: 'array', items: ref('Account') } }),
          ),
          ...REFUSALS,
        },
      },
    },
  },
  components: {
    schemas: SCHEMAS,
    securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer' },
      apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
    },
  },
} as const;
