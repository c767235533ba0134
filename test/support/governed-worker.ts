/** Governed operations on a real Temporal server, over a real store and emulated Okta. */
import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { Worker } from '@temporalio/worker';
import { vi } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import type { ActionRecord } from '../../src/store/governance-types.ts';
import { approvalId, GOVERNED_WORKFLOW } from '../../src/workflows/messages.ts';
import type { GovernedOperationInput } from '../../src/workflows/messages.ts';
import { governedJob } from './governed-job.ts';
import { borrowPglite } from './pglite.ts';
import { devServer } from './temporal.ts';

const WORKFLOWS = resolve(import.meta.dirname, '../../src/workflows/index.ts');

export async function governedWorker() {
  const temporal = await devServer();
  const database = await borrowPglite();
  const store = await openStore({ databaseUrl: database.databaseUrl });
  const job = await governedJob(store);
  job.time.now = Date.now();
  const taskQueue = temporal.taskQueue();
  const worker = await Worker.create({
    connection: temporal.nativeConnection,
    namespace: temporal.namespace,
    taskQueue,
    workflowsPath: join(WORKFLOWS),
    activities: job.activities,
  });
  const running = worker.run();
  const { client } = temporal;
  return {
    ...job,
    store,
    temporal,
    databaseUrl: database.databaseUrl,
    start: (input: GovernedOperationInput, workflowId = `op/${randomUUID()}`) =>
      client.workflow.start(GOVERNED_WORKFLOW, { taskQueue, workflowId, args: [input] }),
    /** Resets the workflow to its beginning, as Temporal's UI does; returns the new run. */
    reset: async (workflowId: string) => {
      const { workflowExecution } = await client.workflow
        .getHandle(workflowId)
        .describe()
        .then(({ raw }) => ({ workflowExecution: raw.workflowExecutionInfo?.execution }));
      const { runId } = await client.workflowService.resetWorkflowExecution({
        namespace: temporal.namespace,
        workflowExecution,
        reason: 'test',
        workflowTaskFinishEventId: 4 as never,
        requestId: randomUUID(),
      });
      return client.workflow.getHandle(workflowId, runId);
    },
    /** The request of a workflow, once it waits for approval. */
    pending: (workflowId: string): Promise<ActionRecord> =>
      vi.waitFor(
        async () => {
          const found = (await store.requests.list({ states: ['pending'], limit: 50 })).find(
            (record) => record.workflowId === workflowId,
          );
          await client.workflow.getHandle(approvalId(`${found?.requestId}`)).describe();
          return found as ActionRecord;
        },
        { timeout: 20_000, interval: 50 },
      ),
    close: async () => {
      worker.shutdown();
      await running;
      await job.close();
      await store.close();
      await database.close();
      await temporal.close();
    },
  };
}
