import type { Hono } from 'hono';
import { z } from 'zod';
import type { ServerParts } from '../../types.ts';
import { startAndRespond } from './accepted.ts';
import type { Door, FlowEnv } from './door.ts';
import { boundedBody, jsonOf, queryOf } from './requests.ts';

// A misspelt dry_run must not act.
const QUERY = z.strictObject({
  dry_run: z.enum(['true', 'false']).optional(),
  flow: z.string().max(300).optional(),
});

/**
 * `POST /v1/ispm/events`: issues of Okta ISPM, as its event hooks and its on-demand actions send
 * them.
 */
export function eventRoutes(parts: ServerParts, door: Door): Hono<FlowEnv> {
  const app = door.app('event');
  app.post('/events', boundedBody, async (context) => {
    const { dry_run: dry, flow } = queryOf(context, QUERY);
    const event = await jsonOf(context);
    const ask = {
      requester: context.get('requester'),
      flow,
      event,
      dryRun: dry === 'true',
      checkAge: true,
    };
    return startAndRespond(parts, context, await parts.flows.service.admit(ask));
  });
  return app;
}
