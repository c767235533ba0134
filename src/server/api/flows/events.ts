import type { Hono } from 'hono';
import type { ServerParts } from '../../types.ts';
import { startAndRespond } from './start-run.ts';
import type { FlowAccess, FlowEnv } from './access.ts';
import { EVENT_QUERY } from './inputs.ts';
import { limitBody, readJson, readQuery } from '../requests.ts';

/** `POST /v1/ispm/events`: issues from the event hooks and on-demand actions of Okta ISPM. */
export function eventRoutes(parts: ServerParts, access: FlowAccess): Hono<FlowEnv> {
  const app = access.createApp('event');
  app.post('/events', limitBody, async (context) => {
    const { dry_run: dryRun, flow } = readQuery(context, EVENT_QUERY);
    const event = await readJson(context);
    const request = {
      requester: context.get('requester'),
      flow,
      event,
      dryRun: dryRun === 'true',
      checkAge: true,
    };
    return startAndRespond(parts, context, await parts.flows.service.admit(request));
  });
  return app;
}
