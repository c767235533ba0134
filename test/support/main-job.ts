/**
 * The main job on real parts: dev server, store, emulators and worker, each in a separate process.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { stringify } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import { newWorkflowId, startMfaCheck, result } from '../../src/client.ts';
import type { StartedWorkflow } from '../../src/client.ts';
import type { EmulatorOptions } from '../../emulators/options.ts';
import type { RunSummary } from '../../src/mfa/document.ts';
import { EXIT_WITH_PARENT } from '../../src/parent.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/types.ts';
import type { RunUser } from '../../src/store/run-types.ts';
import type { MfaEnforcementCheckInput } from '../../src/workflows/messages.ts';
import { startEmulatorProcess } from './emulators.ts';
import type { EmulatorProcess } from './emulators.ts';
import { devServer } from './temporal.ts';
import type { DevServer } from './temporal.ts';

export interface WorkerProcess {
  pid: number;
  /** URL of its Prometheus metrics; null if ARX_METRICS_ADDRESS is not set. */
  metricsUrl: string | null;
  /** Everything it wrote to stdout and stderr so far. */
  output(): string;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Overrides of a configuration with waits short enough for tests. */
export type ConfigOverrides = Record<string, unknown>;

export interface MainJobOptions {
  emulator?: EmulatorOptions;
  config?: ConfigOverrides;
  /**
   * Where the job runs; default the development server of this test file. Two simultaneous jobs
   * need one each.
   */
  temporal?: DevServer;
}

export interface MainJob {
  temporal: DevServer;
  emulators: EmulatorProcess;
  store: Store;
  databaseUrl: string;
  env: Record<string, string>;
  /** `extra` overrides the environment of the worker. */
  startWorker(extra?: Record<string, string>): Promise<WorkerProcess>;
  start(input?: MfaEnforcementCheckInput): Promise<StartedWorkflow>;
  /** Runs a check to its end and returns its summary. */
  run(input?: MfaEnforcementCheckInput): Promise<RunSummary>;
  summary(run: string): Promise<RunSummary>;
  users(run: string): Promise<RunUser[]>;
  close(): Promise<void>;
}

const ROOT = resolve(import.meta.dirname, '../..');
/**
 * The arguments of `npm run worker`. Further settings of the image and the embedded stack are in
 * the environment below.
 */
const WORKER_FLAGS = manifest.scripts.worker.split(' ').filter((word) => word.startsWith('--'));

/** Creates the parts over a database; does not start the worker. */
export async function mainJob(
  databaseUrl: string,
  { emulator = {}, config = {}, ...given }: MainJobOptions = {},
): Promise<MainJob> {
  const folder = mkdtempSync(join(tmpdir(), 'arx-job-'));
  const configPath = join(folder, 'arx.yaml');
  writeFileSync(configPath, stringify(configuration(config)));
  const temporal = given.temporal ?? (await devServer());
  const emulators = await startEmulatorProcess({ profile: 'empty', rateLimit: 0, ...emulator });
  const store = await openStore({ databaseUrl });
  await store.migrate();
  const env = {
    ...process.env,
    ...emulators.env,
    DATABASE_URL: databaseUrl,
    ARX_CONFIG: configPath,
    ARX_LOG_LEVEL: 'info',
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
  } as Record<string, string>;
  const workers = new Set<WorkerProcess>();
  const link = {
    client: temporal.client,
    address: temporal.address,
    namespace: temporal.namespace,
    close: async () => {},
  };
  const job: MainJob = {
    temporal,
    emulators,
    store,
    databaseUrl,
    env,
    startWorker: async (extra = {}) => {
      const worker = await startWorkerProcess({ ...env, ...extra }, folder);
      workers.add(worker);
      return worker;
    },
    start: (input = {}) => startMfaCheck(link, input, newWorkflowId(new Date())),
    run: async (input) => {
      const started = await job.start(input);
      await result(link, started);
      return job.summary(started.run);
    },
    summary: async (run) => (await store.runs.get(run))?.summary as unknown as RunSummary,
    users: async (run) => {
      const users: RunUser[] = [];
      for await (const page of store.users.pages(run, 500)) users.push(...page);
      return users;
    },
    close: async () => {
      for (const worker of workers) await worker.stop();
      await emulators.stop();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return job;
}

/** Defaults with short waits, and all shipped policies. */
function configuration(overrides: ConfigOverrides): object {
  return {
    version: 1,
    policies: [join(ROOT, 'policies/*.yaml')],
    quota: { share: 1, reserve: 0, warning_threshold: false },
    ...overrides,
    tickets: { settle: ['1s', '1s'], ...(overrides['tickets'] as object | undefined) },
  };
}

async function startWorkerProcess(
  env: Record<string, string>,
  cwd: string,
): Promise<WorkerProcess> {
  const args = [...WORKER_FLAGS, join(ROOT, 'src/worker.ts'), EXIT_WITH_PARENT];
  const child = spawn(process.execPath, args, {
    env: { MALLOC_ARENA_MAX: '2', ...env },
    cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const written: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => written.push(chunk.toString('utf8')));
  const lines = createInterface({ input: child.stdout });
  const first = await new Promise<string>((resolveLine, reject) => {
    lines.once('line', resolveLine);
    child.once('exit', (code) =>
      reject(new Error(`the worker ended with ${code}: ${written.join('')}`)),
    );
  });
  lines.on('line', (line) => written.push(`${line}\n`));
  const { ready, metricsUrl = null } = JSON.parse(first) as {
    ready?: boolean;
    metricsUrl?: string | null;
  };
  if (!ready) throw new Error(`the worker did not start: ${first}`);
  return {
    pid: child.pid ?? 0,
    metricsUrl,
    output: () => written.join(''),
    kill: () => end(child, 'SIGKILL'),
    stop: () => end(child, 'SIGTERM'),
  };
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((ended) => {
    child.once('exit', () => ended());
    child.kill(signal);
  });
}
