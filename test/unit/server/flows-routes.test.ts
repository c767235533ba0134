import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEmulators } from '../../../emulators/start.ts';
import type { RunningEmulators } from '../../../emulators/start.ts';
import type { Store } from '../../../src/store/types.ts';
import { flowRun } from '../../support/flow-runs.ts';
import { describeOnStores } from '../../support/stores.ts';
import {
  ADD,
  DISABLE,
  event,
  FLOWS,
  populate,
  SUSPEND,
  told as trail,
} from '../services/flows/support.ts';
import { serveFlows, told } from './flows-support.ts';
import type { KeyName } from './flows-support.ts';
import { fits } from './openapi.ts';

let emulators: RunningEmulators;
beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty', rateLimit: 0 });
  populate(emulators);
});
afterAll(() => emulators.close());

const at = (flow: string, more = ''): string => `/v1/flows/${encodeURIComponent(flow)}${more}`;
const RUN = 'a'.repeat(32);
const RECIPE = [{ operation: 'okta:users:unsuspend', params: { userId: '00u1' } }];

/** A successful run of Suspend Okta Account. */
async function endedRun(
  store: Store,
  run = RUN,
  over: Parameters<typeof flowRun>[1] = {},
): Promise<void> {
  await store.flows.open(flowRun(run, over));
  const finishedAt = '2026-11-22T08:00:01.000Z';
  await store.flows.update(null, run, {
    state: 'ended',
    outcome: 'succeeded',
    undo: RECIPE,
    finishedAt,
  });
}

/**
 * What each requester gets: how many flows, and the statuses of show, run, history of the flow, its run
 * and its undo.
 */
const MATRIX: [
  as: KeyName,
  set: string,
  flows: number,
  show: number,
  run: number,
  seen: number,
  undo: number,
][] = [
  ['soc', 'run, a service', FLOWS.length, 200, 202, 200, 202],
  ['ann', 'run, a person', FLOWS.length, 200, 202, 200, 202],
  ['bo', 'run, by a group', 1, 200, 202, 200, 202],
  ['vic', 'view, a person', 2, 200, 403, 200, 403],
  ['reader', 'view, a service', 2, 200, 403, 200, 403],
  ['nobody', 'no set, a service', 0, 404, 404, 404, 404],
  ['cus', 'no set, a person', 0, 404, 404, 404, 404],
  ['sue', 'no set, a super administrator', 0, 404, 404, 404, 404],
  ['out', 'a suspended member of a group', 0, 404, 404, 404, 404],
];

describeOnStores('the flows API', ({ fresh }) => {
  it.each(MATRIX)(
    '%s (%s) gets the access that the resource sets give',
    async (as, _, flows, show, run, seen, undo) => {
      const store = await fresh();
      const { call } = await serveFlows(emulators, store);
      await endedRun(store);
      const list = (await (await call('GET', '/v1/flows', { as })).json()) as { items: unknown[] };
      expect([list.items.length, fits('Flows', list)]).toEqual([flows, []]);
      expect((await call('GET', at(SUSPEND), { as })).status).toBe(show);
      expect(
        (await call('POST', at(SUSPEND, '/runs'), { as, body: { event: event() } })).status,
      ).toBe(run);
      const history = `?flow=${encodeURIComponent(SUSPEND)}`;
      expect((await call('GET', '/v1/flow-runs', { as, query: history })).status).toBe(seen);
      const all = (await (await call('GET', '/v1/flow-runs', { as })).json()) as {
        items: unknown[];
      };
      expect(all.items.length > 0).toBe(seen === 200);
      expect((await call('GET', `/v1/flow-runs/${RUN}`, { as })).status).toBe(seen);
      expect((await call('POST', `/v1/flow-runs/${RUN}/undo`, { as })).status).toBe(undo);
      const strange = await call('GET', at('No such flow'), { as });
      const hidden = await call('GET', at(DISABLE), { as: 'bo' });
      // Hidden runs are answered like missing ones.
      expect([strange.status, await strange.text()]).toEqual([404, await hidden.text()]);
    },
  );

  it('shows a flow as its document says', async () => {
    const { call } = await serveFlows(emulators, await fresh());
    const document = (await (await call('GET', at(ADD))).json()) as { items: object[] };
    expect(fits('FlowDetails', document)).toEqual([]);
    expect(document.items).toMatchObject([
      {
        name: ADD,
        permissions: ['view', 'run'],
        routes: [{ product: 'Okta', titles: ['No MFA - Account'] }],
      },
    ]);
    expect((await call('GET', at(ADD.toUpperCase()))).status).toBe(200);
  });

  it('runs a flow with inputs, once per event, and names the wrong input', async () => {
    const { call, started } = await serveFlows(emulators, await fresh());
    const post = (body: unknown) => told(call('POST', at(ADD, '/runs'), { body }));
    const one = event({ issueTitle: 'Anything' });
    expect(await post({ event: one })).toMatchObject([
      400,
      { code: 'malformed', where: { path: 'inputs.group' } },
    ]);
    expect(await post({ event: one, inputs: { grp: 'x' } })).toMatchObject([
      400,
      { where: { path: 'inputs.grp' } },
    ]);
    expect(await post({ event: one, inputs: { group: ['x'] } })).toMatchObject([
      400,
      { code: 'malformed' },
    ]);
    expect(await post({ event: one, more: 1 })).toMatchObject([400, { where: { path: 'more' } }]);
    expect(await post({ inputs: {} })).toMatchObject([400, { code: 'malformed' }]);
    expect(await post([])).toMatchObject([400, { code: 'malformed' }]);
    const dry = await post({ event: one, inputs: { group: '00g1' }, dryRun: true });
    expect(dry).toMatchObject([202, { dryRun: true }]);
    const [status, first] = await post({ event: one, inputs: { group: '00g1' } });
    expect([status, await post({ event: one, inputs: { group: '00g1' } })]).toMatchObject([
      202,
      [200, { run: first.run }],
    ]);
    expect(await post({ event: one, inputs: { group: '00g2' } })).toMatchObject([
      409,
      { code: 'conflict' },
    ]);
    expect(started).toEqual([dry[1].run, first.run, first.run]);
    const late = event({ eventTimestamp: '2026-11-20T08:00:00Z' });
    expect(await post({ event: late, inputs: { group: '00g1' } })).toMatchObject([
      403,
      { code: 'stale_event' },
    ]);
    const azure = event({
      entitySourceProductName: 'AAD',
      entitySourceProductTenant: 'contoso.example',
    });
    expect(await post({ event: azure, inputs: { group: '00g1' } })).toMatchObject([
      403,
      { code: 'wrong_product' },
    ]);
  });

  it('lists the history by its filters, page by page', async () => {
    const store = await fresh();
    const { call } = await serveFlows(emulators, store);
    const startedAt = (n: number) => `2026-11-2${n}T08:00:00.000Z`;
    const caller = {
      principal: 'agent:ispm',
      personId: null,
      authenticatedBy: 'key',
      surface: 'api',
    } as const;
    for (const n of [0, 1, 2])
      await endedRun(store, `${n}`.repeat(32), { startedAt: startedAt(n) });
    await store.flows.open(flowRun('9'.repeat(32), { flow: ADD, caller, startedAt: startedAt(3) }));
    const runs = async (query: string) => {
      const document = (await (await call('GET', '/v1/flow-runs', { query })).json()) as {
        items: { run: string }[];
        next: string | null;
      };
      expect(fits('FlowRuns', document)).toEqual([]);
      return [document.items.map(({ run }) => run[0]).join(''), document.next?.[0] ?? null];
    };
    expect(await runs('')).toEqual(['9210', null]);
    expect(await runs('?limit=2')).toEqual(['92', '2']);
    expect(await runs(`?limit=2&after=${'2'.repeat(32)}`)).toEqual(['10', '0']);
    expect(await runs('?user=ANN@example.com')).toEqual(['210', null]);
    expect(await runs('?user=key:ispm')).toEqual(['9', null]);
    expect(await runs('?outcome=succeeded&since=2026-11-21')).toEqual(['21', null]);
    expect(await runs('?until=2026-11-21T09:00:00%2B01:00')).toEqual(['0', null]);
    expect(await runs(`?flow=${encodeURIComponent(ADD)}`)).toEqual(['9', null]);
    const wrong = [
      'limit=0',
      'limit=501',
      'limit=x',
      'outcome=fine',
      'since=yesterday',
      'until=2026-99-99',
      'after=x',
    ];
    for (const query of [...wrong, 'user=%00', 'flow=a%00', 'more=1']) {
      const [status, { where }] = await told(call('GET', '/v1/flow-runs', { query: `?${query}` }));
      expect([query, status, where?.path]).toEqual([query, 400, query.split('=')[0]]);
    }
    expect((await told(call('GET', '/v1/flow-runs', { query: '?limit=1&limit=2' })))[0]).toBe(400);
  });

  it('shows one run with its steps, and nothing for text that is not a run id', async () => {
    const store = await fresh();
    const { call, send } = await serveFlows(emulators, store);
    const [, { run }] = await told(send(event()));
    const step = {
      id: 'suspend',
      operation: 'okta:users:suspend',
      params: { userId: '00k1' },
      state: 'done',
    } as const;
    const steps = [
      {
        ...step,
        decision: { effect: 'auto' },
        request: null,
        result: { ok: true },
        verified: true,
      },
    ];
    await store.flows.update(null, run, { steps });
    const document = (await (await call('GET', `/v1/flow-runs/${run}`)).json()) as object;
    expect(fits('FlowRun', document)).toEqual([]);
    expect(document).toMatchObject({
      schema: 'arx.flow-run/v1',
      run,
      steps: [{ id: 'suspend', verified: true }],
    });
    for (const id of ['x', '%00', `${run}x`, 'b'.repeat(32), '..%2Fflows'])
      expect([id, (await call('GET', `/v1/flow-runs/${id}`)).status]).toEqual([id, 404]);
  });

  it('undoes a run once, and reports if there is nothing to undo', async () => {
    const store = await fresh();
    const { call, send, started } = await serveFlows(emulators, store);
    await endedRun(store);
    const undo = (run: string) => told(call('POST', `/v1/flow-runs/${run}/undo`));
    const [status, first] = await undo(RUN);
    expect([status, await undo(RUN)]).toMatchObject([
      202,
      [200, { run: first.run, created: false }],
    ]);
    expect(started).toEqual([first.run, first.run]);
    for (const body of [{ reason: 5 }, { why: 'x' }, 'x', { reason: 'x'.repeat(501) }])
      expect((await call('POST', `/v1/flow-runs/${RUN}/undo`, { body })).status).toBe(400);
    const other = 'd'.repeat(32);
    await endedRun(store, other);
    const [, second] = await told(
      call('POST', `/v1/flow-runs/${other}/undo`, { body: { reason: 'by mistake' } }),
    );
    const document = (await (await call('GET', `/v1/flow-runs/${second.run}`)).json()) as object;
    expect([fits('FlowRun', document), document]).toMatchObject([
      [],
      { undoes: other, reason: 'by mistake' },
    ]);
    const [, open] = await told(send(event()));
    expect(await undo(open.run)).toMatchObject([409, { code: 'nothing_to_undo' }]);
    expect((await undo('c'.repeat(32)))[0]).toBe(404);
  });

  it('lets only super administrators of Okta change sets and switch flows', async () => {
    const store = await fresh();
    const { call, send } = await serveFlows(emulators, store);
    const path = '/v1/resource-sets/Night%20shift';
    const body = {
      flows: [SUSPEND],
      members: ['key:nobody'],
      permissions: ['okta.workflows.flows.invoke'],
    };
    for (const as of ['soc', 'ann', 'cus', 'out', 'nobody'] as const) {
      expect([as, await told(call('PUT', path, { as, body }))]).toMatchObject([
        as,
        [403, { code: 'not_allowed' }],
      ]);
      expect((await call('DELETE', '/v1/resource-sets/Readers', { as })).status).toBe(403);
      expect(
        (await call('PUT', at(SUSPEND, '/enabled'), { as, body: { enabled: false } })).status,
      ).toBe(403);
    }
    expect((await send(event(), { as: 'nobody' })).status).toBe(404);
    const put = await call('PUT', path, { as: 'sue', body });
    const sets = (await put.json()) as object;
    expect([put.status, fits('ResourceSets', sets)]).toEqual([200, []]);
    expect(sets).toMatchObject({ items: [{ ...body, name: 'Night shift', permissions: ['run'] }] });
    expect((await send(event(), { as: 'nobody' })).status).toBe(202);
    const off = await told(
      call('PUT', at(SUSPEND, '/enabled'), { as: 'sue', body: { enabled: false } }),
    );
    expect([off[0], fits('FlowSwitch', off[1])]).toEqual([200, []]);
    expect(await told(send(event(), { as: 'nobody' }))).toMatchObject([403, { code: 'disabled' }]);
    expect((await call('DELETE', path, { as: 'sue' })).status).toBe(204);
    expect((await call('DELETE', path, { as: 'sue' })).status).toBe(404);
    expect((await send(event(), { as: 'nobody' })).status).toBe(404);
    const kinds = (await trail(store))
      .map(([kind]) => kind)
      .filter((kind) => /switched|changed/.test(kind));
    expect(kinds).toEqual(['resource_set.changed', 'flow.switched', 'resource_set.changed']);
  });

  it('shows sets to their members, and refuses malformed ones', async () => {
    const { call } = await serveFlows(emulators, await fresh());
    const names = async (as: KeyName) => {
      const { items } = (await (await call('GET', '/v1/resource-sets', { as })).json()) as {
        items: { name: string }[];
      };
      return items.map(({ name }) => name).toSorted();
    };
    expect(await names('sue')).toEqual(['Readers', 'Responders', 'Suspenders']);
    expect(await names('bo')).toEqual(['Suspenders']);
    expect(await names('nobody')).toEqual([]);
    expect((await call('GET', '/v1/resource-sets/Suspenders', { as: 'bo' })).status).toBe(200);
    expect((await call('GET', '/v1/resource-sets/Readers', { as: 'bo' })).status).toBe(404);
    const good = { flows: ['*'], members: ['key:x'], permissions: ['run'] };
    const wrong: [string, unknown][] = [
      ['flows', { ...good, flows: [] }],
      ['flows', { ...good, flows: ['No such flow'] }],
      ['members', { ...good, members: ['root'] }],
      ['members.0', { ...good, members: [5] }],
      ['permissions', { ...good, permissions: ['own'] }],
      ['permissions', { flows: ['*'], members: ['key:x'] }],
      ['name', { ...good, name: 'x' }],
    ];
    for (const [path, body] of wrong)
      expect(await told(call('PUT', '/v1/resource-sets/x', { as: 'sue', body }))).toMatchObject([
        400,
        { where: { path } },
      ]);
    for (const name of ['%00', '%20x', 'x'.repeat(201)])
      expect([
        name,
        (await call('PUT', `/v1/resource-sets/${name}`, { as: 'sue', body: good })).status,
      ]).toEqual([name, 400]);
    expect(
      (await call('PUT', at(SUSPEND, '/enabled'), { as: 'sue', body: { enabled: 'no' } })).status,
    ).toBe(400);
    expect(
      (await call('PUT', at('No such', '/enabled'), { as: 'sue', body: { enabled: true } })).status,
    ).toBe(404);
    expect(
      (await call('PUT', at('Delegated Flow', '/enabled'), { as: 'sue', body: { enabled: true } }))
        .status,
    ).toBe(400);
  });
});
