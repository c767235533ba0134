/** Real Temporal servers for tests: a development server, and one whose time can be skipped. */
import { randomUUID } from 'node:crypto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { IllegalStateError } from '@temporalio/common';
import { cacheDirectory } from '../../src/config/home.ts';
import { findTemporal, startTemporal } from '../../src/local/temporal.ts';
import { findTestServer } from './time-skipping-server.ts';
import type { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';

export interface DevServer {
  pid: number;
  /** host:port of the gRPC frontend. */
  address: string;
  namespace: string;
  client: Client;
  /** For `Worker.create`. */
  nativeConnection: NativeConnection;
  /** A task queue that no other test uses. */
  taskQueue(): string;
  close(): Promise<void>;
}

let shared: Promise<DevServer> | null = null;

/** The in-memory development server of this test file: the first call starts it; `close()` it in `afterAll`. */
export function devServer(): Promise<DevServer> {
  return (shared ??= startDevServer({ dbFile: null }).then((server) => ({
    ...server,
    close: async () => {
      shared = null;
      await server.close();
    },
  })));
}

/** A development server of one's own; `dbFile` null keeps its state in memory. */
export async function startDevServer({ dbFile }: { dbFile: string | null }): Promise<DevServer> {
  quieten();
  const env = process.env;
  const found = await findTemporal({ env, cacheDir: cacheDirectory(env), log: (line) => console.error(line) });
  const namespace = `test-${randomUUID()}`;
  const server = await startTemporal({ path: found.path, dbFile, uiPort: null, namespace, env });
  const testEnv = await TestWorkflowEnvironment.createFromExistingServer({ address: server.address, namespace });
  return {
    pid: server.process.pid,
    address: server.address,
    namespace,
    client: testEnv.client,
    nativeConnection: testEnv.nativeConnection,
    taskQueue: () => `queue-${randomUUID()}`,
    close: async () => {
      await testEnv.teardown();
      await server.close();
    },
  };
}

/** A server whose time jumps to the next timer while a result is awaited; `teardown()` it in `afterAll`. It knows no schedules. */
export async function timeSkipping(): Promise<TestWorkflowEnvironment> {
  quieten();
  const path = await findTestServer();
  return await TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } });
}

/** Errors only, unless the test has installed a runtime of its own. */
function quieten(): void {
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
  } catch (error) {
    if (!(error instanceof IllegalStateError)) throw error;
  }
}
