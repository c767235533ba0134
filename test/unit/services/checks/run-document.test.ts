import { afterAll, beforeAll, expect, it } from 'vitest';
import { runSummary } from '../../../../src/services/checks/run-document.ts';
import { openStore } from '../../../../src/store/open.ts';
import type { Store } from '../../../../src/store/types.ts';
import { appendMany } from '../../../support/checkpoints.ts';
import { borrowPglite } from '../../../support/pglite.ts';
import type { TestDatabase } from '../../../support/pglite.ts';

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await borrowPglite();
  store = await openStore({ databaseUrl: database.databaseUrl });
  await store.migrate();
});
afterAll(async () => {
  await store.close();
  await database.close();
});

it('gives the size and head of the whole log for a run that has not ended, as for one that has', async () => {
  await appendMany(store, 4, 'run-1');
  await appendMany(store, 3, 'run-2');
  const begun = {
    run: 'run-2',
    workflowId: 'wf',
    scopeKey: 'all',
    org: 'acme.okta.com',
    dryRun: false,
    plan: {},
  };
  const record = await store.runs.begin({ ...begun, startedAt: '2026-07-06T08:00:00.000Z' });
  const head = await store.audit.head();
  expect(head.entries).toBe(7);
  expect((await runSummary(store, record)).audit).toEqual(head);
});
