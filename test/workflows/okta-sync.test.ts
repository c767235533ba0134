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

/** An organisation with the given number of each kind; records the inputs of the activities. */
function organisation(
  sizes: Partial<Record<SyncBranchName, number>>,
  { historyLimit = 1_000, ...broken }: Partial<SyncActivities> & { historyLimit?: number } = {},
) {
  const asked: Parameters<SyncActivities['listSyncPage']>[0][] = [];
  const slices: SyncSlice[] = [];
  const finished: Finish[] = [];
  const activities: SyncActivities = {
    beginSync: async ({ run }) => ({
      run,
      window: 4,
      batch: 'auto',
      autoBatch: 200,
      historyLimit,
      windows: { groups: 2, apps: 4, assignees: 1 },
      items: 50,
    }),
    // Two pages per activity, so that a list takes several activities.
    listSyncPage: async (input) => {
      asked.push(input);
      const { list, page } = input;
      const left = Math.max(0, (sizes[list] ?? 0) - page * PAGE);
      const listed = [Math.min(PAGE, left), Math.min(PAGE, left - PAGE)];
      return { sizes: listed.filter((size, at) => at === 0 || size > 0), more: left > 2 * PAGE };
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
  return { activities, asked, slices, finished };
}

const readOf = ({ slices }: { slices: SyncSlice[] }, list: SyncBranchName): string[] =>
  slices
    .filter((slice) => slice.list === list)
    .map(({ page, from, count }) => `${page}: ${from}+${count}`)
    .toSorted();

const refusal = (code: string): never => {
  throw ApplicationFailure.nonRetryable('refused', code);
};

describe('the Okta sync', () => {
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

  it('uses the batch size from the plan', async () => {
    const org = organisation({ users: 410 });
    const { beginSync } = org.activities;
    org.activities.beginSync = async (input) => ({ ...(await beginSync(input)), batch: 150 });
    await run(org, { apps: false, logs: false });
    expect(readOf(org, 'users')).toEqual([
      '0: 0+150',
      '0: 150+50',
      '1: 0+150',
      '1: 150+50',
      '2: 0+10',
    ]);
    expect(org.finished[0]?.lost).toEqual({ users: null, groups: null, assignees: null });
  });

  it('loses only the branch that Okta refuses', async () => {
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
      'apps 30',
      'users 3',
    ]);
  });

  it('reads the first pages before the last one is listed', async () => {
    const org = organisation({ users: 900, apps: 120 });
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

  it('reads every item once, with short and small histories', async () => {
    const org = organisation(
      { users: 4_000, groups: 150, apps: 900, assignees: 30 },
      { historyLimit: 60 },
    );
    const histories = await run(org);
    expect(histories.length).toBeGreaterThan(2);
    expect(Math.max(...histories.map(({ length }) => length))).toBeLessThan(150);
    expect(Math.max(...payloadSizes(histories))).toBeLessThan(4_096);
    expect(readOf(org, 'users')).toEqual(
      Array.from({ length: 20 }, (_, page) => `${page}: 0+200`).toSorted(),
    );
    expect(readOf(org, 'groups')).toEqual(['0: 0+50', '0: 100+50', '0: 50+50']);
    expect(readOf(org, 'apps')).toHaveLength(18);
    const lost = { users: null, groups: null, apps: null, assignees: null, logs: null };
    expect(org.finished).toEqual([{ run: org.finished[0]?.run, lost, failure: null }]);
  }, 30_000);

  it('reads what was listed before a list broke off, and nothing from a list that never began', async () => {
    const org = organisation({ users: 900, apps: 120 });
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

  it('lists to the end even if the items cannot be read', async () => {
    const org = organisation({ users: 900 });
    org.activities.readSyncItems = async () => refusal('forbidden');
    await run(org, { apps: false, logs: false });
    expect(org.asked.filter(({ list }) => list === 'users').map(({ page }) => page)).toEqual([
      0, 2, 4,
    ]);
    expect(org.finished[0]?.lost).toMatchObject({ users: 'forbidden' });
  });
});
