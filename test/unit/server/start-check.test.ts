import { afterAll, beforeAll, expect, it } from 'vitest';
import { describe as describeWorkflow } from '../../../src/client.ts';
import type { TemporalLink } from '../../../src/client.ts';
import { configSchema } from '../../../src/config/schema/schema.ts';
import { composeChecks } from '../../../src/server/checks.ts';
import type { Composition } from '../../../src/server/compose.ts';
import { openStore } from '../../../src/store/open.ts';
import type { Store } from '../../../src/store/types.ts';
import { borrowPglite } from '../../support/pglite.ts';
import type { TestDatabase } from '../../support/pglite.ts';
import { seedRun } from '../../support/seeded-runs.ts';
import { devServer } from '../../support/temporal.ts';
import { fits } from './openapi.ts';
import { serveApi } from './serve-api.ts';
import { ANN } from './support.ts';

let database: TestDatabase;
let store: Store;
let link: TemporalLink;
beforeAll(async () => {
  const { client, address, namespace } = await devServer();
  link = { client, address, namespace, close: async () => {} };
  database = await borrowPglite();
  store = await openStore({ databaseUrl: database.databaseUrl });
  await store.migrate();
});
afterAll(async () => {
  await store.close();
  await database.close();
  await (await devServer()).close();
});

it('starts a check in Temporal and asks for its end, each recorded with who asked before', async () => {
  const config = configSchema.parse({ version: 1 });
  const checks = composeChecks({ link, store, config } as Composition);
  await using api = await serveApi(store, { checks });
  const body = { dryRun: true, groups: ['Staff'] };
  const [status, started] = await api.get<{ run: string; workflowId: string }>('/v1/runs', {
    body,
  });
  expect(status).toBe(202);
  const { run, workflowId } = started;
  expect(await describeWorkflow(link, workflowId)).toMatchObject({ run, status: 'RUNNING' });
  await seedRun(store, { run, workflowId });
  const cancel = () => api.get(`/v1/runs/${run}/cancel`, { method: 'POST', as: 'admin' });
  const [code, document] = await cancel();
  expect([code, document, fits('Cancel', document)]).toMatchObject([202, { requested: true }, []]);
  const { events } = await link.client.workflow.getHandle(workflowId).fetchHistory();
  expect(JSON.stringify(events)).toContain('workflowExecutionCancelRequestedEventAttributes');
  const { items } = await store.audit.search({
    kinds: ['scan.requested', 'scan.cancel_requested'],
    before: null,
    limit: 9,
  });
  expect(items.map(({ entry }) => entry)).toMatchObject([
    { kind: 'scan.cancel_requested', run, actor: { principal: `user:${ANN.id}` } },
    { kind: 'scan.requested', workflowId, outcome: { dryRun: true, groups: 1, key: 'all' } },
  ]);
  const summary = { run };
  const finishedAt = '2026-11-16T09:00:00.000Z';
  await store.runs.finish(null, run, { status: 'failed', finishedAt, summary });
  expect(await cancel()).toMatchObject([409, { code: 'run_ended' }]);
  await link.client.workflow.getHandle(workflowId).terminate();
});
