/** arx for a benchmark: dev server, PostgreSQL, emulators and workers, each in a process of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mainJob } from '../../test/support/main-job.ts';
import type { MainJob, MainJobOptions, WorkerProcess } from '../../test/support/main-job.ts';
import { startPostgres } from '../../test/support/postgres.ts';
import type { PostgresServer } from '../../test/support/postgres.ts';
import { startDevServer } from '../../test/support/temporal.ts';

export interface ArxOptions extends Omit<MainJobOptions, 'temporal'> {
  /** Worker processes that are ready before the benchmark begins. Default 1. */
  workers?: number;
  /** PostgreSQL and Temporal write to the disk as they would in production; else both trade that for speed. */
  durable?: boolean;
}

/** Everything is up; `workers` are those started at the beginning. */
export interface ArxUnderTest extends MainJob {
  workers: readonly WorkerProcess[];
  postgres: PostgresServer;
}

/**
 * Runs `use` on an arx that nobody else uses, and takes it down again. The configuration is that of the tests: all of
 * the quota (share 1, reserve 0, no warning threshold), short waits for Jira, the shipped policies.
 */
export async function withArx<Found>(
  { workers = 1, durable = false, ...options }: ArxOptions,
  use: (arx: ArxUnderTest) => Promise<Found>,
): Promise<Found> {
  const folder = mkdtempSync(join(tmpdir(), 'arx-bench-'));
  const down: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const postgres = await startPostgres({ durable });
    down.unshift(postgres.stop);
    const database = await postgres.create();
    down.unshift(database.close);
    const temporal = await startDevServer({ dbFile: durable ? join(folder, 'temporal.db') : null });
    down.unshift(temporal.close);
    const job = await mainJob(database.databaseUrl, { ...options, temporal });
    down.unshift(job.close);
    const started = await Promise.all(Array.from({ length: workers }, () => job.startWorker()));
    return await use({ ...job, workers: started, postgres });
  } finally {
    for (const stop of down) await stop();
  }
}
