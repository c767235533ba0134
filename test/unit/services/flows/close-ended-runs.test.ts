import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FlowEnds } from '../../../../src/client/flow-ends.ts';
import { startEmulators } from '../../../../emulators/start.ts';
import type { RunningEmulators } from '../../../../emulators/start.ts';
import type { FlowStepRecord } from '../../../../src/store/flow-types.ts';
import type { Store } from '../../../../src/store/types.ts';
import { flowRun } from '../../../support/flow-runs.ts';
import { describeOnStores } from '../../../support/stores.ts';
import { createTestFlowService, key, populate } from './support.ts';

let emulators: RunningEmulators;

beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty', rateLimit: 0 });
  populate(emulators);
});
afterAll(() => emulators.close());

const OPENED = '2026-11-22T07:58:59.000Z';
const SOC = key('soc');

const running: FlowStepRecord = {
  id: 'suspend',
  operation: 'okta:users:suspend',
  params: { userId: '00u1' },
  state: 'running',
  decision: null,
  request: null,
  result: null,
  verified: null,
};
const undo = [{ operation: 'okta:users:unsuspend', params: { userId: '00u1' } }];

/** Fake answers of Temporal, the same for every workflow. */
const saying = (
  code: string | null,
  made: Awaited<ReturnType<FlowEnds['findOperationEnd']>> = null,
): FlowEnds => ({
  findEndCode: async () => code,
  findOperationEnd: async () => made,
});

describeOnStores('a run that its workflow did not close', ({ fresh }) => {
  const opened = async (over: Parameters<typeof flowRun>[1] = {}): Promise<Store> => {
    const store = await fresh();
    await store.flows.open(flowRun('r1', { startedAt: OPENED, ...over }));
    return store;
  };
  const closings = async (store: Store) =>
    (await store.audit.list({ kind: 'flow.closed' })).map(({ entry }) => entry);

  it('is closed at the next look at the history, once, with an entry in the audit trail', async () => {
    const store = await opened();
    const service = createTestFlowService(emulators, store, { ends: saying('terminated') });
    const looks = [
      service.run(SOC, 'r1'),
      service.history(SOC, { limit: 5 }),
      service.history(SOC, { limit: 5, outcome: 'failed' }),
    ];
    for (const looked of await Promise.all(looks)) {
      const record = Array.isArray(looked) ? looked[0] : looked.record;
      expect(record).toMatchObject({
        state: 'ended',
        outcome: 'failed',
        code: 'terminated',
        finishedAt: expect.any(String),
      });
    }
    const [entry, ...others] = await closings(store);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      run: 'r1',
      subject: 'r1',
      outcome: { outcome: 'failed', code: 'terminated', undo: 0 },
    });
  });

  it.each([
    ['goes on, or nobody answers', { startedAt: OPENED }, saying(null)],
    ['has just been opened', { startedAt: '2026-11-22T07:59:30.000Z' }, saying('terminated')],
    ['has an operation that goes on', { steps: [running] }, saying('terminated', null)],
    ['is looked at by somebody who asks nobody', {}, undefined],
  ])('stays unchanged if it %s', async (_, over, ends) => {
    const store = await opened(over);
    const { record } = await createTestFlowService(emulators, store, ends && { ends }).run(
      SOC,
      'r1',
    );
    expect(record).toMatchObject({ state: 'open', outcome: null });
    expect(await closings(store)).toEqual([]);
  });

  it.each([
    ['succeeded', 'done', undo],
    ['cancelled', 'failed', null],
    ['none', 'failed', null],
    ['unknown', 'failed', null],
  ])('sets the step by the end of the operation: %s is %s', async (state, step, left) => {
    const store = await opened({ steps: [running], undo });
    const service = createTestFlowService(emulators, store, {
      ends: saying('timed_out', { request: 'q1', state }),
    });
    const { record } = await service.run(SOC, 'r1');
    expect(record).toMatchObject({
      outcome: 'failed',
      code: 'timed_out',
      steps: [{ state: step, request: 'q1' }],
    });
    expect(record.undo).toEqual(left);
  });

  it('keeps an outcome that it already has', async () => {
    const store = await opened({ outcome: 'denied', code: 'protected' });
    const { record } = await createTestFlowService(emulators, store, {
      ends: saying('terminated'),
    }).run(SOC, 'r1');
    expect(record).toMatchObject({ state: 'ended', outcome: 'denied', code: 'protected' });
  });

  it('is closed separately for each account of a person', async () => {
    const store = await opened({
      issue: { ...flowRun('r1').issue, entity: { kind: 'person', accounts: [] } as never },
    });
    await store.flows.open(flowRun('c1', { parent: 'r1', startedAt: OPENED }));
    const { record, children } = await createTestFlowService(emulators, store, {
      ends: saying('terminated'),
    }).run(SOC, 'r1');
    expect([record, ...children].map(({ code }) => code)).toEqual(['terminated', 'terminated']);
  });
});
