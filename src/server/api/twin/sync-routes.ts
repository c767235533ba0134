import type { Hono } from 'hono';
import { Problem } from '../../problem.ts';
import type { ServerParts } from '../../types.ts';
import type { KeyEnv } from '../key-access.ts';
import type { KeyApps } from '../key-apps.ts';
import { requesterOfKey } from '../key-person.ts';
import { limitBody, NO_PARAMETERS, readBody, readQuery } from '../requests.ts';
import { SYNC_BODY } from './inputs.ts';

/** `/v1/syncs`: starts a sync, and shows its progress and result. */
export function syncRoutes(parts: ServerParts, apps: KeyApps): Hono<KeyEnv> {
  const { store, twin } = parts;
  const app = apps.create();
  app.post('/', limitBody, async (context) => {
    readQuery(context, NO_PARAMETERS);
    const request = await readBody(context, SYNC_BODY);
    if (request.users === false && request.apps === false && request.logs === false)
      throw new Problem(400, 'malformed', {
        message: 'Such a sync would read nothing.',
        remedy: 'Leave out at least one of users, apps and logs.',
        path: 'users',
      });
    const requester = await requesterOfKey(parts, context.get('key'));
    const started = await twin.start(requester, request);
    return context.json({ schema: 'arx.sync/v1', ...started, status: 'running' }, 202);
  });
  app.get('/:id', async (context) => {
    readQuery(context, NO_PARAMETERS);
    const record = await store.twin.syncs.get(context.req.param('id'));
    if (record === null)
      throw new Problem(404, 'no_such_sync', {
        message: 'There is no such sync.',
        remedy: 'GET /v1/twin shows the sync that was started last. A sync appears once it runs.',
      });
    const { run, workflowId, org, status, startedAt, finishedAt, result } = record;
    const head = { schema: 'arx.sync/v1', run, workflowId, org, status, startedAt, finishedAt };
    const progress = status === 'running' ? await twin.progress(record) : null;
    return context.json({ ...head, ...result, progress });
  });
  return app;
}
