import { expect, test } from 'vitest';
import type { Store } from '../../../src/store/types.ts';
import { draftOf } from '../../support/audit.ts';
import { describeOnStores } from '../../support/stores.ts';

const ORG = 'acme.okta.com';
const AT = '2026-07-06T08:00:00.000Z';

/** A sync that read Ann, a group and an app, and a check that listed Bob. */
async function fill(store: Store): Promise<void> {
  const { twin, users, runs } = store;
  const sync = { run: 'sync-1', workflowId: 'w', org: ORG, startedAt: AT, plan: {} };
  await twin.syncs.begin(sync);
  await store.journal.append([draftOf({ kind: 'sync.started' })], async (tx) => {
    const stamp = { org: ORG, run: 'sync-1', at: AT };
    const user = {
      id: '00u1',
      login: 'ann@example.com',
      email: 'ann.lee@example.com',
      status: 'ACTIVE',
      department: null,
      title: null,
      userType: null,
      created: null,
      activated: null,
      lastLogin: null,
      passwordChanged: null,
    };
    await twin.users.put(tx, stamp, [user]);
    await twin.groups.put(tx, stamp, [{ id: '00g1', name: 'Security Approvers', type: null }]);
  });
  await runs.begin({
    run: '01a20258-9b91-7e59-879d-e50bbd6929e2',
    workflowId: 'w1',
    scopeKey: 's',
    org: ORG,
    dryRun: false,
    startedAt: AT,
    plan: {},
  });
  const bob = {
    userId: '00u2',
    login: 'bob@example.com',
    email: null,
    department: null,
    created: null,
    activated: null,
    status: 'ACTIVE',
  };
  await users.addPage('01a20258-9b91-7e59-879d-e50bbd6929e2', 0, null, [bob]);
}

describeOnStores('names', ({ fresh }) => {
  test('are found by id, from the last sync and the last check', async () => {
    const store = await fresh();
    await fill(store);
    const names = await store.names.ofIds(['00u1', '00u2', '00g1', '00u9']);
    expect([...names.values()].map(({ kind, name }) => `${kind} ${name}`).toSorted()).toEqual([
      'group Security Approvers',
      'user ann@example.com',
      'user bob@example.com',
    ]);
    expect(await store.names.ofIds([])).toEqual(new Map());
  });

  test.each([
    ['ann@example.com', ['00u1']],
    ['ANN.LEE@example.com', ['00u1']],
    ['bob@example.com', ['00u2']],
    ['security approvers', ['00g1']],
    ['Security', []],
    ['ann', []],
    ['%', []],
  ])('%s is exactly %j', async (name, ids) => {
    const store = await fresh();
    await fill(store);
    expect((await store.names.find(name)).map(({ id }) => id)).toEqual(ids);
  });

  test('things are found by the beginnings of their ids', async () => {
    const store = await fresh();
    await fill(store);
    const { references } = store;
    expect(await references.startingWith('run', '01a2', 5)).toEqual([
      '01a20258-9b91-7e59-879d-e50bbd6929e2',
    ]);
    expect(await references.startingWith('run', '01a2%', 5)).toEqual([]);
    expect(await references.startingWith('sync', 'sync', 5)).toEqual(['sync-1']);
    expect(await references.startingWith('request', '', 5)).toEqual([]);
    expect(await references.startingWith('flow run', '', 5)).toEqual([]);
    const hash = (await store.audit.list({}))[0]?.entry.hash ?? '';
    expect(await references.startingWith('audit entry', hash.slice(0, 10), 5)).toEqual(['0']);
  });
});
