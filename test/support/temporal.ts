/** Real Temporal servers for tests: a development server, and one whose time can be skipped. */
import { randomUUID } from 'node:crypto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { IllegalStateError } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time.js';
import { cacheDirectory } from '../../src/config/home.ts';
import { findTemporal, startTemporal } from '../../src/local/temporal.ts';
import type { TemporalServer } from '../../src/local/temporal.ts';
import { askForServer } from './shared.ts';
import { guardPid, ownChildren } from './children.ts';
import { findTestServer } from './time-skipping-server.ts';
import { Connection } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';

export interface DevServer {
  /** Pid of the server; null if all tests of a run share it. */
  pid: number | null;
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

let current: Promise<DevServer> | null = null;

/**
 * The development server of this test file: a separate namespace on the server that all tests of a
 * run share, or a whole server outside a run. `close()` it in `afterAll`.
 */
export function devServer(): Promise<DevServer> {
  return (current ??= ownNamespace().then((server) => ({
    ...server,
    close: async () => {
      current = null;
      await server.close();
    },
  })));
}

async function ownNamespace(): Promise<DevServer> {
  const shared = await askForServer('temporal');
  if (!shared) return await startDevServer({ dbFile: null });
  const { address } = shared;
  const namespace = `test-${randomUUID()}`;
  await registerNamespace(address, namespace);
  return { pid: null, ...(await connect(address, namespace)) };
}

async function registerNamespace(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    const workflowExecutionRetentionPeriod = msToTs('1 day');
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod,
    });
  } finally {
    await connection.close();
  }
}

/** A separate development server; `dbFile` null keeps its state in memory. */
export async function startDevServer({ dbFile }: { dbFile: string | null }): Promise<DevServer> {
  const server = await startServer(dbFile);
  const connected = await connect(server.address, server.namespace);
  const close = async (): Promise<void> => {
    await connected.close();
    await server.close();
  };
  return { ...connected, pid: server.process.pid, close };
}

/** The server alone, without a connection to it. */
export async function startServer(dbFile: string | null): Promise<TemporalServer> {
  const env = process.env;
  const found = await findTemporal({
    env,
    cacheDir: cacheDirectory(env),
    log: (line) => console.error(line),
  });
  return await startTemporal({
    path: found.path,
    dbFile,
    uiPort: null,
    namespace: `test-${randomUUID()}`,
    env,
  });
}

async function connect(address: string, namespace: string): Promise<Omit<DevServer, 'pid'>> {
  quieten();
  const testEnv = await TestWorkflowEnvironment.createFromExistingServer({ address, namespace });
  const { client, nativeConnection } = testEnv;
  return {
    address,
    namespace,
    client,
    nativeConnection,
    taskQueue: () => `queue-${randomUUID()}`,
    close: () => testEnv.teardown(),
  };
}

/**
 * A server whose time jumps to the next timer while a result is awaited; `teardown()` it in
 * `afterAll`. It has no schedules.
 */
export async function timeSkipping(): Promise<TestWorkflowEnvironment> {
  quieten();
  const path = await findTestServer();
  const server = { executable: { type: 'existing-path', path } } as const;
  const before = new Set(ownChildren());
  const environment = await TestWorkflowEnvironment.createTimeSkipping({ server });
  // The SDK starts it, but ends it only if this process gets that far.
  for (const pid of ownChildren()) if (!before.has(pid)) guardPid(pid);
  return environment;
}

/** Logs errors only, unless the test has installed its own runtime. */
function quieten(): void {
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
  } catch (error) {
    if (!(error instanceof IllegalStateError)) throw error;
  }
}
