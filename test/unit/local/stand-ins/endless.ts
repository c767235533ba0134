import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { startTime } from '../../../../src/local/processes.ts';
import { CommandLine } from '../../../support/command-line.ts';
import { mainJob } from '../../../support/main-job.ts';
import { startPostgres } from '../../../support/postgres.ts';
import { startServerProcess } from '../../../support/server-process.ts';
import { timeSkipping } from '../../../support/temporal.ts';

test('starts a process of every kind, reports so, and does not end', async () => {
  const { ARX_TEST_STARTED: file = '' } = process.env;
  const folder = dirname(file);
  const [postgres, skipping] = await Promise.all([startPostgres(), timeSkipping()]);
  const job = await mainJob((await postgres.create()).databaseUrl);
  const [worker, server] = await Promise.all([
    job.startWorker(),
    startServerProcess({ ...job.env, ARX_HOME: folder }, folder),
  ]);
  const emulate = new CommandLine(folder, {}).start(['emulate', '--users', '20', '--port', '0']);
  await emulate.prints(/arx.emulate\/v1/);
  const pids = [
    postgres.pid,
    worker.pid,
    server.pid,
    job.emulators.pid,
    job.temporal.pid,
    emulate.child.pid,
  ];
  const named = pids.flatMap((pid) => (pid ? [{ pid, started: startTime(pid) ?? '' }] : []));
  writeFileSync(file, JSON.stringify({ fork: process.pid, named }));
  await new Promise(() => undefined);
  expect(skipping).toBeUndefined();
});
