/** Starts and replaces the parts of a stack; each step is recorded before it is waited for. */

import { join } from 'node:path';
import { endProcess, isAlive } from './processes.ts';
import { GRACE_MS, endAll } from './stack-end.ts';
import {
  embeddedEnv,
  overrideFiles,
  startGuardPart,
  startStorePart,
  startTemporalPart,
  startWorkerPart,
} from './stack-parts.ts';
import { fingerprintOf, writeState } from './stack-state.ts';
import type { Part, StackState } from './stack-state.ts';
import type { Child } from './children.ts';
import type { ProcessId } from './processes.ts';
import type { Interrupts } from './wait.ts';

export interface StackOptions {
  /** State folder (ARX_HOME); created if missing. */
  home: string;
  /**
   * Digest of the vendors' origins and credentials: commands with different digests cannot share a
   * worker.
   */
  vendorsFingerprint: string;
  /**
   * The whole environment, with `NAME_FILE` variables resolved: for the worker, for finding
   * Temporal, and for TEMPORAL_ADDRESS and DATABASE_URL, each of which replaces an embedded part.
   */
  env: Record<string, string | undefined>;
  /** arx.yaml of the worker; null for the default one. */
  configPath: string | null;
  /** Whether to serve the Temporal UI. */
  ui: boolean;
  log: (line: string) => void;
  /** Takes lines that repeat with each command; `log` if absent. */
  remark?: (line: string) => void;
  /** Search attributes to register, name → type. */
  searchAttributes?: Record<string, string>;
  /**
   * False if the caller handles SIGINT, SIGTERM and SIGHUP; by default they close the stack and end
   * the process.
   */
  handleSignals?: boolean;
  /**
   * Checks every second: restarts a worker or guard that has died, and reports when the stack is
   * over.
   */
  superviseWorker?: boolean;
  /**
   * How the user interrupts a wait for a slow stack; by default signals have their usual effect.
   */
  interrupts?: Interrupts;
  /** Process entries, for tests. */
  entries?: { worker?: string; store?: string };
}

/** Digest of everything that two commands must have in common to share a stack. */
export function stackFingerprint({ vendorsFingerprint, env }: StackOptions): string {
  return fingerprintOf([
    vendorsFingerprint,
    env.TEMPORAL_ADDRESS,
    env.TEMPORAL_NAMESPACE,
    env.DATABASE_URL,
  ]);
}

export function databaseUrlOf({ env }: StackOptions, state: StackState): string {
  return env.DATABASE_URL || state.databaseUrl || '';
}

/** Starts all parts; on failure, ends those that were started. */
export async function startAll(options: StackOptions): Promise<StackState> {
  const { home, env } = options;
  const state: StackState = {
    fingerprint: stackFingerprint(options),
    complete: false,
    kept: false,
    temporal: {
      address: env.TEMPORAL_ADDRESS || '',
      namespace: env.TEMPORAL_NAMESPACE || 'default',
      uiUrl: null,
    },
    databaseUrl: null,
    workerMetricsUrl: null,
    processes: {},
  };
  const recorder = new Recorder(home, state);
  try {
    await waitForAll([
      startGuard(options, recorder),
      startTemporal(options, state, recorder),
      startStore(options, state, recorder),
    ]);
    await startWorker(options, state, recorder);
    state.complete = true;
    writeState(home, state);
    recorder.release();
    return state;
  } catch (error) {
    await endAll(home, state);
    throw error;
  }
}

/** Starts a new worker for a running stack and records it; a live one is ended first. */
export async function replaceWorker(options: StackOptions, state: StackState): Promise<void> {
  if (state.processes.worker !== undefined)
    await endProcess(state.processes.worker, GRACE_MS.worker);
  await replaceGone(options, state);
}

/** Restarts the worker and the guard of a running stack, if they have ended. */
export async function replaceGone(options: StackOptions, state: StackState): Promise<void> {
  if (!isMissing(state)) return;
  const { worker, guard } = state.processes;
  const recorder = new Recorder(options.home, state);
  const logRestart = (what: string, id: ProcessId | undefined) =>
    options.log(`the ${what} (process ${id?.pid ?? 'none'}) has ended; starting another`);
  try {
    if (!isRunning(guard)) {
      logRestart('guard', guard);
      await startGuard(options, recorder);
    }
    if (!isRunning(worker)) {
      logRestart('worker', worker);
      await startWorker(options, state, recorder);
    }
    writeState(options.home, state);
  } finally {
    recorder.release();
  }
}

/** Whether the worker or the guard has ended: parts that a stack can lose and get back. */
export const isMissing = ({ processes }: StackState): boolean =>
  !isRunning(processes.worker) || !isRunning(processes.guard);

const isRunning = (id: ProcessId | undefined): boolean => id !== undefined && isAlive(id);

/** Records each child as soon as it runs; until released, the children end with this process. */
class Recorder {
  readonly #home: string;
  readonly #state: StackState;
  readonly #children: Child[] = [];
  constructor(home: string, state: StackState) {
    this.#home = home;
    this.#state = state;
  }
  as(part: Part): (child: Child) => void {
    return (child) => {
      this.#children.push(child);
      this.#state.processes[part] = { pid: child.pid, started: child.started };
      writeState(this.#home, this.#state);
    };
  }
  release(): void {
    for (const child of this.#children) child.release();
  }
}

/**
 * The guard is released at once: if this process is killed while it starts the other parts, the
 * guard ends them.
 */
async function startGuard({ home, env, log }: StackOptions, recorder: Recorder): Promise<void> {
  const record = recorder.as('guard');
  await startGuardPart(
    { home, entry: join(import.meta.dirname, 'stack-guard.ts'), env, log },
    (child) => {
      record(child);
      child.release();
    },
  );
}

async function startTemporal(
  options: StackOptions,
  state: StackState,
  recorder: Recorder,
): Promise<void> {
  if (state.temporal.address !== '') return;
  const { home, env, ui, log, interrupts, searchAttributes = {} } = options;
  const server = await startTemporalPart(
    { home, env, ui, log, interrupts, searchAttributes },
    recorder.as('temporal'),
  );
  const { address, namespace, uiUrl, executable } = server;
  state.temporal = { address, namespace, uiUrl, executable };
}

async function startStore(
  options: StackOptions,
  state: StackState,
  recorder: Recorder,
): Promise<void> {
  const { home, env, log, interrupts, entries } = options;
  if (env.DATABASE_URL) return;
  const entry = entries?.store ?? join(import.meta.dirname, 'store-process.ts');
  state.databaseUrl = await startStorePart(
    { home, entry, env, log, interrupts },
    recorder.as('store'),
  );
}

async function startWorker(
  options: StackOptions,
  state: StackState,
  recorder: Recorder,
): Promise<void> {
  const { home, env, log, interrupts, configPath, entries } = options;
  const entry = entries?.worker ?? join(import.meta.dirname, '..', 'worker.ts');
  const reached = state.processes.temporal === undefined ? env : embeddedEnv(env, state.temporal);
  const workerEnv = {
    ...reached,
    ...overrideFiles({ DATABASE_URL: databaseUrlOf(options, state), ARX_HOME: home }),
    ...(configPath === null ? {} : overrideFiles({ ARX_CONFIG: configPath })),
  };
  const part = { home, entry, env: workerEnv, log, interrupts };
  state.workerMetricsUrl = await startWorkerPart(part, recorder.as('worker'));
}

/**
 * Waits for all parts, then throws the first failure, so that no part is still starting when the
 * stack is cleared away.
 */
async function waitForAll(started: Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(started);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
