import { fileURLToPath } from 'node:url';
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SyncActivities, SyncSlice } from '../../src/activities/twin/types.ts';
import type { oktaSync } from '../../src/workflows/index.ts';
import type { OktaSyncInput, OktaSyncResult } from '../../src/workflows/messages.ts';
import type { SyncBranchName } from '../../src/workflows/support/state.ts';
import { executions, payloadSizes } from '../support/leaks.ts';
import { devServer } from '../support/temporal.ts';
import type { DevServer } from '../support/temporal.ts';

const PAGE = 200;
type Finish = Parameters<SyncActivities['finishSync']>[0];

/** An organisation of so many of each, and what was asked of the activities. */
function organisation(
  sizes: Partial<Record<SyncBranchName, number>>,
  broken: Partial<SyncActivities> = {},
) {
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
      workflowsPath: fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url)),
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
      org.slices
        .filter((slice) => slice.list === list)
        .reduce((total, { count }) => total + count, 0);
    expect({
      users: read('users'),
      groups: read('groups'),
      apps: read('apps'),
      assignees: read('assignees'),
    }).toEqual({
      users: 420,
      groups: 60,
      apps: 230,
      assignees: 30,
    });
    expect(new Set(org.slices.map(({ list, page, from }) => `${list}/${page}/${from}`)).size).toBe(
      org.slices.length,
    );
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
    planned.activities.beginSync = async (input) => ({
      ...(await beginSync(input)),
      autoBatch: 200,
    });
    await run(planned, { apps: false, logs: false });
    expect(new Set(planned.slices.map(({ count }) => count))).toEqual(new Set([200]));
  }, 30_000);

  it('lets a branch that is refused be lost alone', async () => {
    const org = organisation(
      { users: 3, apps: 30 },
      { readLogPage: async () => refusal('forbidden') },
    );
    const { listSyncPage } = org.activities;
    org.activities.listSyncPage = async (input) =>
      input.list === 'groups' ? refusal('policy_denied') : listSyncPage(input);
    await run(org);
    expect(org.finished[0]).toMatchObject({
      lost: {
        users: null,
        apps: null,
        assignees: null,
        groups: 'policy_denied',
        logs: 'forbidden',
      },
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
    org.activities.listSyncPage = async (input) =>
      input.page === 1 ? refusal('forbidden') : listSyncPage(input);
    await run(org, { apps: false, logs: false });
    expect(org.slices.filter(({ list }) => list === 'users')).toHaveLength(200);
    expect(org.finished[0]?.lost).toMatchObject({ users: 'forbidden' });
  }, 30_000);

  describe('that reads while it lists', () => {
    const overlapping = (sizes: Partial<Record<SyncBranchName, number>>, historyLimit = 1_000) => {
      const org = organisation(sizes);
      const { beginSync, listSyncPage } = org.activities;
      org.activities.beginSync = async (input) => ({
        ...(await beginSync(input)),
        autoBatch: 200,
        historyLimit,
        items: 50,
        overlap: true,
      });
      const asked: Parameters<SyncActivities['listSyncPage']>[0][] = [];
      // Two pages an activity, so that a list takes several.
      org.activities.listSyncPage = async (input) => {
        asked.push(input);
        const one = await listSyncPage(input);
        if (!one.more) return { ...one, sizes: [one.listed] };
        const two = await listSyncPage({ ...input, page: input.page + 1 });
        return { ...two, listed: one.listed, sizes: [one.listed, two.listed] };
      };
      return { ...org, asked };
    };
    const readOf = ({ slices }: { slices: SyncSlice[] }, list: SyncBranchName): string[] =>
      slices
        .filter((slice) => slice.list === list)
        .map(({ page, from, count }) => `${page}: ${from}+${count}`)
        .toSorted();

    it('reads the first pages before the last one is listed', async () => {
      const org = overlapping({ users: 900, apps: 120 });
      const { listSyncPage, readSyncItems } = org.activities;
      const begun = Promise.withResolvers<void>();
      org.activities.readSyncItems = async (slice) => {
        if (slice.list === 'users') begun.resolve();
        return await readSyncItems(slice);
      };
      org.activities.listSyncPage = async (input) => {
        if (input.list === 'users' && input.page === 4) await begun.promise;
        return await listSyncPage(input);
      };
      await run(org, { logs: false });
      expect(readOf(org, 'users')).toEqual([
        '0: 0+200',
        '1: 0+200',
        '2: 0+200',
        '3: 0+200',
        '4: 0+100',
      ]);
      expect(readOf(org, 'apps')).toEqual(['0: 0+50', '0: 100+20', '0: 50+50']);
      const users = org.asked.filter(({ list }) => list === 'users');
      expect(users.map(({ page, most }) => ({ page, most }))).toEqual(
        [0, 2, 4].map((page) => ({ page, most: 10 })),
      );
    });

    it('reads everything once over short histories', async () => {
      const org = overlapping({ users: 4_000, groups: 150, apps: 900, assignees: 30 }, 60);
      const histories = await run(org);
      expect(histories.length).toBeGreaterThan(2);
      expect(readOf(org, 'users')).toEqual(
        Array.from({ length: 20 }, (_, page) => `${page}: 0+200`).toSorted(),
      );
      expect(readOf(org, 'groups')).toEqual(['0: 0+50', '0: 100+50', '0: 50+50']);
      expect(readOf(org, 'apps')).toHaveLength(18);
      const lost = { users: null, groups: null, apps: null, assignees: null, logs: null };
      expect(org.finished).toEqual([{ run: org.finished[0]?.run, lost, failure: null }]);
    }, 30_000);

    it('reads what was listed before a list broke off, and nothing of one that could not begin', async () => {
      const org = overlapping({ users: 900, apps: 120 });
      const { listSyncPage } = org.activities;
      org.activities.listSyncPage = async (input) =>
        (input.list === 'users' && input.page === 2) || input.list === 'apps'
          ? refusal('forbidden')
          : await listSyncPage(input);
      await run(org, { logs: false });
      expect(readOf(org, 'users')).toEqual(['0: 0+200', '1: 0+200']);
      expect(readOf(org, 'apps')).toEqual([]);
      const lost = { users: 'forbidden', groups: null, apps: 'forbidden', assignees: null };
      expect(org.finished[0]).toMatchObject({ lost, failure: null });
    });

    it('lists to the end where the items may not be read', async () => {
      const org = overlapping({ users: 900 });
      org.activities.readSyncItems = async () => refusal('forbidden');
      await run(org, { apps: false, logs: false });
      expect(org.asked.filter(({ list }) => list === 'users').map(({ page }) => page)).toEqual([
        0, 2, 4,
      ]);
      expect(org.finished[0]?.lost).toMatchObject({ users: 'forbidden' });
    });
  });
});
