import type { Hono } from 'hono';
import { z } from 'zod';
import type { FlowRequester, FlowService } from '../../../services/flows/types.ts';
import type { ResourceSet } from '../../../flows/types.ts';
import { Problem } from '../../problem.ts';
import type { ServerParts } from '../../types.ts';
import type { Door, FlowEnv } from './door.ts';
import { bodyOf, boundedBody, queryOf } from './requests.ts';

// What the lists may hold, the service says.
const SET = z.strictObject({
  flows: z.array(z.string()),
  members: z.array(z.string()),
  permissions: z.array(z.string()),
});
const NOTHING = z.strictObject({});
const SCHEMA = 'arx.flows/v1';

/** `/v1/resource-sets`: who may see and run what; changed by super administrators of Okta. */
export function setRoutes({ flows: { service } }: ServerParts, door: Door): Hono<FlowEnv> {
  const app = door.app('sets');
  app.get('/', async (context) => {
    queryOf(context, NOTHING);
    return context.json({ schema: SCHEMA, items: await service.sets(context.get('requester')) });
  });
  app.get('/:name', async (context) => {
    queryOf(context, NOTHING);
    const set = await setNamed(service, context.get('requester'), context.req.param('name'));
    return context.json({ schema: SCHEMA, items: [set] });
  });
  app.put('/:name', boundedBody, async (context) => {
    queryOf(context, NOTHING);
    const name = context.req.param('name');
    const body = await bodyOf(context, SET);
    // Other spellings of permissions are read there.
    await service.putSet(context.get('requester'), { name, ...body } as ResourceSet);
    context.set('became', 'put');
    return context.json({
      schema: SCHEMA,
      items: [await setNamed(service, context.get('requester'), name)],
    });
  });
  app.delete('/:name', async (context) => {
    queryOf(context, NOTHING);
    await service.removeSet(context.get('requester'), context.req.param('name'));
    context.set('became', 'removed');
    return context.body(null, 204);
  });
  return app;
}

async function setNamed(
  service: FlowService,
  requester: FlowRequester,
  name: string,
): Promise<ResourceSet> {
  const set = (await service.sets(requester)).find((one) => one.name === name);
  if (set) return set;
  throw new Problem(404, 'not_found', {
    message: 'There is no such set.',
    remedy: 'List them: GET /v1/resource-sets.',
  });
}
