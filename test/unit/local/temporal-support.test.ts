import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { devServer, timeSkipping } from '../../support/temporal.ts';
import type { NativeConnection } from '@temporalio/worker';
import type { greet, weekLong } from './stand-ins/sleeper.ts';

const workflowsPath = fileURLToPath(new URL('./stand-ins/sleeper.ts', import.meta.url));

function worker(
  connection: NativeConnection,
  namespace: string,
  taskQueue: string,
): Promise<Worker> {
  return Worker.create({ connection, namespace, taskQueue, workflowsPath });
}

test('the development server runs a workflow, is shared within a file, and ends when closed', async () => {
  const server = await devServer();
  expect(await devServer()).toBe(server);
  const taskQueue = server.taskQueue();
  const running = await worker(server.nativeConnection, server.namespace, taskQueue);
  const answer = await running.runUntil(
    server.client.workflow.execute<typeof greet>('greet', { taskQueue, workflowId: taskQueue }),
  );
  expect(answer).toBe('hello');
  await server.close();
});

test('a sleep of seven days is skipped', async () => {
  const server = await timeSkipping();
  const begun = Date.now();
  const running = await worker(server.nativeConnection, server.namespace ?? 'default', 'week');
  const days = await running.runUntil(
    server.client.workflow.execute<typeof weekLong>('weekLong', {
      taskQueue: 'week',
      workflowId: 'week',
    }),
  );
  await server.teardown();
  expect(days).toBe(7);
  expect(Date.now() - begun).toBeLessThan(30_000);
}, 360_000);
