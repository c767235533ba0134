import type { Hono } from 'hono';
import { z } from 'zod';
import { flowDetail, flowItem } from '../../../services/flows/documents.ts';
import type { ServerParts } from '../../types.ts';
import { startAndRespond } from './accepted.ts';
import type { Door, FlowEnv } from './door.ts';
import { bodyOf, boundedBody, queryOf } from './requests.ts';

const NOTHING = z.strictObject({});
const RUN = z.strictObject({
  event: z.unknown(),
  inputs: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  dryRun: z.boolean().optional(),
});
const SWITCH = z.strictObject({ enabled: z.boolean() });

/**
 * `/v1/flows`: the flows that the holder of a key may see, running them, and switching them on and
 * off.
 */
export function flowRoutes(parts: ServerParts, door: Door): Hono<FlowEnv> {
  const { service, routes } = parts.flows;
  const app = door.app('flow');
  app.get('/', async (context) => {
    queryOf(context, NOTHING);
    const items = (await service.list(context.get('requester'))).map(flowItem);
    return context.json({ schema: 'arx.flows/v1', items });
  });
  app.get('/:name', async (context) => {
    queryOf(context, NOTHING);
    const visible = await service.show(context.get('requester'), context.req.param('name'));
    return context.json({ schema: 'arx.flows/v1', items: [flowDetail(visible, routes())] });
  });
  app.post('/:name/runs', boundedBody, async (context) => {
    queryOf(context, NOTHING);
    const body = await bodyOf(context, RUN);
    const ask = {
      requester: context.get('requester'),
      flow: context.req.param('name'),
      ...body,
      checkAge: true,
    };
    return startAndRespond(parts, context, await service.admit(ask));
  });
  app.put('/:name/enabled', boundedBody, async (context) => {
    queryOf(context, NOTHING);
    const { enabled } = await bodyOf(context, SWITCH);
    const name = context.req.param('name');
    await service.switch(context.get('requester'), name, enabled);
    context.set('became', 'switched');
    return context.json({ schema: 'arx.flows/v1', items: [{ name, enabled }] });
  });
  return app;
}
