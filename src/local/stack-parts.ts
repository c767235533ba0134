/** Starts the processes of the embedded stack, each until it is ready. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { ConfigError } from '../config/errors.ts';
import { cacheDirectory } from '../config/home.ts';
import { WITHOUT_DOTENV } from '../config/env/env-source.ts';
import { startChild } from './children.ts';
import { holderOf } from './data-dir.ts';
import { stackFiles } from './stack-state.ts';
import { withStorePassword } from './store-password.ts';
import { endProcess, systemEnv } from './processes.ts';
import { findTemporal, startTemporal } from './temporal.ts';
import type { Child } from './children.ts';
import { waitFor } from './wait.ts';
import type { TemporalServer } from './temporal.ts';
import type { Interrupts } from './wait.ts';

type Env = Record<string, string | undefined>;

/** Called for a child as soon as it runs, long before it is ready, so that it is recorded. */
export type OnChild = (child: Child) => void;

/**
 * Far longer than a busy machine needs, so that only a child that will never be ready is given up.
 */
const READY_LIMIT_MS = 15 * 60_000;
const ENDING_LIMIT_MS = 20_000;
const STARTING_REMEDY = 'The machine may be busy; Ctrl-C ends this command.';
const STOP_GRACE_MS = 5_000;
const NODE_ARGS = ['--disable-warning=ExperimentalWarning'];
/**
 * For the worker: a small young generation, and few malloc arenas for its many threads, because
 * each arena keeps the memory that it once used.
 */
const WORKER_ARGS = ['--max-semi-space-size=8'];
const GUARD_ARGS = ['--max-semi-space-size=1'];
const WORKER_ENV = { MALLOC_ARENA_MAX: '2' };
const OTHER_TEMPORAL = /^TEMPORAL_(API_KEY|TLS|PROFILE|CLIENT_|GRPC_META|CODEC)/;

/**
 * An environment for the embedded parts, without the variables that would lead a Temporal client
 * elsewhere. It is complete, so that the parts do not read `.env`.
 */
export function embeddedEnv(env: Env, temporal: { address: string; namespace: string }): Env {
  const kept = Object.entries(env).filter(([name]) => !OTHER_TEMPORAL.test(name));
  return {
    ...Object.fromEntries(kept),
    ...WITHOUT_DOTENV,
    ...overrideFiles({
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      TEMPORAL_CONFIG_FILE: fileURLToPath(new URL('./no-profile.toml', import.meta.url)),
    }),
  };
}

/** Values that take precedence over a NAME_FILE of the same name. */
export function overrideFiles(values: Env): Env {
  const files = Object.keys(values).map((name) => [`${name}_FILE`, undefined]);
  return { ...Object.fromEntries(files), ...values };
}

export interface TemporalPart {
  home: string;
  env: Env;
  ui: boolean;
  searchAttributes: Record<string, string>;
  log: (line: string) => void;
  interrupts?: Interrupts | undefined;
}

/** Starts the development server with its database in the state folder. */
export async function startTemporalPart(
  part: TemporalPart,
  onChild: OnChild,
): Promise<TemporalServer> {
  const { home, env, ui, log, interrupts } = part;
  const found = await findTemporal({ env, cacheDir: cacheDirectory(env), log });
  return await startTemporal({
    path: found.path,
    dbFile: stackFiles(home).temporalDb,
    uiPort: ui ? undefined : null,
    namespace: env.TEMPORAL_NAMESPACE || 'default',
    searchAttributes: part.searchAttributes,
    env,
    logFile: join(stackFiles(home).logs, 'temporal.log'),
    onChild,
    log,
    interrupts,
  });
}

/** A part that is one of our Node processes: its entry and its whole environment. */
export interface NodePart {
  home: string;
  entry: string;
  env: Env;
  /** Takes progress lines while the part is slow to start. */
  log?: (line: string) => void;
  interrupts?: Interrupts | undefined;
}

/** Starts the guard, which is ready at once. */
export async function startGuardPart(
  { home, entry, env }: NodePart,
  onChild: OnChild,
): Promise<void> {
  const args = [...NODE_ARGS, ...GUARD_ARGS, entry, home];
  const outFile = join(stackFiles(home).logs, 'guard.log');
  onChild(
    await startChild({
      command: process.execPath,
      args,
      env: systemEnv(env),
      outFile,
      errFile: outFile,
    }),
  );
}

/** Starts the embedded Postgres and returns its address, the first line that it prints. */
export async function startStorePart(part: NodePart, onChild: OnChild): Promise<string> {
  const dataDir = stackFiles(part.home).postgres;
  await waitUntilFree(dataDir, part);
  const args = [part.entry, dataDir];
  const { databaseUrl } = await startReady(
    { ...part, name: 'store', args, env: systemEnv(part.env) },
    onChild,
  );
  if (typeof databaseUrl !== 'string')
    throw startError('store', 'its first line has no databaseUrl', '');
  return withStorePassword(databaseUrl, dataDir);
}

/** Waits for the end of a store that is still shutting down, such as that of a killed command. */
async function waitUntilFree(
  dataDir: string,
  { log = () => undefined, interrupts }: NodePart,
): Promise<void> {
  const startedAt = performance.now();
  const poll = () =>
    holderOf(dataDir) === null || performance.now() - startedAt > ENDING_LIMIT_MS || null;
  const what = () =>
    `process ${holderOf(dataDir)?.pid ?? ''}, which still serves ${dataDir}, to end`;
  await waitFor(poll, { what, remedy: STARTING_REMEDY, log, interrupts });
}

/**
 * Starts the worker; resolves once it polls. Returns the URL of its metrics, if its first line has
 * one.
 */
export async function startWorkerPart(part: NodePart, onChild: OnChild): Promise<string | null> {
  const args = [...WORKER_ARGS, part.entry];
  const env = { ...WORKER_ENV, ...part.env };
  const { metricsUrl } = await startReady({ ...part, name: 'worker', args, env }, onChild);
  return typeof metricsUrl === 'string' ? metricsUrl : null;
}

interface NodeCommand extends Omit<NodePart, 'entry'> {
  name: 'store' | 'worker';
  args: readonly string[];
}

async function startReady(
  command: NodeCommand,
  onChild: OnChild,
): Promise<Record<string, unknown>> {
  const { logs } = stackFiles(command.home);
  const outFile = join(logs, `${command.name}.out`);
  const errFile = join(logs, `${command.name}.log`);
  const args = [...NODE_ARGS, ...command.args];
  const child = await startChild({
    command: process.execPath,
    args,
    env: command.env,
    outFile,
    errFile,
  });
  onChild(child);
  try {
    return await waitUntilReady(command, child, { outFile, errFile });
  } catch (error) {
    await endProcess(child, STOP_GRACE_MS);
    throw error;
  }
}

/**
 * Waits for the first line of a child and returns it as an object. A slow child is waited for while
 * it runs.
 */
async function waitUntilReady(
  command: NodeCommand,
  child: Child,
  files: { outFile: string; errFile: string },
) {
  const { name, log = () => undefined, interrupts } = command;
  const readStderr = () => lastLines(files.errFile);
  const startedAt = performance.now();
  const poll = async (): Promise<Record<string, unknown> | null> => {
    const running = child.running();
    const line = firstLine(files.outFile);
    if (line !== null) return ready(name, line, readStderr);
    if (!running) throw startError(name, `it ended with ${await child.ended}`, readStderr());
    if (performance.now() - startedAt < READY_LIMIT_MS) return null;
    throw startError(
      name,
      `it was not ready within ${READY_LIMIT_MS / 60_000} minutes`,
      readStderr(),
    );
  };
  const what = () => `the ${name} (process ${child.pid}) to start`;
  return await waitFor(poll, { what, remedy: STARTING_REMEDY, log, interrupts, everyMs: 25 });
}

/**
 * Checks the first line. If it is an arx.error/v1 document, throws that error, because its place
 * and remedy are better than ours.
 */
function ready(name: string, line: string, printed: () => string): Record<string, unknown> {
  const document = parse(line);
  if (document === null)
    throw startError(name, `its first line is not JSON: ${line.slice(0, 200)}`, printed());
  if (document.schema !== 'arx.error/v1') return document;
  throw new ConfigError(
    String(document.code),
    String(document.message),
    String(document.remedy),
    document.where ?? null,
  );
}

function parse(line: string): Record<string, unknown> | null {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null;
  }
}

function startError(name: string, why: string, printed: string): ConfigError {
  return new ConfigError(
    `${name}_start`,
    `the ${name} did not start: ${why}${printed === '' ? '' : `\n${printed}`}`,
    `See ${name}.log in the folder logs of ARX_HOME.`,
  );
}

function firstLine(file: string): string | null {
  const text = readFileSync(file, 'utf8');
  const end = text.indexOf('\n');
  return end < 0 ? null : text.slice(0, end);
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
}
