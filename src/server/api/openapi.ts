import { Hono } from 'hono';
import { APPROVAL_PATHS, APPROVAL_SCHEMAS } from './approvals-openapi.ts';
import { CHECK_PATHS } from './checks/openapi.ts';
import { CHECK_SCHEMAS } from './checks/schemas.ts';
import { ENRICH_PATHS, ENRICH_SCHEMAS } from './enrich/openapi.ts';
import { CHANGE_PATHS } from './events/openapi.ts';
import { FLOW_PATHS } from './flows/openapi.ts';
import { FLOW_SCHEMAS } from './flows/schemas.ts';
import { errorResponse, object, retryLaterResponse, text } from './openapi-parts.ts';
import { SCHEDULE_PATHS, SCHEDULE_SCHEMAS } from './schedule/openapi.ts';
import { TWIN_PATHS, TWIN_SCHEMAS } from './twin/openapi.ts';
import { POLICY_PATHS, POLICY_SCHEMAS } from './policies/openapi.ts';
import { KEY_PATHS, KEY_SCHEMAS } from './keys/openapi.ts';
import { AUDIT_PATHS, AUDIT_SCHEMAS } from './audit/openapi.ts';
import { INTEGRATION_PATHS, INTEGRATION_SCHEMAS } from './integrations/openapi.ts';
import { ROUTE_SCOPES, openapiPath } from './route-scopes.ts';

const OF_EVERY_ROUTE = {
  403: errorResponse('The key does not have the scope of this route, or may not do this.'),
  429: retryLaterResponse(
    'This key has sent too many requests; Retry-After says when to try again.',
  ),
};

/**
 * The whole of /v1 as an OpenAPI 3.1 document; a test compares it with the routes and their
 * answers.
 */
export const OPENAPI = {
  openapi: '3.1.0',
  info: {
    title: 'arx',
    version: '1',
    description:
      'Checks, approvals, account enrichment and delegated flows. Create keys with `arx keys create --name NAME`.',
  },
  paths: withScopes({
    ...APPROVAL_PATHS,
    ...ENRICH_PATHS,
    ...FLOW_PATHS,
    ...CHECK_PATHS,
    ...SCHEDULE_PATHS,
    ...TWIN_PATHS,
    ...POLICY_PATHS,
    ...KEY_PATHS,
    ...AUDIT_PATHS,
    ...INTEGRATION_PATHS,
    ...CHANGE_PATHS,
  }),
  components: {
    schemas: {
      Error: object(
        {
          schema: { const: 'arx.error/v1' },
          code: text,
          message: text,
          remedy: text,
          where: object({ path: text }),
          run: text,
        },
        ['where', 'run'],
      ),
      ...APPROVAL_SCHEMAS,
      ...ENRICH_SCHEMAS,
      ...FLOW_SCHEMAS,
      ...CHECK_SCHEMAS,
      ...SCHEDULE_SCHEMAS,
      ...TWIN_SCHEMAS,
      ...POLICY_SCHEMAS,
      ...KEY_SCHEMAS,
      ...AUDIT_SCHEMAS,
      ...INTEGRATION_SCHEMAS,
    },
    securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer' },
      apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
    },
  },
} as const;

interface Operation {
  summary: string;
  responses: object;
}

/**
 * Adds to each operation the scope that its key needs, by the table that the server checks, and the
 * answers that every route may give.
 */
function withScopes(paths: Readonly<Record<string, object>>): Readonly<Record<string, object>> {
  const scopes = new Map(
    Object.entries(ROUTE_SCOPES).map(([route, scope]) => [openapiPath(route), scope]),
  );
  const extend = (path: string, verb: string, { summary, responses, ...rest }: Operation) => {
    const scope = scopes.get(`${verb.toUpperCase()} ${path}`) ?? '';
    return {
      ...rest,
      summary,
      description: `Needs an access key with the scope \`${scope}\`.`,
      security: [{ bearer: [scope] }, { apiKey: [scope] }],
      responses: { ...OF_EVERY_ROUTE, ...responses },
    };
  };
  return Object.fromEntries(
    Object.entries(paths).map(([path, verbs]) => [
      path,
      Object.fromEntries(
        Object.entries(verbs as Record<string, Operation>).map(([verb, operation]) => [
          verb,
          extend(path, verb, operation),
        ]),
      ),
    ]),
  );
}

/** `/openapi.json`: the requests and answers of the routes. */
export const openapiRoute = (): Hono =>
  new Hono().get('/openapi.json', (context) => context.json(OPENAPI));
