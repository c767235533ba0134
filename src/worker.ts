/** Composition root of the worker process: configuration → store → connectors → activities → Temporal worker. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities } from './activities/index.ts';
import { originOf } from './audit/checkpoint.ts';
import { auditKey } from './config/audit-key.ts';
import { readEnv, temporalVariables } from './config/env.ts';
import type { ArxEnv } from './config/env.ts';
import { checkSettings } from './config/check-settings.ts';
import { ConfigError } from './config/errors.ts';
import { guardrailsOf } from './config/guardrails.ts';
import { loadConfig } from './config/load.ts';
import { oktaSettings } from './config/credentials.ts';
import { configSchema } from './config/schema.ts';
import type { ArxConfig } from './config/schema.ts';
import { requireJira, requireSlack } from './config/vendors.ts';
import { createConnectors } from './connectors/create.ts';
import { CATALOGUE } from './governance/catalogue.ts';
import { bundleDigest } from './governance/digest.ts';
import { watchCheckpoints } from './store/checkpoint-watch.ts';
import type { CheckpointWatch } from './store/checkpoint-watch.ts';
import { keyHolder } from './store/key-file.ts';
import { openStore } from './store/open.ts';
import type { Store } from './store/types.ts';
import { CallCounter } from './worker/call-counter.ts';
import { serveHealth } from './worker/health.ts';
import { createLog, temporalLogger } from './worker/logging.ts';
import { watchPolicies } from './worker/policy-source.ts';
import { TASK_QUEUE } from './workflows/messages.ts';

const GRACE = '10 seconds';
const now = (): Date => new Date();

interface Loaded {
  config: ArxConfig;
  baseDir: string;
}

/** Configuration by ARX_CONFIG, else ./arx.yaml, else the defaults. */
function configurationOf(env: ArxEnv): Loaded {
  const usual = resolve(env.cwd, 'arx.yaml');
  const path = env.configPath ?? (existsSync(usual) ? usual : null);
  if (path === null) return { config: configSchema.parse({ version: 1 }), baseDir: env.cwd };
  const { config, baseDir } = loadConfig({ path, catalogue: CATALOGUE });
  return { config, baseDir };
}

/** A vendor's settings, or null where none of its variables is set. */
function optionalVendor<T>(env: ArxEnv, names: readonly string[], read: (env: ArxEnv) => T): T | null {
  return names.some((name) => env.source.find(name)) ? read(env) : null;
}

async function openWorkerStore(env: ArxEnv): Promise<Store> {
  if (!env.databaseUrl) {
    const remedy = 'Set DATABASE_URL, or let `arx up` or --local start the worker with the embedded store.';
    throw new ConfigError('missing_variable', 'DATABASE_URL is not set', remedy, { path: 'DATABASE_URL' });
  }
  const store = await openStore({ databaseUrl: env.databaseUrl.reveal() });
  await store.migrate();
  return store;
}

/** What signs the trail; without a usable key the worker works on and says so. */
function checkpointsOf(env: ArxEnv, store: Store, { org, log }: { org: string; log: Logger }): CheckpointWatch {
  const given = (): string | null => auditKey(env)?.reveal() ?? null;
  // A key of the wrong form is told now, and not at the end of the first run.
  given();
  const holder = keyHolder(env.home, given);
  const report = ({ name, message }: Error): void => log.error({ error: name }, `no audit checkpoint: ${message}`);
  return watchCheckpoints({ store, holder, now }, { origin: originOf(org), report });
}

/** Installs the runtime: our logger, and Prometheus metrics where an address is set. Gives the metrics URL. */
function installRuntime(env: ArxEnv, log: Logger): string | null {
  const metrics = env.metricsAddress;
  const bindAddress = metrics && `${metrics.host}:${metrics.port}`;
  Runtime.install({
    logger: temporalLogger(log),
    shutdownSignals: [],
    telemetryOptions: {
      logging: { forward: {}, filter: 'WARN' },
      ...(bindAddress ? { metrics: { prometheus: { bindAddress } } } : {}),
    },
  });
  return bindAddress ? `http://${bindAddress}/metrics` : null;
}

async function main(): Promise<void> {
  const env = readEnv();
  const log = createLog(env.logLevel);
  const { config, baseDir } = configurationOf(env);
  const okta = await oktaSettings({ env, config, baseDir });
  const jira = optionalVendor(env, ['JIRA_URL', 'JIRA_API_TOKEN', 'JIRA_PROJECT_KEY'], requireJira);
  const slack = optionalVendor(env, ['SLACK_BOT_TOKEN', 'SLACK_CHANNEL'], requireSlack);
  const metricsUrl = installRuntime(env, log);
  const opened = await openWorkerStore(env);
  const checkpoints = checkpointsOf(env, opened, { org: okta.host, log });
  const store = { ...opened, journal: checkpoints.journal };
  const options = { patterns: config.policies, baseDir, catalogue: CATALOGUE, digest: bundleDigest };
  const policies = await watchPolicies(options, store.journal, now);
  const counter = new CallCounter(store.calls);
  const connectors = createConnectors({
    okta,
    jira: jira ?? undefined,
    slack: slack ?? undefined,
    journal: store.journal,
    bundle: policies.bundle,
    guardrails: () => guardrailsOf(config),
    now,
    observe: counter.observe,
    quota: {
      share: config.quota.share,
      reserve: config.quota.reserve,
      warningThreshold: config.quota.warning_threshold,
    },
  });
  const activities = createActivities({
    store,
    connectors,
    settings: (snapshot) => checkSettings(snapshot === null ? config : configSchema.parse(snapshot)),
    surroundings: { org: okta.host, jiraProject: jira?.projectKey ?? null, slackChannel: slack?.channel ?? null },
    flushCalls: () => counter.flush(),
    checkpoint: checkpoints.checkpoint,
    now,
    random: Math.random,
  });
  const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: temporalVariables(env) });
  const connection = await NativeConnection.connect(connectionOptions);
  const worker = await Worker.create({
    connection,
    namespace: namespace ?? 'default',
    taskQueue: TASK_QUEUE,
    workflowsPath: fileURLToPath(new URL('./workflows/index.ts', import.meta.url)),
    activities,
    shutdownGraceTime: GRACE,
    // A worker that was killed leaves its workflows on a sticky queue; a short time there shortens the recovery.
    stickyQueueScheduleToStartTimeout: '1 second',
    maxCachedWorkflows: 100,
    maxConcurrentActivityTaskExecutions: 100,
  });
  const health = await serveHealth(env.healthAddress ?? { host: '127.0.0.1', port: 0 }, {
    polling: () => worker.getState() === 'RUNNING',
    store: () => store.ping(),
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop(worker));
  const running = worker.run();
  process.stdout.write(`${JSON.stringify({ ready: true, pid: process.pid, metricsUrl, healthUrl: health.url })}\n`);
  try {
    await running;
  } finally {
    policies.close();
    await counter.close();
    await health.close();
    await connection.close();
    await checkpoints.close();
    await store.close();
  }
}

function stop(worker: Worker): void {
  if (worker.getState() === 'RUNNING') worker.shutdown();
}

main().catch((error: unknown) => {
  const known = error instanceof ConfigError;
  const { code, remedy, where } = known
    ? error
    : { code: 'worker_start', remedy: 'See the log of the worker.', where: null };
  const message = error instanceof Error ? error.message : 'the worker could not start';
  process.stdout.write(`${JSON.stringify({ schema: 'arx.error/v1', code, message, where, remedy })}\n`);
  // Where the fault is in the code, its place helps; a stack holds no data.
  if (!known && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = known ? 2 : 1;
});
