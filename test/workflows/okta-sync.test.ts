import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SyncActivities, SyncSlice } from '../../src/activities/sync/types.ts';
import type { oktaSync } from '../../src/workflows/index.ts';
import type { OktaSyncInput, OktaSyncResult, SyncBranchName } from '../../src/workflows/messages.ts';
import { executions, payloadSizes } from '../support/leaks.ts';
import { devServer } from '../support/temporal.ts';
import type { DevServer } from '../support/temporal.ts';

const PAGE = 200;
type Finish = Parameters<SyncActivities['finishSync']>[0];

/** An organisation of so many of each, and what was asked of the activities. */
function organisation(sizes: Partial<Record<SyncBranchName, number>>, broken: Partial<SyncActivities> = {}) {
  const slices: SyncSlice[] = [];
  const finished: Finish[] = [];
  const activities: SyncActivities = {
    beginSync: async ({ run }) => ({ run, window: 4, batch: 'auto' }),
    listSyncPage: async ({ list, page }) => {
      const left = (sizes[list] ?? 0) - page * PAGE;
      return { listed: Math.max(0, Math.min(PAGE, left)), more: left > PAGE };
    },
    readSyncItems: async (slice) => {
      slices.push(slice);
      return { read: slice.count };
    },
    readLogPage: async ({ page }) => ({ entries: 1_000, more: page < 2 }),
    finishSync: async (input) => {
      finished.push(input);
      return { run: input.run } as OktaSyncResult;
    },
    ...broken,
  };
  return { activities, slices, finished };
}

const refusal = (code: string): never => {
  throw ApplicationFailure.nonRetryable('refused', code);
};

describe('the sync as a story', () => {
  let server: DevServer;
  beforeAll(async () => {
    server = await devServer();
  });
  afterAll(() => server.close());

  async function run({ activities }: ReturnType<typeof organisation>, input: OktaSyncInput = {}) {
    const taskQueue = server.taskQueue();
    const worker = await Worker.create({
      connection: server.nativeConnection,
      namespace: server.namespace,
      taskQueue,
      workflowsPath: new URL('../../src/workflows/index.ts', import.meta.url).pathname,
      activities,
    });
    const workflowId = `sync-${randomUUID()}`;
    const options = { taskQueue, workflowId, args: [input] as [OktaSyncInput] };
    await worker.runUntil(server.client.workflow.execute<typeof oktaSync>('oktaSync', options));
    const chain = (await executions(server)).filter((one) => one.workflowId === workflowId);
    return chain.map(({ history }) => history.events ?? []);
  }

  it('reads everything once over histories that stay short and small', async () => {
    const org = organisation({ users: 420, groups: 60, apps: 230, assignees: 30 });
    const histories = await run(org);
    expect(histories.length).toBeGreaterThan(1);
    expect(Math.max(...histories.map(({ length }) => length))).toBeLessThan(1_150);
    expect(Math.max(...payloadSizes(histories))).toBeLessThan(4_096);
    const read = (list: SyncBranchName): number =>
      org.slices.filter((slice) => slice.list === list).reduce((total, { count }) => total + count, 0);
    expect({ users: read('users'), groups: read('groups'), apps: read('apps'), assignees: read('assignees') }).toEqual({
      users: 420,
      groups: 60,
      apps: 230,
      assignees: 30,
    });
    expect(new Set(org.slices.map(({ list, page, from }) => `${list}/${page}/${from}`)).size).toBe(org.slices.length);
    const lost = { users: null, groups: null, apps: null, assignees: null, logs: null };
    expect(org.finished).toEqual([{ run: org.finished[0]?.run, lost, failure: null }]);
  }, 60_000);

  it('reads users in batches where there are more than 2,000, as large as the plan says', async () => {
    const org = organisation({ users: 2_200 });
    await run(org, { apps: false, logs: false });
    expect(new Set(org.slices.map(({ count }) => count))).toEqual(new Set([100]));
    expect(org.finished[0]?.lost).toEqual({ users: null, groups: null, assignees: null });
    const planned = organisation({ users: 2_200 });
    const { beginSync } = planned.activities;
    planned.activities.beginSync = async (input) => ({ ...(await beginSync(input)), autoBatch: 200 });
    await run(planned, { apps: false, logs: false });
    expect(new Set(planned.slices.map(({ count }) => count))).toEqual(new Set([200]));
  }, 30_000);

  it('lets a branch that is refused be lost alone', async () => {
    const org = organisation({ users: 3, apps: 30 }, { readLogPage: async () => refusal('forbidden') });
    const { listSyncPage } = org.activities;
    org.activities.listSyncPage = async (input) =>
      input.list === 'groups' ? refusal('policy_denied') : listSyncPage(input);
    await run(org);
    expect(org.finished[0]).toMatchObject({
      lost: { users: null, apps: null, assignees: null, groups: 'policy_denied', logs: 'forbidden' },
      failure: null,
    });
    expect(org.slices.map(({ list, count }) => `${list} ${count}`).toSorted()).toEqual([
      'apps 25',
      'apps 5',
      'users 1',
      'users 1',
      'users 1',
    ]);
  });

  it('reads what was listed before a list broke off', async () => {
    const org = organisation({ users: 400 });
    const { listSyncPage } = org.activities;
    org.activities.listSyncPage = async (input) => (input.page === 1 ? refusal('forbidden') : listSyncPage(input));
    await run(org, { apps: false, logs: false });
    expect(org.slices.filter(({ list }) => list === 'users')).toHaveLength(200);
    expect(org.finished[0]?.lost).toMatchObject({ users: 'forbidden' });
  }, 30_000);
});
