import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { result } from '../../src/client.ts';
import type { StartedWorkflow } from '../../src/client.ts';
import { executions, payloadSizes } from '../support/leaks.ts';
import { mainJob } from '../support/main-job.ts';
import type { MainJob, WorkerProcess } from '../support/main-job.ts';
import { migratedDatabase } from '../support/postgres.ts';

const PATIENCE = { timeout: 30_000, interval: 20 };
const COVERED = [{ type: 'webauthn' }];

describe('long checks, and workers that end meanwhile', () => {
  let job: MainJob;
  let worker: WorkerProcess;
  let stopDatabase: () => Promise<void>;
  let round = 0;

  beforeAll(async () => {
    const database = await migratedDatabase();
    stopDatabase = database.close;
    job = await mainJob(database.databaseUrl, { config: { scan: { max_drop: 1 } } });
    worker = await job.startWorker();
  });
  afterAll(async () => {
    await job.close();
    await job.temporal.close();
    await stopDatabase();
  });

  async function people(count: number): Promise<string[]> {
    round += 1;
    await job.emulators.clearFaults();
    const users = Array.from({ length: count }, (_, index) => ({
      login: `u${index}.${round}@example.com`,
      created: '2020-01-01T00:00:00.000Z',
      factors: COVERED,
    }));
    return (await job.emulators.addUsers(users, { replace: true })).map(({ id }) => id);
  }

  const ended = (started: StartedWorkflow) =>
    result(
      { client: job.temporal.client, address: '', namespace: '', close: async () => {} },
      started,
    );

  /**
   * Starts a run in which reading one user's factors takes this long, and waits until it begins.
   */
  async function slowRun(id: string, ms: number): Promise<StartedWorkflow> {
    const pathPattern = `/users/${id}/factors$`;
    await job.emulators.fault({ vendor: 'okta', pathPattern, kind: 'latency', ms, times: 1 });
    const started = await job.start();
    await vi.waitFor(
      async () => expect((await job.emulators.faults())[0]?.struck).toBe(1),
      PATIENCE,
    );
    return started;
  }

  /** How often the factors of the slow user were requested, with or without a response. */
  const asked = async (): Promise<number | undefined> => (await job.emulators.faults())[0]?.matched;

  /** The attempt numbers at which the activities of a run succeeded, each once. */
  async function triesOf({ workflowId }: StartedWorkflow): Promise<number[]> {
    const { events } = await job.temporal.client.workflow.getHandle(workflowId).fetchHistory();
    const tries = (events ?? []).flatMap(
      (event) => event.activityTaskStartedEventAttributes?.attempt ?? [],
    );
    return [...new Set(tries)].toSorted();
  }

  it('may take longer than the heartbeat timeout', async () => {
    const [slow] = (await people(3)) as [string];
    const started = await slowRun(slow, 13_000);
    await ended(started);
    expect(await job.summary(started.run)).toMatchObject({
      status: 'complete',
      counts: { compliant: 3 },
    });
    expect(await asked()).toBe(1);
  }, 60_000);

  it('finish on a worker that is asked to stop, without a wait for the next worker', async () => {
    const [slow] = (await people(3)) as [string];
    const started = await slowRun(slow, 4_000);
    await worker.stop();
    worker = await job.startWorker();
    await ended(started);
    expect(await asked()).toBe(1);
    expect(await triesOf(started)).toEqual([1]);
  }, 60_000);

  it('continue after kill -9 once the heartbeat is missed', async () => {
    const [slow] = (await people(3)) as [string];
    const started = await slowRun(slow, 60_000);
    await worker.kill();
    worker = await job.startWorker();
    await ended(started);
    expect(await job.summary(started.run)).toMatchObject({
      status: 'complete',
      counts: { compliant: 3 },
    });
    expect(await triesOf(started)).toEqual([1, 2]);
  }, 60_000);

  it('leave only ids and counts of a full page in the history, in small payloads', async () => {
    await people(200);
    const { workflowId } = await job.run();
    const chain = (await executions(job.temporal)).filter((one) => one.workflowId === workflowId);
    expect(chain.flatMap(({ history }) => history.events ?? []).length).toBeGreaterThan(300);
    expect(Math.max(...chain.flatMap(({ history }) => payloadSizes(history)))).toBeLessThan(2_048);
  }, 60_000);
});
