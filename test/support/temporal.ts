/** Real Temporal servers for tests: a development server, and one whose time can be skipped. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { IllegalStateError } from '@temporalio/common';
import { withLock } from '../../src/local/lock.ts';
import { cacheDirectory } from '../../src/config/home.ts';
import { findTemporal, startTemporal } from '../../src/local/temporal.ts';
import type { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';

const TEST_SERVER = '1.38.0';
const run = promisify(execFile);

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

/**
 * A server whose time jumps to the next timer while a result is awaited; `teardown()` it in `afterAll`.
 * The SDK's download where that works, else the Java one by way of Maven. It knows no schedules.
 */
export async function timeSkipping(): Promise<TestWorkflowEnvironment> {
  quieten();
  try {
    return await TestWorkflowEnvironment.createTimeSkipping();
  } catch (error) {
    const path = await javaTestServer(error);
    return await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path } },
    });
  }
}

/** Errors only, unless the test has installed a runtime of its own. */
function quieten(): void {
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
  } catch (error) {
    if (!(error instanceof IllegalStateError)) throw error;
  }
}

/** A script that takes the port and becomes the test server; its jars are resolved once into the per-user cache. */
async function javaTestServer(refused: unknown): Promise<string> {
  const home = join(cacheDirectory(process.env), `temporal-test-server-${TEST_SERVER}`);
  const script = join(home, 'run');
  if (existsSync(script)) return script;
  await withLock(`${home}.lock`, async () => {
    if (existsSync(script)) return;
    mkdirSync(cacheDirectory(process.env), { recursive: true });
    const scratch = mkdtempSync(`${home}-`);
    try {
      writeFileSync(join(scratch, 'pom.xml'), POM);
      await need('java', ['-version'], scratch, refused);
      await need('mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=jars'], scratch, refused);
      writeFileSync(join(scratch, 'run'), SCRIPT, { mode: 0o755 });
      renameSync(scratch, home);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
  return script;
}

const SCRIPT = `#!/bin/sh
here=$(dirname "$0")
exec java -XX:TieredStopAtLevel=1 -Xmx512m -cp "$here/jars/*" io.temporal.testserver.TestServer "$@" 2>"$here/last.log"
`;

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>arx</groupId>
  <artifactId>test-server</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${TEST_SERVER}</version>
    </dependency>
  </dependencies>
</project>
`;

async function need(command: string, args: string[], cwd: string, refused: unknown): Promise<void> {
  try {
    await run(command, args, { cwd, timeout: 300_000 });
  } catch (error) {
    const { stdout, message } = error as { stdout?: string; message: string };
    throw new Error(
      `The time-skipping test server could not be had. The SDK's download: ${String(refused).slice(0, 200)}. ` +
        `Maven's artefact io.temporal:temporal-test-server:${TEST_SERVER}: ${command}: ${(stdout || message).slice(0, 500)}. ` +
        'Install a Java runtime and Maven (apt-get install default-jre-headless maven), or give internet access.',
    );
  }
}
