import { afterAll, beforeAll, expect, it } from 'vitest';
import { configSchema } from '../../../src/config/schema/schema.ts';
import type { TemporalLink } from '../../../src/client.ts';
import { readSchedule } from '../../../src/services/checks/schedule.ts';
import { changeSchedule } from '../../../src/services/checks/change-schedule.ts';
import { DATABASES } from '../../support/stores.ts';
import type { TestDatabase } from '../../support/pglite.ts';
import { openStore } from '../../../src/store/open.ts';
import type { Store } from '../../../src/store/types.ts';
import { devServer } from '../../support/temporal.ts';
import { fits } from './openapi.ts';
import { serveApi } from './serve-api.ts';
import { ANN, appOver } from './support.ts';

let database: TestDatabase;
let store: Store;
let link: TemporalLink;
beforeAll(async () => {
  const { client, address, namespace } = await devServer();
  link = { client, address, namespace, close: async () => {} };
  database = await DATABASES.PGlite();
  store = await openStore({ databaseUrl: database.databaseUrl });
});
afterAll(async () => {
  await store.close();
  await database.close();
  await (await devServer()).close();
});

const { schedule } = configSchema.parse({ version: 1 });

it('is shown, registered, paused and resumed, each change recorded before it is made', async () => {
  const checks = {
    ...appOver(store).parts.checks,
    schedule: () => readSchedule(link, schedule),
    register: (requester: Parameters<typeof changeSchedule>[1]['requester'], change: object) =>
      changeSchedule({ link, store }, { requester, schedule, change }),
  };
  await using api = await serveApi(store, { checks });
  const put = (body: unknown) => api.get('/v1/schedule', { method: 'PUT', body });
  const [, none] = await api.get('/v1/schedule');
  expect([none, fits('Schedule', none)]).toMatchObject([{ state: 'not_registered', next: [] }, []]);
  const [status, made] = await put({ paused: true });
  expect([status, fits('Schedule', made)]).toEqual([200, []]);
  expect(made).toMatchObject({ state: 'created', paused: true, cron: '0 8 * * MON' });
  expect(await put({})).toMatchObject([200, { state: 'updated', paused: true }]);
  expect(await put({ paused: false })).toMatchObject([200, { state: 'updated', paused: false }]);
  const show = async () => (await api.get('/v1/schedule', { as: 'reports' }))[1];
  await expect.poll(async () => (await show())['paused']).toBe(false);
  const now = await show();
  expect(now).toMatchObject({ state: 'registered', timezone: 'UTC' });
  expect((now['next'] as string[])[0]).toMatch(/T08:00:00\.000Z$/);
  expect(await put({ cron: '* * * * *' })).toMatchObject([400, { where: { path: 'cron' } }]);
  const entries = await store.audit.list({ kind: 'schedule.changed' });
  expect(entries.map(({ entry }) => entry)).toMatchObject([
    { actor: { principal: `user:${ANN.id}` }, outcome: { paused: true, triggerNow: false } },
    { outcome: { paused: null } },
    { outcome: { paused: false } },
  ]);
});
