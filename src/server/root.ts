import { Hono } from 'hono';

const TEXT = `arx: governed identity security. This is its HTTP server.

/openapi.json  what the API offers; every address below /v1 needs an access key
/healthz       whether the process runs
/readyz        whether the store and Temporal answer
/metrics       counters for Prometheus

Access keys come from \`arx keys create\`. docs/server.md describes the server.
`;

/** `/` says what is here, because people open the address that `arx up` prints. */
export const rootRoute = (): Hono => new Hono().get('/', (context) => context.text(TEXT));
