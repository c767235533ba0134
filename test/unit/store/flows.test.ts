import { expect, test } from 'vitest';
import type { ResourceSet } from '../../../src/flows/types.ts';
import { draftOf } from '../../support/audit.ts';
import { flowRun } from '../../support/flow-runs.ts';
import { describeOnStores } from '../../support/stores.ts';

const AT = '2026-11-22T08:00:00.000Z';
const ids = (runs: readonly { run: string }[]): string[] => runs.map(({ run }) => run);

describeOnStores('runs of delegated flows', (source) => {
  test('are opened exactly once by a hundred concurrent callers in two processes', async () => {
    const [here, there] = [await source.fresh(), await source.again()];
    const opened = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        (n % 2 ? here : there).flows.open(flowRun('r1', { code: `${n}` })),
      ),
    );
    const first = opened.filter(({ created }) => created);
    expect(first).toHaveLength(1);
    expect(new Set(opened.map(({ record }) => record.code))).toEqual(
      new Set([first[0]?.record.code]),
    );
    expect(await here.flows.get('r1')).toEqual(first[0]?.record);
  });

  test('are read as they were stored, with any content', async () => {
    const { flows } = await source.fresh();
    const record = flowRun('r1', {
      inputs: { group: '00g1', note: 'a "quoted" \\u0000 \u{1f600}' },
      target: { product: 'Okta', status: 'ACTIVE' },
      steps: [
        {
          id: 'suspend',
          operation: 'okta:users:suspend',
          params: { userId: '00u1' },
          state: 'planned',
          decision: { effect: 'auto' },
          request: null,
          result: null,
          verified: null,
        },
      ],
      undo: [{ operation: 'okta:users:unsuspend', params: { userId: '00u1' } }],
    });
    expect(await flows.open(record)).toEqual({ record, created: true });
    expect(await flows.get('r1')).toEqual(record);
    expect(await flows.get('r2')).toBeNull();
  });

  test('are opened together with their audit entry, or not at all', async () => {
    const store = await source.fresh();
    const opening = store.journal.append(
      [draftOf({ kind: 'flow.opened', subject: 'r1' })],
      async (tx) => {
        await store.flows.open(flowRun('r1'), tx);
        throw new RangeError('spoilt');
      },
    );
    await expect(opening).rejects.toThrow('spoilt');
    expect(await store.flows.get('r1')).toBeNull();
    expect((await store.audit.head()).entries).toBe(0);
  });

  test('can be updated until they end; the same end may be written again, but not another one', async () => {
    const { flows } = await source.fresh();
    await flows.open(flowRun('r1'));
    expect(await flows.update(null, 'r1', { state: 'waiting', target: { id: '00u1' } })).toBe(true);
    const end = { state: 'ended', outcome: 'failed', code: 'wrong_state', finishedAt: AT } as const;
    expect(await flows.update(null, 'r1', end)).toBe(true);
    expect(await flows.update(null, 'r1', { ...end, finishedAt: '2027-01-01T00:00:00.000Z' })).toBe(
      true,
    );
    expect(await flows.update(null, 'r1', { ...end, outcome: 'succeeded' })).toBe(false);
    expect(await flows.update(null, 'r1', { ...end, code: null })).toBe(false);
    expect(await flows.update(null, 'r1', { state: 'open' })).toBe(false);
    expect(await flows.update(null, 'r1', {})).toBe(false);
    expect(await flows.update(null, 'nobody', end)).toBe(false);
    expect(await flows.get('r1')).toMatchObject({ ...end, target: { id: '00u1' } });
  });

  test('count as uses of an event unless they are dry runs', async () => {
    const { flows } = await source.fresh();
    await flows.open(flowRun('r1', { eventDigest: 'a:b' }));
    await flows.open(flowRun('dry', { dryRun: true }));
    await flows.open(flowRun('child', { parent: 'r1' }));
    await flows.open(flowRun('undo', { undoes: 'r1' }));
    await flows.open(flowRun('other', { eventId: 'e2' }));
    expect(await flows.usesOf('e1')).toEqual([
      { run: 'r1', flow: 'Suspend Okta Account', eventDigest: 'a:b', outcome: null, code: null },
    ]);
    expect(await flows.usesOf('e3')).toEqual([]);
  });

  test('are searched by user, flow, outcome and time, newest first, page by page', async () => {
    const { flows } = await source.fresh();
    const caller = { ...flowRun('x').caller, principal: 'user:Bo@Example.com' };
    await flows.open(flowRun('r1', { startedAt: '2026-11-20T08:00:00.000Z' }));
    await flows.open(flowRun('r2', { caller, flow: 'Deactivate Salesforce User' }));
    await flows.open(flowRun('r3', { state: 'ended', outcome: 'denied', code: 'protected' }));
    await flows.open(flowRun('r4', { flow: null, state: 'ended', outcome: 'unrouted' }));
    await flows.open(flowRun('r5', { parent: 'r4', eventId: 'e5' }));
    const found = async (filter: object) => ids(await flows.list({ limit: 10, ...filter }));
    expect(await found({})).toEqual(['r5', 'r4', 'r3', 'r2', 'r1']);
    expect(await found({ limit: 2 })).toEqual(['r5', 'r4']);
    expect(await found({ limit: 2, after: 'r4' })).toEqual(['r3', 'r2']);
    expect(await found({ after: 'r1' })).toEqual([]);
    expect(await found({ user: 'USER:bo@example.com' })).toEqual(['r2']);
    expect(await found({ flow: 'Suspend Okta Account' })).toEqual(['r5', 'r3', 'r1']);
    expect(await found({ flows: ['Deactivate Salesforce User'] })).toEqual(['r2']);
    expect(await found({ flows: ['Deactivate Salesforce User'], withoutFlow: true })).toEqual([
      'r4',
      'r2',
    ]);
    expect(await found({ flows: [] })).toEqual([]);
    expect(await found({ outcome: 'denied' })).toEqual(['r3']);
    expect(await found({ eventId: 'e5' })).toEqual(['r5']);
    expect(await found({ parent: 'r4' })).toEqual(['r5']);
    expect(await found({ until: AT })).toEqual(['r1']);
    expect(await found({ since: AT, flow: 'Suspend Okta Account' })).toEqual(['r5', 'r3']);
    expect(ids(await flows.children('r4'))).toEqual(['r5']);
  });

  test('have as their undo the newest undo run with an effect', async () => {
    const { flows } = await source.fresh();
    const undo = (run: string, outcome: 'failed' | 'succeeded' | 'rejected') =>
      flows.open(flowRun(run, { undoes: 'r1', state: 'ended', outcome }));
    await undo('u1', 'failed');
    expect(await flows.undoOf('r1')).toBeNull();
    await undo('u2', 'succeeded');
    await undo('u3', 'rejected');
    expect((await flows.undoOf('r1'))?.run).toBe('u2');
    expect(await flows.countEndedUndos('r1')).toBe(3);
    await flows.open(flowRun('u4', { undoes: 'r1' }));
    expect((await flows.undoOf('r1'))?.run).toBe('u4');
    expect(await flows.countEndedUndos('r1')).toBe(3);
  });
});

describeOnStores('settings of delegated flows', (source) => {
  const responders: ResourceSet = {
    name: 'Responders',
    flows: ['*'],
    members: ['group:SOC'],
    permissions: ['run'],
  };

  test('import the resource sets of the file once, and keep later changes and removals', async () => {
    const { flowSettings } = await source.fresh();
    const viewers: ResourceSet = { ...responders, name: 'Viewers', permissions: ['view'] };
    await flowSettings.seed([]);
    await Promise.all([1, 2, 3].map(() => flowSettings.seed([viewers, responders])));
    expect(await flowSettings.sets()).toEqual([responders, viewers]);
    await flowSettings.putSet(null, { ...responders, members: ['key:soc'] });
    expect(await flowSettings.removeSet(null, 'Viewers')).toBe(true);
    expect(await flowSettings.removeSet(null, 'Viewers')).toBe(false);
    expect(await flowSettings.removeSet(null, 'Nobody')).toBe(false);
    await flowSettings.seed([responders, viewers]);
    expect(await flowSettings.sets()).toEqual([{ ...responders, members: ['key:soc'] }]);
    await flowSettings.putSet(null, viewers);
    expect((await flowSettings.sets()).map(({ name }) => name)).toEqual(['Responders', 'Viewers']);
  });

  test('use the last switch of a flow', async () => {
    const { flowSettings } = await source.fresh();
    expect(await flowSettings.switches()).toEqual(new Map());
    await flowSettings.switch(null, 'Delegated Flow', true);
    await flowSettings.switch(null, 'Delegated Flow', false);
    expect(await flowSettings.switches()).toEqual(new Map([['Delegated Flow', false]]));
  });
});
