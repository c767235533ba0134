import { afterAll, beforeAll, expect, it } from 'vitest';
import { readEnv } from '../../../src/config/env/env.ts';
import { configSchema } from '../../../src/config/schema/schema.ts';
import { composeIntegrations } from '../../../src/server/integrations.ts';
import type { Composition } from '../../../src/server/compose.ts';
import { openStore } from '../../../src/store/open.ts';
import type { Store } from '../../../src/store/types.ts';
import { startEmulatorProcess } from '../../support/emulators.ts';
import type { EmulatorProcess } from '../../support/emulators.ts';
import { borrowPglite } from '../../support/pglite.ts';
import type { TestDatabase } from '../../support/pglite.ts';
import { bundleOf, REPO } from '../../support/policies.ts';
import { seedRun } from '../../support/seeded-runs.ts';
import { fits } from './openapi.ts';
import { serveApi } from './serve-api.ts';
import type { ServedApi } from './serve-api.ts';

let emulators: EmulatorProcess;
let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  emulators = await startEmulatorProcess({ profile: 'demo', users: 10, rateLimit: 1_000_000 });
  database = await borrowPglite();
  store = await openStore({ databaseUrl: database.databaseUrl });
  await store.migrate();
});
afterAll(async () => {
  await store.close();
  await database.close();
  await emulators.stop();
});

const bundle = bundleOf('policies/*.yaml');

/** The server with these variables instead of those of the emulators. */
function serve(over: Record<string, string | undefined> = {}): Promise<ServedApi> {
  const composition = {
    env: readEnv({ env: { ...emulators.env, ...over }, cwd: '/nowhere', userHome: '/nowhere' }),
    config: configSchema.parse({ version: 1 }),
    baseDir: REPO,
    store,
  } as Composition;
  return serveApi(store, { integrations: composeIntegrations(composition, () => bundle) });
}

interface Listed {
  items: { vendor?: string; name?: string; state: string }[];
}

it('shows each vendor with what is missing and when it last worked, and no credential', async () => {
  const finishedAt = '2026-11-16T09:00:00.000Z';
  await seedRun(store, { run: 'r1' });
  const summary = { run: 'r1', slack: { channel: 'C1', ts: '1' } };
  await store.runs.finish(null, 'r1', { status: 'complete', finishedAt, summary });
  await using api = await serve({ JIRA_API_TOKEN: undefined });
  const answer = await api.send('/v1/integrations', { as: 'reports' });
  const text = await answer.text();
  const document = JSON.parse(text) as Listed;
  expect([answer.status, fits('Integrations', document)]).toEqual([200, []]);
  const card = (vendor: string) => document.items.find((one) => one.vendor === vendor);
  expect(card('okta')).toMatchObject({ state: 'configured', lastSuccess: finishedAt });
  expect(card('jira')).toMatchObject({
    state: 'incomplete',
    problem: { code: 'missing_variable' },
    lastSuccess: finishedAt,
  });
  expect(card('slack')).toMatchObject({ state: 'configured', lastSuccess: finishedAt });
  for (const name of ['OKTA_API_TOKEN', 'SLACK_BOT_TOKEN'])
    expect(text).not.toContain(emulators.env[name as keyof typeof emulators.env]);
});

it('tries every permission, and names the scope to grant for a denied one', async () => {
  await emulators.oktaSettings({ denyPaths: ['/api/v1/logs'] });
  await using api = await serve();
  const [status, document] = await api.get<Listed>('/v1/integrations/okta/test', {
    method: 'POST',
    as: 'admin',
  });
  expect([status, fits('Permissions', document)]).toEqual([200, []]);
  expect(document.items.filter(({ state }) => state !== 'ok')).toMatchObject([
    { name: 'logs', state: 'denied', http: 403, scope: 'okta.logs.read' },
  ]);
  const calls = await store.audit.search({ operation: 'okta:logs:read', before: null, limit: 5 });
  expect(calls.items[0]?.entry).toMatchObject({
    surface: 'api',
    actor: { authenticatedBy: 'key' },
  });
});

it('says what is wrong with the configuration of Okta', async () => {
  await using api = await serve({ OKTA_API_TOKEN: undefined });
  const answer = await api.get('/v1/integrations/okta/test', { method: 'POST' });
  expect(answer).toMatchObject([409, { code: 'missing_variable' }]);
});
