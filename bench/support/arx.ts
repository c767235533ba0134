/** arx for a benchmark: dev server, store, emulators and workers, each in a process of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mainJob } from '../../test/support/main-job.ts';
import type { MainJob, MainJobOptions, WorkerProcess } from '../../test/support/main-job.ts';
import { startDevServer } from '../../test/support/temporal.ts';
import { onMeasured } from './cores.ts';
import type { CoreSplit } from './cores.ts';
import { startStore } from './store-server.ts';
import type { StoreKind, StoreServer } from './store-server.ts';

export interface ArxOptions extends Omit<MainJobOptions, 'temporal'> {
  /** Worker processes that are ready before the benchmark begins. Default 1. */
  workers?: number;
  /**
   * PostgreSQL and Temporal write to the disk as they would in production; else both trade that for
   * speed.
   */
  durable?: boolean;
  /** Default PostgreSQL. */
  store?: StoreKind;
  /**
   * Servers and first workers on cores of their own, the emulators on the others; by default
   * nothing is pinned.
   */
  cores?: CoreSplit | null;
}

/** Everything is up; `workers` are those started at the beginning. */
export interface ArxUnderTest extends MainJob {
  workers: readonly WorkerProcess[];
  /** Of the store's main process; null where TEST_DATABASE_URL names the server. */
  storePid: StoreServer['pid'];
}

/**
 * Runs `use` on an arx that nobody else uses, and takes it down again. The configuration is that of
 * the tests: all of the quota (share 1, reserve 0, no warning threshold), short waits for Jira, the
 * shipped policies.
 */
export async function withArx<Found>(
  {
    workers = 1,
    durable = false,
    store: kind = 'PostgreSQL',
    cores = null,
    ...options
  }: ArxOptions,
  use: (arx: ArxUnderTest) => Promise<Found>,
): Promise<Found> {
  const home = mkdtempSync(join(tmpdir(), 'arx-bench-'));
  const down: (() => unknown)[] = [() => rmSync(home, { recursive: true, force: true })];
  const dbFile = durable ? join(home, 'temporal.db') : null;
  const takeDown = async (): Promise<void> => {
    UP.delete(takeDown);
    for (const stop of down.splice(0)) await stop();
  };
  UP.add(takeDown);
  try {
    const store = await onMeasured(cores, () => startStore({ kind, durable, home }));
    down.unshift(store.stop);
    const temporal = await onMeasured(cores, () => startDevServer({ dbFile }));
    down.unshift(temporal.close);
    const job = await mainJob(store.databaseUrl, { ...options, temporal });
    down.unshift(job.close);
    const started = await onMeasured(cores, () =>
      Promise.all(Array.from({ length: workers }, () => job.startWorker())),
    );
    return await use({ ...job, workers: started, storePid: store.pid });
  } finally {
    await takeDown();
  }
}

const UP = new Set<() => Promise<void>>();

/** Takes down whatever is up; for a process that is told to end. */
export async function takeAllDown(): Promise<void> {
  await Promise.allSettled([...UP].map((takeDown) => takeDown()));
}
