import type { Hono } from 'hono';
import type { FlowRequester, FlowService } from '../../../services/flows/types.ts';
import type { ResourceSet } from '../../../flows/types.ts';
import { Problem } from '../../problem.ts';
import type { ServerParts } from '../../types.ts';
import type { FlowAccess, FlowEnv } from './access.ts';
import { SET_BODY } from './inputs.ts';
import { NO_PARAMETERS, readBody, limitBody, readQuery } from '../requests.ts';

const SCHEMA = 'arx.flows/v1';

/**
 * `/v1/resource-sets`: who may see and run which flows; changed by super administrators of Okta.
 */
export function setRoutes({ flows: { service } }: ServerParts, access: FlowAccess): Hono<FlowEnv> {
  const app = access.createApp('sets');
  app.get('/', async (context) => {
    readQuery(context, NO_PARAMETERS);
    return context.json({ schema: SCHEMA, items: await service.sets(context.get('requester')) });
  });
  app.get('/:name', async (context) => {
    readQuery(context, NO_PARAMETERS);
    const set = await findSet(service, context.get('requester'), context.req.param('name'));
    return context.json({ schema: SCHEMA, items: [set] });
  });
  app.put('/:name', limitBody, async (context) => {
    readQuery(context, NO_PARAMETERS);
    const name = context.req.param('name');
    const body = await readBody(context, SET_BODY);
    // The flow service also accepts other spellings of permissions.
    await service.putSet(context.get('requester'), { name, ...body } as ResourceSet);
    context.set('outcome', 'put');
    return context.json({
      schema: SCHEMA,
      items: [await findSet(service, context.get('requester'), name)],
    });
  });
  app.delete('/:name', async (context) => {
    readQuery(context, NO_PARAMETERS);
    await service.removeSet(context.get('requester'), context.req.param('name'));
    context.set('outcome', 'removed');
    return context.body(null, 204);
  });
  return app;
}

async function findSet(
  service: FlowService,
  requester: FlowRequester,
  name: string,
): Promise<ResourceSet> {
  const set = (await service.sets(requester)).find((one) => one.name === name);
  if (set) return set;
  throw new Problem(404, 'not_found', {
    message: 'There is no resource set with that name that you may see.',
    remedy: 'List the resource sets with GET /v1/resource-sets.',
  });
}
