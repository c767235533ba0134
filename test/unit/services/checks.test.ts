import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startMfaCheck } from '../../../src/client.ts';
import { runEnds } from '../../../src/client/run-ends.ts';
import type { RunEnds } from '../../../src/client/run-ends.ts';
import {
  closeEndedChecks,
  closeEndedSyncs,
} from '../../../src/services/checks/close-ended-checks.ts';
import type { Store } from '../../../src/store/types.ts';
import { describeOnStores } from '../../support/stores.ts';
import { devServer } from '../../support/temporal.ts';
import type { DevServer } from '../../support/temporal.ts';

const STARTED = '2026-11-22T08:00:00.000Z';
const NOW = new Date('2026-11-22T09:00:00.000Z');
const now = (): Date => NOW;
const saying = (code: string | null): RunEnds => ({ findRunEnd: async () => code });

describeOnStores('a check that its workflow could not close', ({ fresh }) => {
  const begun = async (): Promise<Store> => {
    const store = await fresh();
    const run = { run: 'run-1', workflowId: 'w1', org: 'o', startedAt: STARTED, plan: {} };
    await store.runs.begin({ ...run, scopeKey: 's', dryRun: false });
    await store.twin.syncs.begin({ ...run, run: 'sync-1' });
    return store;
  };

  it('is closed as terminated by the first command that looks, with one entry', async () => {
    const store = await begun();
    const parts = { store, ends: saying('terminated'), now };
    const looks = await Promise.all(
      [1, 2, 3].map(async () => closeEndedChecks(parts, await store.runs.list(5))),
    );
    for (const [record] of looks)
      expect(record).toMatchObject({ status: 'terminated', finishedAt: NOW.toISOString() });
    const entries = await store.audit.list({ kind: 'scan.ended' });
    expect(entries.map(({ entry }) => entry.outcome)).toEqual([
      { status: 'terminated', code: 'terminated' },
    ]);
  });

  it('and so is a sync', async () => {
    const store = await begun();
    const parts = { store, ends: saying('timed_out'), now };
    const stored = await store.twin.syncs.newest('o');
    const [record] = await closeEndedSyncs(parts, [stored!]);
    expect(record).toMatchObject({ status: 'terminated' });
    expect(await store.audit.list({ kind: 'sync.ended' })).toHaveLength(1);
  });

  it.each([
    ['still runs, or Temporal does not answer', saying(null)],
    ['cannot be looked up', null],
  ])('stays as it is if it %s', async (_, ends) => {
    const store = await begun();
    const [record] = await closeEndedChecks({ store, ends, now }, await store.runs.list(5));
    expect(record).toMatchObject({ status: 'running', finishedAt: null });
    expect(await store.audit.list({})).toEqual([]);
  });
});

let server: DevServer;
beforeAll(async () => {
  server = await devServer();
}, 60_000);
afterAll(() => server.close());

it('Temporal says how a run ended, also when its workflow id was used again', async () => {
  const link = { ...server, close: async () => undefined };
  const { findRunEnd } = runEnds(async () => link);
  const workflowId = `check-${randomUUID()}`;
  const first = await startMfaCheck(link, {}, workflowId);
  expect(await findRunEnd(first)).toBeNull();
  await server.client.workflow.getHandle(workflowId).terminate();
  expect(await findRunEnd(first)).toBe('terminated');
  const second = await startMfaCheck(link, {}, workflowId);
  expect(second.run).not.toBe(first.run);
  expect(await findRunEnd(first)).toBe('terminated');
  expect(await findRunEnd(second)).toBeNull();
  expect(await findRunEnd({ workflowId: 'unknown', run: 'r' })).toBeNull();
  await server.client.workflow.getHandle(workflowId).terminate();
}, 30_000);
