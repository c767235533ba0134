/** Starting and ending the parts of a stack, each step on record before it is waited for. */
import { join } from 'node:path';
import { endProcess } from './processes.ts';
import { embeddedEnv, plain, startStorePart, startTemporalPart, startWorkerPart } from './stack-parts.ts';
import { ENDING_ORDER, fingerprintOf, removeState, writeState } from './stack-state.ts';
import type { Part, StackState } from './stack-state.ts';
import type { Child } from './processes.ts';

export interface StackOptions {
  /** State folder (ARX_HOME); made where it is missing. */
  home: string;
  /** Digest of the vendors' origins and credentials: commands that differ in it cannot share a worker. */
  vendorsFingerprint: string;
  /**
   * The whole environment, `NAME_FILE` variables resolved: for the worker, for finding Temporal, and for
   * TEMPORAL_ADDRESS and DATABASE_URL, each of which takes the place of an embedded part.
   */
  env: Record<string, string | undefined>;
  /** arx.yaml of the worker, null for the default one. */
  configPath: string | null;
  /** Whether to serve the Temporal UI. */
  ui: boolean;
  log: (line: string) => void;
  /** Search attributes to register, name → type. */
  searchAttributes?: Record<string, string>;
  /** False where the caller sees to SIGINT, SIGTERM and SIGHUP; by default they close the stack and end the process. */
  handleSignals?: boolean;
  /** Starts a worker that died again; looked at every second. */
  superviseWorker?: boolean;
  /** Process entries, for tests. */
  entries?: { worker?: string; store?: string };
}

/** How long each part may take after SIGTERM before SIGKILL follows. */
export const GRACE_MS = { worker: 20_000, temporal: 8_000, store: 10_000 } satisfies Record<Part, number>;

/** What two commands must have in common to share a stack. */
export function stackFingerprint({ vendorsFingerprint, env }: StackOptions): string {
  return fingerprintOf([vendorsFingerprint, env.TEMPORAL_ADDRESS, env.TEMPORAL_NAMESPACE, env.DATABASE_URL]);
}

export function databaseUrlOf({ env }: StackOptions, state: StackState): string {
  return env.DATABASE_URL || state.databaseUrl || '';
}

/** Starts all parts; on failure whatever came up is ended again. */
export async function startAll(options: StackOptions): Promise<StackState> {
  const { home, env } = options;
  const state: StackState = {
    fingerprint: stackFingerprint(options),
    complete: false,
    kept: false,
    temporal: { address: env.TEMPORAL_ADDRESS || '', namespace: env.TEMPORAL_NAMESPACE || 'default', uiUrl: null },
    databaseUrl: null,
    workerMetricsUrl: null,
    processes: {},
  };
  const recorder = new Recorder(home, state);
  try {
    await allOf([startTemporal(options, state, recorder), startStore(options, state, recorder)]);
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

/** Starts a worker for a stack that runs, and records it. */
export async function replaceWorker(options: StackOptions, state: StackState): Promise<void> {
  if (state.processes.worker !== undefined) await endProcess(state.processes.worker, GRACE_MS.worker);
  const recorder = new Recorder(options.home, state);
  await startWorker(options, state, recorder);
  writeState(options.home, state);
  recorder.release();
}

/** Ends what is on record, in order, and forgets the stack. */
export async function endAll(home: string, state: StackState): Promise<void> {
  for (const part of ENDING_ORDER) {
    const recorded = state.processes[part];
    if (recorded !== undefined) await endProcess(recorded, GRACE_MS[part]);
  }
  removeState(home);
}

/** Puts each child on record as soon as it runs; until released they end with this process. */
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

async function startTemporal(options: StackOptions, state: StackState, recorder: Recorder): Promise<void> {
  if (state.temporal.address !== '') return;
  const { home, env, ui, log, searchAttributes = {} } = options;
  const server = await startTemporalPart({ home, env, ui, log, searchAttributes }, recorder.as('temporal'));
  state.temporal = { address: server.address, namespace: server.namespace, uiUrl: server.uiUrl };
}

async function startStore({ home, env, entries }: StackOptions, state: StackState, recorder: Recorder): Promise<void> {
  if (env.DATABASE_URL) return;
  const entry = entries?.store ?? join(import.meta.dirname, 'store-process.ts');
  state.databaseUrl = await startStorePart({ home, entry, env }, recorder.as('store'));
}

async function startWorker(options: StackOptions, state: StackState, recorder: Recorder): Promise<void> {
  const { home, env, configPath, entries } = options;
  const entry = entries?.worker ?? join(import.meta.dirname, '..', 'worker.ts');
  const reached = state.processes.temporal === undefined ? env : embeddedEnv(env, state.temporal);
  const workerEnv = {
    ...reached,
    ...plain({ DATABASE_URL: databaseUrlOf(options, state), ARX_HOME: home }),
    ...(configPath === null ? {} : plain({ ARX_CONFIG: configPath })),
  };
  state.workerMetricsUrl = await startWorkerPart({ home, entry, env: workerEnv }, recorder.as('worker'));
}

/** Waits for all, then throws the first failure: nothing is still starting when it is cleared away. */
async function allOf(started: Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(started);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
