import { Hono } from 'hono';
import { APPROVAL_PATHS, APPROVAL_SCHEMAS } from './approvals-openapi.ts';
import { ENRICH_PATHS, ENRICH_SCHEMAS } from './enrich/openapi.ts';
import { FLOW_PATHS } from './flows/openapi.ts';
import { FLOW_SCHEMAS } from './flows/schemas.ts';
import { object, text } from './openapi-parts.ts';

/**
 * Approvals, enrichment and delegated flows as an OpenAPI 3.1 document; a test compares it with the routes and
 * their answers.
 */
export const OPENAPI = {
  openapi: '3.1.0',
  info: {
    title: 'arx',
    version: '1',
    description:
      'Approvals, account enrichment and delegated flows. Create keys with `arx keys create --name NAME`.',
  },
  security: [{ bearer: [] }, { apiKey: [] }],
  paths: { ...APPROVAL_PATHS, ...ENRICH_PATHS, ...FLOW_PATHS },
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
    },
    securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer' },
      apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
    },
  },
} as const;

/** `/openapi.json`: the requests and answers of the routes. */
export const openapiRoute = (): Hono =>
  new Hono().get('/openapi.json', (context) => context.json(OPENAPI));
