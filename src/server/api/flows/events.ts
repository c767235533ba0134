import type { Hono } from 'hono';
import { z } from 'zod';
import type { ServerParts } from '../../types.ts';
import { startAndRespond } from './start-run.ts';
import type { FlowAccess, FlowEnv } from './access.ts';
import { limitBody, readJson, readQuery } from './requests.ts';

// Strict, because a misspelt dry_run must not run the flow.
const QUERY = z.strictObject({
  dry_run: z.enum(['true', 'false']).optional(),
  flow: z.string().max(300).optional(),
});

/** `POST /v1/ispm/events`: issues from the event hooks and on-demand actions of Okta ISPM. */
export function eventRoutes(parts: ServerParts, access: FlowAccess): Hono<FlowEnv> {
  const app = access.createApp('event');
  app.post('/events', limitBody, async (context) => {
    const { dry_run: dryRun, flow } = readQuery(context, QUERY);
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
