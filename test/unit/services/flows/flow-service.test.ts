import { afterAll, beforeAll, expect, it } from 'vitest';
import { flowDetail, flowItem, flowRunDocument } from '../../../../src/services/flows/documents.ts';
import { startEmulators } from '../../../../emulators/start.ts';
import type { RunningEmulators } from '../../../../emulators/start.ts';
import type { ResourceSet } from '../../../../src/flows/types.ts';
import { leaked } from '../../../support/leaks.ts';
import { describeOnStores } from '../../../support/stores.ts';
import {
  account,
  ADD,
  ask,
  created,
  createTestFlowService,
  DISABLE,
  event,
  key,
  NOW,
  person,
  populate,
  refusedWith,
  ROUTES,
  SUSPEND,
  told,
} from './support.ts';

let emulators: RunningEmulators;
let ids: ReturnType<typeof populate>;

beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty', rateLimit: 0 });
  ids = populate(emulators);
});
afterAll(() => emulators.close());

const OURS = account('Okta', 'example.okta.com', '00k1');
const AZURE = account('AAD', 'contoso.example', 'a-1');

describeOnStores('a person', ({ fresh }) => {
  const aPerson = () =>
    created('Person', [
      OURS,
      AZURE,
      account('Okta', 'other.okta.com', '00k2'),
      account('GitHub', 'acme', 'g1'),
    ]);

  it('has a run, and one for each account with its own flow and permission', async () => {
    const store = await fresh();
    const service = createTestFlowService(emulators, store);
    const { record } = await service.admit(ask(key('soc'), { event: aPerson(), checkAge: true }));
    expect(record).toMatchObject({ flow: null, state: 'open', outcome: null, parent: null });
    const children = await service.openChildren(record);
    expect(children.map(({ flow, state, outcome, code }) => [flow, state, outcome, code])).toEqual([
      [SUSPEND, 'open', null, null],
      [DISABLE, 'open', null, null],
      [SUSPEND, 'ended', 'denied', 'foreign_tenant'],
      [null, 'ended', 'unrouted', 'no_route'],
    ]);
    expect(children.map(({ parent }) => parent)).toEqual(
      Array.from({ length: 4 }, () => record.run),
    );
    expect(await service.openChildren(record)).toEqual(children);
    expect((await service.run(key('soc'), record.run)).children).toEqual(children);
    expect(await service.openChildren(children[0]!)).toEqual([]);
  });

  it('is run in part if the requester may run flows on some accounts only', async () => {
    const store = await fresh();
    await store.flowSettings.putSet(null, {
      name: 'A',
      flows: [ADD],
      members: ['key:part'],
      permissions: ['run'],
    });
    await store.flowSettings.putSet(null, {
      name: 'B',
      flows: [SUSPEND],
      members: ['key:part'],
      permissions: ['view'],
    });
    const service = createTestFlowService(emulators, store);
    const { record } = await service.admit(ask(key('part'), { event: aPerson() }));
    const children = await service.openChildren(record);
    expect(children.slice(0, 2).map(({ flow, outcome, code }) => [flow, outcome, code])).toEqual([
      [SUSPEND, 'denied', 'forbidden'],
      [null, 'denied', 'not_found'],
    ]);
  });

  it('can be requested with one flow, whose inputs apply to all accounts', async () => {
    const store = await fresh();
    const service = createTestFlowService(emulators, store);
    const asked = { event: aPerson(), flow: ADD, inputs: { group: '00g1' } };
    const { record } = await service.admit(ask(person('ann'), asked));
    const children = await service.openChildren(record);
    expect(children.map(({ flow, inputs, code }) => [flow, inputs, code])).toEqual([
      [ADD, { group: '00g1' }, null],
      [ADD, {}, 'wrong_product'],
      [ADD, {}, 'foreign_tenant'],
      [ADD, {}, 'wrong_product'],
    ]);
    await store.flowSettings.switch(null, SUSPEND, false);
    const other = await service.admit(ask(person('ann'), { event: aPerson() }));
    expect((await service.openChildren(other.record))[0]).toMatchObject({
      outcome: 'denied',
      code: 'disabled',
    });
    const lacking = await service.admit(ask(person('ann'), { event: aPerson(), flow: ADD }));
    expect((await service.openChildren(lacking.record))[0]).toMatchObject({
      outcome: 'failed',
      code: 'malformed',
    });
  });
});

describeOnStores('taking back', ({ fresh }) => {
  const undo = [{ operation: 'okta:users:unsuspend', params: { userId: '00k1' } }];

  it('is a separate run, one at a time, as often as it is requested', async () => {
    const store = await fresh();
    const service = createTestFlowService(emulators, store);
    const { record } = await service.admit(ask(person('ann')));
    expect(await refusedWith(service.admitUndo(person('ann'), record.run))).toBe('nothing_to_undo');
    await store.flows.update(null, record.run, {
      undo,
      state: 'ended',
      outcome: 'succeeded',
      finishedAt: NOW,
    });
    const opened = await Promise.all(
      [1, 2, 3].map(() => service.admitUndo(person('bo'), record.run)),
    );
    expect(opened.filter((one) => one.created)).toHaveLength(1);
    const [first] = opened.map((one) => one.record);
    expect(first).toMatchObject({
      undoes: record.run,
      flow: SUSPEND,
      state: 'open',
      issue: record.issue,
    });
    expect(first?.caller.personId).toBe(ids.bo);
    await store.flows.update(null, first!.run, {
      state: 'ended',
      outcome: 'succeeded',
      finishedAt: NOW,
    });
    const second = await service.admitUndo(person('bo'), record.run);
    expect(second).toMatchObject({ created: true, record: { undoes: record.run, state: 'open' } });
    expect(second.record.run).not.toBe(first?.run);
    // The event still belongs to its first run.
    expect((await store.flows.usesOf(record.eventId)).map(({ run }) => run)).toEqual([record.run]);
  });

  it('needs an undo recipe and the permission to run the flow', async () => {
    const store = await fresh();
    const service = createTestFlowService(emulators, store);
    const { record } = await service.admit(ask(person('ann')));
    await store.flows.update(null, record.run, {
      undo,
      state: 'ended',
      outcome: 'succeeded',
      finishedAt: NOW,
    });
    expect(await refusedWith(service.admitUndo(person('vic'), record.run))).toBe('forbidden');
    expect(await refusedWith(service.admitUndo(person('sue'), record.run))).toBe('not_found');
    expect(await refusedWith(service.admitUndo(person('ann'), 'no-such-run'))).toBe('not_found');
    const plain = await service.admit(ask(person('ann')));
    await store.flows.update(null, plain.record.run, {
      state: 'ended',
      outcome: 'already_in_state',
      finishedAt: NOW,
    });
    expect(await refusedWith(service.admitUndo(person('ann'), plain.record.run))).toBe(
      'nothing_to_undo',
    );
    const dry = await service.admit(ask(person('ann'), { dryRun: true }));
    await store.flows.update(null, dry.record.run, {
      undo,
      state: 'ended',
      outcome: 'planned',
      finishedAt: NOW,
    });
    expect(await refusedWith(service.admitUndo(person('ann'), dry.record.run))).toBe(
      'nothing_to_undo',
    );
  });
});

describeOnStores('the history', ({ fresh }) => {
  it('shows runs of the flows that the requester may see', async () => {
    const service = createTestFlowService(emulators, await fresh());
    const suspended = (await service.admit(ask(person('ann')))).record.run;
    const azure = event({
      entitySourceProductName: 'AAD',
      entitySourceProductTenant: 'contoso.example',
    });
    const disabled = (await service.admit(ask(key('soc'), { event: azure }))).record.run;
    const unrouted = (
      await service.admit(ask(person('bo'), { event: event({ issueTitle: 'New' }) }))
    ).record.run;
    const seen = async (who: string, filter: object = {}) =>
      (await service.history(person(who), { limit: 10, ...filter })).map(({ run }) => run);
    expect(await seen('ann')).toEqual([unrouted, disabled, suspended]);
    expect(await seen('bo')).toEqual([unrouted, suspended]);
    expect(await seen('vic')).toEqual([suspended]);
    expect(await seen('sue')).toEqual([]);
    expect(
      await seen('vic', { user: 'user:ANN@example.com', flow: SUSPEND.toLowerCase() }),
    ).toEqual([suspended]);
    expect(await seen('ann', { outcome: 'unrouted' })).toEqual([unrouted]);
    expect(await refusedWith(service.history(person('vic'), { flow: DISABLE, limit: 1 }))).toBe(
      'not_found',
    );
    expect((await service.run(person('vic'), suspended)).record.run).toBe(suspended);
    for (const run of [disabled, unrouted, 'none'])
      expect(await refusedWith(service.run(person('vic'), run))).toBe('not_found');
  });

  it('is given as documents', async () => {
    const store = await fresh();
    const service = createTestFlowService(emulators, store);
    const { record } = await service.admit(
      ask(person('ann'), { event: event({ eventId: 'e-1' }) }),
    );
    const step = {
      id: 'suspend',
      operation: 'okta:users:suspend',
      params: { userId: '00k1', text: 'Dear Ann' },
    };
    await store.flows.update(null, record.run, {
      steps: [
        {
          ...step,
          state: 'planned',
          decision: { effect: 'approval' },
          request: null,
          result: null,
          verified: null,
        },
      ],
    });
    const document = await flowRunDocument(store, await service.run(person('ann'), record.run));
    expect(document).toMatchObject({
      schema: 'arx.flow-run/v1',
      run: record.run,
      workflowId: record.workflowId,
      state: 'open',
      outcome: null,
      event: { id: 'e-1', type: 'issue.onDemand' },
      children: [],
      undo: null,
      undoes: null,
      parent: null,
      flow: { name: SUSPEND, version: record.version },
      issue: {
        id: 'Alert_1',
        title: 'Unused Admin Account',
        severity: 'High',
        entity: { kind: 'account' },
      },
      steps: [{ id: 'suspend', params: { userId: '00k1' }, approval: null, verified: null }],
    });
    expect(document.steps[0]?.params).toEqual({ userId: '00k1' });
    const [shown] = (await service.list(person('bo'))).map(flowItem);
    expect(shown).toMatchObject({
      name: SUSPEND,
      enabled: true,
      product: 'Okta',
      permissions: ['view', 'run'],
    });
    expect(flowDetail(await service.show(person('bo'), SUSPEND), ROUTES)).toMatchObject({
      routes: [{ product: 'Okta', titles: ['Unused Admin Account'] }],
      undo: [{ operation: 'okta:users:unsuspend', params: { userId: '$account' } }],
    });
  });
});

describeOnStores('sets and switches', ({ fresh }) => {
  const set: ResourceSet = {
    name: 'New',
    flows: [SUSPEND],
    members: ['user:cus@example.com'],
    permissions: ['run'],
  };

  it('can only be changed by super administrators of Okta, direct or by group', async () => {
    const store = await fresh();
    const service = createTestFlowService(emulators, store);
    const unproven = { ...person('sue'), authenticatedBy: 'none' } as const;
    const others = [
      person('ann'),
      person('cus'),
      person('out'),
      person('nobody'),
      key('soc'),
      unproven,
    ];
    for (const requester of [...others, { ...unproven, surface: 'workflow' } as const]) {
      expect(await refusedWith(service.putSet(requester, set))).toBe('not_allowed');
      expect(await refusedWith(service.removeSet(requester, 'Readers'))).toBe('not_allowed');
      expect(await refusedWith(service.switch(requester, SUSPEND, false))).toBe('not_allowed');
    }
    const refused = await told(store);
    expect(refused).toEqual(
      Array.from({ length: 21 }, () => ['flow.refused', { code: 'not_allowed' }]),
    );
    await service.putSet(person('gus'), { ...set, flows: [SUSPEND.toUpperCase()] });
    expect(await service.admit(ask(person('cus')))).toMatchObject({ created: true });
    await service.removeSet(person('sue'), 'New');
    expect(await refusedWith(service.admit(ask(person('cus'))))).toBe('not_found');
    await service.switch(person('sue'), SUSPEND, false);
    expect((await service.show(person('ann'), SUSPEND)).flow.enabled).toBe(false);
    expect((await told(store)).slice(21)).toEqual([
      [
        'resource_set.changed',
        {
          change: 'put',
          flows: [SUSPEND],
          permissions: ['run'],
          members: 1,
          digest: expect.stringMatching(/^[\da-f]{64}$/),
        },
      ],
      ['flow.opened', expect.objectContaining({ flow: SUSPEND })],
      ['resource_set.changed', { change: 'removed' }],
      ['flow.refused', { code: 'not_found' }],
      ['flow.switched', { enabled: false }],
    ]);
  });

  it('are refused if they are malformed', async () => {
    const service = createTestFlowService(emulators, await fresh());
    const sue = person('sue');
    const wrong: [string, Partial<Record<keyof ResourceSet, unknown>>][] = [
      ['name', { name: '' }],
      ['name', { name: 'a\nb' }],
      ['flows', { flows: ['No such flow'] }],
      ['flows', { flows: [] }],
      ['members', { members: ['ann@example.com'] }],
      ['members', { members: 'user:ann@example.com' }],
      ['permissions', { permissions: ['okta.workflows.flows.read', 'admin'] }],
    ];
    for (const [field, over] of wrong) {
      await expect(service.putSet(sue, { ...set, ...over } as ResourceSet)).rejects.toMatchObject({
        code: 'malformed',
        field,
      });
    }
    expect(await refusedWith(service.removeSet(sue, 'Nothing'))).toBe('not_found');
    expect(await refusedWith(service.switch(sue, 'Nothing', true))).toBe('not_found');
    expect(await refusedWith(service.switch(sue, 'Delegated Flow', true))).toBe('malformed');
  });

  it('are all shown to super administrators, to others their own', async () => {
    const service = createTestFlowService(emulators, await fresh());
    const names = async (requester: ReturnType<typeof person>) =>
      (await service.sets(requester)).map(({ name }) => name);
    expect(await names(person('sue'))).toEqual(['Readers', 'Responders', 'Suspenders']);
    expect(await names(person('bo'))).toEqual(['Suspenders']);
    expect(await names(key('reader'))).toEqual(['Readers']);
  });
});

describeOnStores('the trail', ({ fresh }) => {
  it('has no personal data, whatever was requested and refused', async () => {
    const store = await fresh();
    const service = createTestFlowService(emulators, store);
    const canaries = {
      login: '@example.com',
      name: 'Canary',
      mail: 'canary.smith@corp.example',
      typed: 'typed-by-somebody',
    };
    const asked = [
      ask(person('ann'), {
        event: event({ entityIdInService: canaries.mail, eventId: canaries.mail }),
      }),
      ask(person('vic')),
      ask(person('nobody'), { flow: canaries.typed }),
      ask(key('soc'), { event: event({ [canaries.mail]: 1, eventTimestamp: canaries.typed }) }),
      ask(key('soc'), { event: created('Person', [OURS]), inputs: {} }),
      ask({ ...person('ann'), principal: `user:${canaries.mail}` }),
    ];
    for (const one of asked) await service.admit(one).catch(() => undefined);
    await service.admitUndo(person('ann'), canaries.typed).catch(() => undefined);
    await service.putSet(person('sue'), {
      name: 'S',
      flows: ['*'],
      members: [`user:${canaries.mail}`],
      permissions: ['run'],
    });
    const entries = await store.audit.list({ limit: 1_000 });
    expect(
      entries.filter(({ entry }) => /^(flow|resource_set)\./.test(entry.kind)).length,
    ).toBeGreaterThan(6);
    expect(leaked(canaries, JSON.stringify(entries))).toEqual([]);
    const actors = new Set(entries.map(({ entry }) => entry.actor.principal));
    expect(actors).toContain(`user:${ids.ann}`);
    expect(actors).toContain('agent:soc');
  });
});
