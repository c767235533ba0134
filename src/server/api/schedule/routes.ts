import type { Hono } from 'hono';
import type { ServerParts } from '../../types.ts';
import type { KeyEnv } from '../key-access.ts';
import type { KeyApps } from '../key-apps.ts';
import { requesterOfKey } from '../key-person.ts';
import { limitBody, NO_PARAMETERS, readBody, readQuery } from '../requests.ts';
import { SCHEDULE_BODY } from './inputs.ts';

/** `/v1/schedule`: when the check runs next, and registering it as the configuration has it. */
export function scheduleRoutes(parts: ServerParts, apps: KeyApps): Hono<KeyEnv> {
  const { checks } = parts;
  const app = apps.create();
  app.get('/', async (context) => {
    readQuery(context, NO_PARAMETERS);
    return context.json(await checks.schedule());
  });
  app.put('/', limitBody, async (context) => {
    readQuery(context, NO_PARAMETERS);
    const registration = await readBody(context, SCHEDULE_BODY);
    const requester = await requesterOfKey(parts, context.get('key'));
    return context.json(await checks.register(requester, registration));
  });
  return app;
}
