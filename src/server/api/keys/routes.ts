import type { Hono } from 'hono';
import { revokeAccessKey } from '../../../services/keys/create-key.ts';
import { listKeys } from '../../../services/keys/key-document.ts';
import { Problem } from '../../problem.ts';
import type { ServerParts } from '../../types.ts';
import type { KeyEnv } from '../key-access.ts';
import type { KeyApps } from '../key-apps.ts';
import { requesterOfKey } from '../key-person.ts';
import { NO_PARAMETERS, readQuery } from '../requests.ts';

/** `/v1/keys`: the access keys without their values, and revoking one. */
export function keyRoutes(parts: ServerParts, apps: KeyApps): Hono<KeyEnv> {
  const { store, now, isSuperAdministrator } = parts;
  const app = apps.create();
  app.get('/', async (context) => {
    readQuery(context, NO_PARAMETERS);
    return context.json({ schema: 'arx.keys/v1', items: await listKeys(store, now()) });
  });
  app.post('/:name/revoke', async (context) => {
    readQuery(context, NO_PARAMETERS);
    const name = context.req.param('name');
    const key = context.get('key');
    const known = (await store.keys.accessKeys()).find((one) => one.name === name);
    if (known === undefined)
      throw new Problem(404, 'no_such_key', {
        message: 'There is no such key.',
        remedy: 'List the keys: GET /v1/keys.',
      });
    const { person, scopes } = key;
    const maker = { ...(await requesterOfKey(parts, key)), person, scopes, isOperator: false };
    await revokeAccessKey({ store, isSuperAdministrator, now }, maker, known);
    return context.json({ schema: 'arx.access-key/v1', name, state: 'revoked' });
  });
  return app;
}
