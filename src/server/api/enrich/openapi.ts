import { BATCH_BODY, MAX_ACCOUNTS, REFRESH_QUERY } from './inputs.ts';
import {
  body,
  inPath,
  json,
  queryParameters,
  object,
  orNull,
  ref,
  errorResponse,
  retryLaterResponse,
  text,
} from '../openapi-parts.ts';

const texts = { type: ['array', 'null'], items: text } as const;

const REFUSALS = {
  400: errorResponse(
    `The account in the path cannot be the name of an account; a query parameter is unknown, repeated or malformed; or the body is malformed or does not have 1 to ${MAX_ACCOUNTS} accounts.`,
  ),
  401: errorResponse('No valid access key.'),
  403: errorResponse('The policies do not allow reading accounts.'),
  413: errorResponse('The body is too large.'),
  429: retryLaterResponse(
    'This key has requested too many accounts; Retry-After says when to try again.',
  ),
  503: errorResponse('A server behind this one does not answer.'),
} as const;
const { 413: _large, ...REFUSALS_OF_GET } = REFUSALS;

/** Schemas of the answers of the enrichment API, by name. */
export const ENRICH_SCHEMAS = {
  Account: object({ indicator: text, okta: ref('Answer') }),
  Answer: object({
    found: orNull('boolean'),
    ambiguous: { type: 'boolean' },
    candidates: { type: 'array', items: object({ id: text, login: text }) },
    extracted: { anyOf: [ref('Extracted'), { type: 'null' }] },
    success: { type: 'boolean' },
    enriched_at: { type: 'string', format: 'date-time' },
    errors: {
      type: 'array',
      items: object({ field: text, call: text, code: text, status: orNull('integer') }),
    },
    error: { anyOf: [ref('AccountError'), { type: 'null' }] },
    verdict: { enum: ['Pending', 'Benign', 'Suspicious', 'Malicious', null] },
    cached: { type: 'boolean' },
    age_seconds: { type: 'integer', minimum: 0 },
  }),
  AccountError: object({ code: text, message: text, remedy: text }),
  Extracted: object({
    user_id: text,
    login: text,
    email: orNull('string'),
    status: text,
    created: orNull('string'),
    last_login: orNull('string'),
    department: orNull('string'),
    title: orNull('string'),
    manager: orNull('string'),
    groups: texts,
    mfa_enrolled: orNull('boolean'),
    mfa_state: { enum: ['enrolled', 'none', 'unknown', null] },
    mfa_factors: texts,
    mfa_factor_types: texts,
    is_admin: orNull('boolean'),
    roles: texts,
    recent_activity: {
      anyOf: [
        object({
          hours: { type: 'number' },
          failed_sign_ins: { type: 'integer' },
          countries: { type: 'array', items: text },
          proxies: { type: 'array', items: text },
          unreadable_entries: { type: 'integer', minimum: 0 },
        }),
        { type: 'null' },
      ],
    },
  }),
};

/** The enrichment API. */
export const ENRICH_PATHS = {
  '/v1/enrich/account/{value}': {
    get: {
      operationId: 'enrichAccount',
      summary: 'One account, by e-mail address, user name or Okta user id',
      parameters: [inPath('value'), ...queryParameters(REFRESH_QUERY)],
      responses: {
        200: json('What is known about the account.', ref('Account')),
        ...REFUSALS_OF_GET,
      },
    },
  },
  '/v1/enrich': {
    post: {
      operationId: 'enrichAccounts',
      summary: `Up to ${MAX_ACCOUNTS} accounts; the answer comes when all are done`,
      requestBody: body(BATCH_BODY),
      responses: {
        200: json(
          'In the order of the request. A name that cannot be that of an Okta account has success false and error.',
          object({
            schema: { const: 'arx.enrichment/v1' },
            results: { type: 'array', items: ref('Account') },
          }),
        ),
        ...REFUSALS,
      },
    },
  },
} as const;
