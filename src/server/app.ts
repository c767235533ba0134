import { Hono } from 'hono';
import { approvalRoutes } from './api/approvals.ts';
import { enrichRoutes } from './api/enrich/routes.ts';
import { runRoutes } from './api/checks/routes.ts';
import { KeyApps } from './api/key-apps.ts';
import { KeyAccess } from './api/key-access.ts';
import { FlowAccess } from './api/flows/access.ts';
import { eventRoutes } from './api/flows/events.ts';
import { flowRoutes } from './api/flows/routes.ts';
import { flowRunRoutes } from './api/flows/runs.ts';
import { setRoutes } from './api/flows/sets.ts';
import { openapiRoute } from './api/openapi.ts';
import { peopleRoutes } from './api/people/routes.ts';
import { scheduleRoutes } from './api/schedule/routes.ts';
import { syncRoutes } from './api/twin/sync-routes.ts';
import { twinRoutes } from './api/twin/routes.ts';
import { policyRoutes } from './api/policies/routes.ts';
import { keyRoutes } from './api/keys/routes.ts';
import { auditRoutes } from './api/audit/routes.ts';
import { integrationRoutes } from './api/integrations/routes.ts';
import { changeRoutes } from './api/events/routes.ts';
import { healthRoutes } from './health.ts';
import { Problem, problemOf } from './problem.ts';
import { rootRoute } from './root.ts';
import { slackRoutes } from './slack/interactions.ts';
import type { Background } from './background.ts';
import type { ServerParts } from './types.ts';

const HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
} as const;

/** Creates the routes of the server; `background` holds the work that continues after an answer. */
export function createApp(parts: ServerParts, background: Background): Hono {
  const { counters, log } = parts;
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value);
    counters.count('arx_server_requests_total', { status: String(context.res.status) });
  });
  app.route('/', rootRoute());
  app.route('/', healthRoutes(parts));
  app.route('/slack', slackRoutes(parts, background));
  const keys = new KeyAccess(parts);
  app.route('/v1/approvals', approvalRoutes(parts, keys));
  app.route('/v1/enrich', enrichRoutes(parts, keys));
  const apps = new KeyApps(parts, keys);
  app.route('/v1/runs', runRoutes(parts, apps));
  app.route('/v1/schedule', scheduleRoutes(parts, apps));
  app.route('/v1/twin', twinRoutes(parts, apps));
  app.route('/v1/syncs', syncRoutes(parts, apps));
  app.route('/v1/policies', policyRoutes(parts, apps));
  app.route('/v1/keys', keyRoutes(parts, apps));
  app.route('/v1/audit', auditRoutes(parts, apps));
  app.route('/v1/integrations', integrationRoutes(parts, apps));
  app.route('/v1/events', changeRoutes(parts, { apps, keys }, background));
  app.route('/v1/people', peopleRoutes(parts, apps));
  const access = new FlowAccess(parts, keys);
  app.route('/v1/ispm', eventRoutes(parts, access));
  app.route('/v1/flows', flowRoutes(parts, access));
  app.route('/v1/flow-runs', flowRunRoutes(parts, access));
  app.route('/v1/resource-sets', setRoutes(parts, access));
  app.route('/', openapiRoute());
  app.notFound((context) => context.json(NOT_FOUND.document, NOT_FOUND.status));
  app.onError((thrown, context) => {
    const problem = problemOf(thrown);
    if (problem.status >= 500)
      log.error({ error: thrown.name, code: problem.code }, 'a request failed');
    if (problem.retryAfter !== null) context.header('retry-after', String(problem.retryAfter));
    return context.json(problem.document, problem.status);
  });
  return app;
}

const NOT_FOUND = new Problem(404, 'not_found', {
  message: 'There is nothing at this address.',
  remedy: 'The addresses are listed in docs/server.md.',
});
