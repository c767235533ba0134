import type { Hono } from 'hono';
import type { ServerParts } from '../../types.ts';
import type { KeyEnv } from '../key-access.ts';
import type { KeyApps } from '../key-apps.ts';
import { requesterOfKey } from '../key-person.ts';
import { NO_PARAMETERS, readQuery } from '../requests.ts';

/** `/v1/integrations`: the vendors, and trying the permissions of Okta. */
export function integrationRoutes(parts: ServerParts, apps: KeyApps): Hono<KeyEnv> {
  const { integrations } = parts;
  const app = apps.create();
  app.get('/', async (context) => {
    readQuery(context, NO_PARAMETERS);
    return context.json(await integrations.cards());
  });
  app.post('/okta/test', async (context) => {
    readQuery(context, NO_PARAMETERS);
    await requesterOfKey(parts, context.get('key'));
    const document = await integrations.testOkta();
    return context.json({ ...document, items: document.capabilities });
  });
  return app;
}
