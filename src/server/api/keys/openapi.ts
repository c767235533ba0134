import { KEY_SCOPES } from '../../../governance/key-scopes.ts';
import {
  commonRefusals,
  errorResponse,
  inPath,
  json,
  listOf,
  object,
  orNull,
  ref,
  text,
  time,
} from '../openapi-parts.ts';

const REFUSALS = commonRefusals('A query parameter is unknown.');

/** Schemas of the answers of the API of keys, by name. */
export const KEY_SCHEMAS = {
  Keys: object({
    schema: { const: 'arx.keys/v1' },
    items: listOf(
      object({
        name: text,
        person: orNull('string'),
        createdAt: time,
        revokedAt: orNull('string'),
        state: { enum: ['active', 'expired', 'revoked'] },
        scopes: { type: ['array', 'null'], items: { enum: [...KEY_SCOPES] } },
        expiresAt: orNull('string'),
        lastUsedAt: orNull('string'),
      }),
    ),
  }),
  RevokedKey: object({
    schema: { const: 'arx.access-key/v1' },
    name: text,
    state: { const: 'revoked' },
  }),
};

/** The API of keys. */
export const KEY_PATHS = {
  '/v1/keys': {
    get: {
      operationId: 'listKeys',
      summary: 'Access keys with owner, scopes, expiry and last use; never their values',
      responses: { 200: json('The keys.', ref('Keys')), ...REFUSALS },
    },
  },
  '/v1/keys/{name}/revoke': {
    post: {
      operationId: 'revokeKey',
      summary: 'Revoke an access key at once',
      parameters: [inPath('name')],
      responses: {
        200: json('The key is revoked, now or since earlier.', ref('RevokedKey')),
        ...REFUSALS,
        403: errorResponse(
          'The key of an administrator is revoked by its owner or a super administrator only.',
        ),
        404: errorResponse('There is no such key.'),
      },
    },
  },
} as const;
