import { freePort } from '../../src/local/ports.ts';
import type { MainJob, WorkerProcess } from '../../test/support/main-job.ts';

/** Starts a worker whose metrics can be read. */
export async function measuredWorker(job: MainJob): Promise<WorkerProcess> {
  return await job.startWorker({ ARX_METRICS_ADDRESS: `127.0.0.1:${await freePort()}` });
}

/**
 * Heartbeats that this worker has sent to the Temporal server since its start, by the SDK's own
 * counter of requests.
 */
export async function heartbeatsOf({ metricsUrl }: WorkerProcess): Promise<number> {
  if (metricsUrl === null) throw new Error('the worker serves no metrics');
  const text = await (await fetch(metricsUrl)).text();
  return text
    .split('\n')
    .filter(
      (line) =>
        /^temporal_request(_total)?\{/.test(line) && line.includes('"RecordActivityTaskHeartbeat"'),
    )
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
