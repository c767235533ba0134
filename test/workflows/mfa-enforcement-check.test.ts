import { fileURLToPath } from 'node:url';
import { randomUUID } from 'node:crypto';
import { defaultPayloadConverter } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MfaActivities, PageSlice, RunPlan } from '../../src/activities/mfa/types.ts';
import { ensureSearchAttributes } from '../../src/client/search-attributes.ts';
import { AUTO_BATCH, HISTORY_LIMIT } from '../../src/mfa/scan-plan.ts';
import type { mfaEnforcementCheck } from '../../src/workflows/index.ts';
import type { ResumeState } from '../../src/workflows/support/state.ts';
import { executions, payloadSizes } from '../support/leaks.ts';
import { devServer } from '../support/temporal.ts';
import type { DevServer } from '../support/temporal.ts';

const PAGE = 200;
const COMPLETED = 'activityTaskCompletedEventAttributes';
const SCHEDULED = 'activityTaskScheduledEventAttributes';

/** A run that has listed all users and still has to check the last pages. */
const LISTED: ResumeState = {
  phase: 'scan',
  sizes: [],
  source: 1,
  sourceStart: 0,
  listingLost: null,
  scanAt: { page: 470, from: 0 },
  checked: 0,
  after: null,
  ticketsDone: 0,
  ticketsLost: null,
};

/** An organisation of `users` covered users; records the inputs of the activities. */
function organisation(users: number, plan: Partial<RunPlan>) {
  const slices: PageSlice[] = [];
  const flight = { now: 0, most: 0 };
  const activities: MfaActivities = {
    beginRun: async ({ run }) => ({
      run,
      dryRun: true,
      sources: 1,
      window: 4,
      batch: 'auto',
      autoBatch: AUTO_BATCH,
      historyLimit: HISTORY_LIMIT,
      delta: null,
      tickets: 'none',
      ...plan,
    }),
    listPage: async ({ page, most }) => {
      const pages = Math.min(most, Math.ceil(users / PAGE) - page);
      const sizes = Array.from({ length: pages }, (_, at) =>
        Math.min(PAGE, users - (page + at) * PAGE),
      );
      return { sizes, more: (page + pages) * PAGE < users };
    },
    readChanges: async () => ({ mode: 'delta' }),
    checkUsers: async (slice) => {
      slices.push(slice);
      flight.now += 1;
      flight.most = Math.max(flight.most, flight.now);
      await new Promise(setImmediate);
      flight.now -= 1;
      return { checked: slice.count };
    },
    giveUpChecking: async () => ({ checked: 0 }),
    findings: async () => ({ ids: [] }),
    ensureTicket: async () => ({ action: 'kept', code: null }),
    ensureBulkTicket: async () => ({ action: 'kept', code: null }),
    conclude: async () => ({ status: 'complete', reasons: [] }),
    closable: async () => ({ subjects: [] }),
    closeTicket: async () => ({ action: 'kept', code: null }),
    sweepDuplicates: async () => ({ duplicates: 0 }),
    postSummary: async () => ({ posted: false }),
    finishRun: async ({ run, status, reasons }) => ({
      run,
      status,
      enumerated: users,
      nonCompliant: 0,
      reasons,
      coverage: { low: 0.9, high: 1 },
    }),
  };
  return { activities, slices, flight };
}

describe('the MFA check at scale', () => {
  let server: DevServer;
  beforeAll(async () => {
    server = await devServer();
  });
  afterAll(() => server.close());

  /**
   * Runs the check over an organisation; returns the recorded inputs and the histories of the
   * chain.
   */
  async function run(users: number, plan: Partial<RunPlan> = {}, resume?: ResumeState) {
    const { activities, slices, flight } = organisation(users, plan);
    const taskQueue = server.taskQueue();
    const worker = await Worker.create({
      connection: server.nativeConnection,
      namespace: server.namespace,
      taskQueue,
      workflowsPath: fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url)),
      activities,
    });
    const workflowId = `scale-${randomUUID()}`;
    await worker.runUntil(
      server.client.workflow.execute<typeof mfaEnforcementCheck>('mfaEnforcementCheck', {
        taskQueue,
        workflowId,
        args: [resume ? { resume } : {}],
      }),
    );
    const chain = (await executions(server)).filter((one) => one.workflowId === workflowId);
    const events = chain.map(({ history }) => history.events ?? []);
    return { slices, flight, workflowId, events };
  }

  it('keeps payloads small at 100,000 users, and uses few history events per batch', async () => {
    const pages = 500;
    const { slices, events } = await run(
      pages * PAGE,
      {},
      { ...LISTED, sizes: Array<number>(pages).fill(PAGE) },
    );
    expect(new Set(slices.map(({ count }) => count))).toEqual(new Set([200]));
    expect(slices).toHaveLength(pages - LISTED.scanAt.page);
    // The sizes of 500 pages are carried along. The server accepts 2 MB, but history is billed by
    // the byte.
    expect(Math.max(...payloadSizes(events))).toBeLessThan(4_096);
    expect(events.flat().length / (slices.length * 200)).toBeLessThan(0.1);
  }, 60_000);

  it('checks a few thousand users in one execution, 25 per activity', async () => {
    const { slices, events } = await run(2_000);
    expect(new Set(slices.map(({ count }) => count))).toEqual(new Set([25]));
    expect(slices).toHaveLength(80);
    expect(events).toHaveLength(1);
  });

  it('checks one user per activity up to 200', async () => {
    const { slices } = await run(200);
    expect(new Set(slices.map(({ count }) => count))).toEqual(new Set([1]));
    expect(new Set(slices.map(({ page, from }) => `${page}/${from}`)).size).toBe(200);
    expect(slices).toHaveLength(200);
  });

  it('checks each user once in a small window, and continues as new before a history grows long', async () => {
    const { slices, flight, events } = await run(500, { window: 3, batch: 1 });
    expect(new Set(slices.map(({ page, from }) => `${page}/${from}`)).size).toBe(500);
    expect(slices).toHaveLength(500);
    expect(flight.most).toBeLessThanOrEqual(3);
    expect(Math.max(...events.map(mostPending))).toBeLessThanOrEqual(3);
    expect(events.length).toBeGreaterThan(1);
    expect(Math.max(...events.map(({ length }) => length))).toBeLessThan(1_550);
    expect(Math.max(...payloadSizes(events))).toBeLessThan(2_048);
  }, 60_000);

  it('says in Temporal what each activity does, and can be found by status, scope and coverage', async () => {
    const { connection } = server.client;
    expect(await ensureSearchAttributes(connection, server.namespace)).toBe(true);
    const { workflowId, events } = await run(30, { search: { scope: 'groups' } });
    const summaries = events
      .flat()
      .filter((event) => event[SCHEDULED])
      .map(({ userMetadata }) => defaultPayloadConverter.fromPayload(userMetadata!.summary!));
    expect(summaries).toContain('freezes settings and scope, and checks the policies');
    expect(summaries).toContain('reads factors: page 1, users 30 to 30');
    const { searchAttributes } = await server.client.workflow.getHandle(workflowId).describe();
    expect(searchAttributes).toMatchObject({
      ArxStatus: ['complete'],
      ArxScope: ['groups'],
      ArxCoverage: [0.9],
    });
  });

  it('uses the batch size from arx.yaml', async () => {
    const { slices } = await run(30, { batch: 7 });
    expect(slices.map(({ count }) => count).toSorted()).toEqual([2, 7, 7, 7, 7]);
  });

  it('starts no child workflow, which would end with its parent', async () => {
    const { events } = await run(3);
    expect(
      events.flat().filter((event) => event.startChildWorkflowExecutionInitiatedEventAttributes),
    ).toEqual([]);
  });
});

/** The largest number of activities pending at the same time. */
function mostPending(
  events: Awaited<ReturnType<typeof executions>>[number]['history']['events'],
): number {
  let pending = 0;
  let most = 0;
  for (const event of events ?? []) {
    if (event[SCHEDULED]) pending += 1;
    if (event[COMPLETED]) pending -= 1;
    most = Math.max(most, pending);
  }
  return most;
}
