import type { Hono } from 'hono';
import { flowDetail, flowItem } from '../../../services/flows/documents.ts';
import type { ServerParts } from '../../types.ts';
import { startAndRespond } from './start-run.ts';
import type { FlowAccess, FlowEnv } from './access.ts';
import { RUN_BODY, SWITCH_BODY } from './inputs.ts';
import { limitBody, NO_PARAMETERS, readBody, readQuery } from '../requests.ts';

/**
 * `/v1/flows`: lists the flows that the holder of a key may see, runs them, and enables and
 * disables them.
 */
export function flowRoutes(parts: ServerParts, access: FlowAccess): Hono<FlowEnv> {
  const { service, routes } = parts.flows;
  const app = access.createApp('flow');
  app.get('/', async (context) => {
    readQuery(context, NO_PARAMETERS);
    const items = (await service.list(context.get('requester'))).map(flowItem);
    return context.json({ schema: 'arx.flows/v1', items });
  });
  app.get('/:name', async (context) => {
    readQuery(context, NO_PARAMETERS);
    const visible = await service.show(context.get('requester'), context.req.param('name'));
    return context.json({ schema: 'arx.flows/v1', items: [flowDetail(visible, routes())] });
  });
  app.post('/:name/runs', limitBody, async (context) => {
    readQuery(context, NO_PARAMETERS);
    const body = await readBody(context, RUN_BODY);
    const request = {
      requester: context.get('requester'),
      flow: context.req.param('name'),
      ...body,
      checkAge: true,
    };
    return startAndRespond(parts, context, await service.admit(request));
  });
  app.put('/:name/enabled', limitBody, async (context) => {
    readQuery(context, NO_PARAMETERS);
    const { enabled } = await readBody(context, SWITCH_BODY);
    const name = context.req.param('name');
    await service.switch(context.get('requester'), name, enabled);
    context.set('outcome', 'switched');
    return context.json({ schema: 'arx.flows/v1', items: [{ name, enabled }] });
  });
  return app;
}
