/**
 * Process entry and composition root of the worker: configuration → store → connectors → activities
 * → Temporal worker.
 */
import './config/compile-cache.ts';
import { flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { ensureSearchAttributes } from './client/search-attributes.ts';
import { readEnv, temporalVariables } from './config/env/env.ts';
import type { ArxEnv } from './config/env/env.ts';
import { ConfigError } from './config/errors.ts';
import { loadSdk } from './connectors/okta/client.ts';
import { cacheDirectory } from './config/home.ts';
import { loadServiceConfig } from './config/yaml/service-config.ts';
import { CATALOGUE } from './governance/catalogue.ts';
import { EXIT_WITH_PARENT, endWithParent } from './parent.ts';
import { workflowBundle } from './worker/bundle.ts';
import { QUOTA_WAIT, QUOTA_WAIT_BOUNDS } from './worker/counters.ts';
import { serveHealth } from './worker/health.ts';
import { createLog, temporalLogger } from './worker/logging.ts';
import { TASK_QUEUE } from './workflows/messages.ts';
import { compose } from './worker/compose.ts';

/**
 * Trades a little speed for memory: the heap may hold a fifth of garbage instead of three quarters,
 * and the young generation of the workflow thread stays small. That of this thread is set by an
 * argument of node (`--max-semi-space-size`). See docs/decisions/0023.
 */
const HEAP_FLAGS = ['--heap-growing-percent=20', '--max-semi-space-size=8'];

const BOUNDS = { [QUOTA_WAIT]: QUOTA_WAIT_BOUNDS };
const GRACE = '10 seconds';

/**
 * Installs the runtime with our logger and, if an address is set, Prometheus metrics. Returns the
 * URL of the metrics.
 */
function installRuntime(env: ArxEnv, log: Logger): string | null {
  const metrics = env.metricsAddress;
  const bindAddress = metrics && `${metrics.host}:${metrics.port}`;
  Runtime.install({
    logger: temporalLogger(log),
    shutdownSignals: [],
    telemetryOptions: {
      logging: { forward: {}, filter: 'WARN' },
      ...(bindAddress
        ? { metrics: { prometheus: { bindAddress, histogramBucketOverrides: BOUNDS } } }
        : {}),
    },
  });
  return bindAddress ? `http://${bindAddress}/metrics` : null;
}

async function main(): Promise<void> {
  if (process.argv.includes(EXIT_WITH_PARENT)) endWithParent();
  for (const flag of HEAP_FLAGS) setFlagsFromString(flag);
  const env = readEnv();
  const log = createLog(env.logLevel);
  const usual = loadServiceConfig(env, CATALOGUE);
  const metricsUrl = installRuntime(env, log);
  let isSearchable = false;
  const meter = Runtime.instance().metricMeter;
  const parts = await compose({ env, ...usual, log, meter, searchable: () => isSearchable });
  const { connectionOptions, namespace } = loadClientConnectConfig({
    overrideEnvVars: temporalVariables(env),
  });
  const connection = await NativeConnection.connect(connectionOptions);
  const namespaceName = namespace ?? 'default';
  isSearchable = await ensureSearchAttributes(connection, namespaceName);
  const worker = await Worker.create({
    connection,
    namespace: namespaceName,
    taskQueue: TASK_QUEUE,
    workflowBundle: await workflowBundle(cacheDirectory(), log),
    activities: parts.activities,
    shutdownGraceTime: GRACE,
    // A killed worker leaves its workflows on a sticky queue; a short timeout there speeds up
    // recovery.
    stickyQueueScheduleToStartTimeout: '1 second',
    maxCachedWorkflows: 100,
    maxConcurrentActivityTaskExecutions: 100,
  });
  const health = await serveHealth(env.healthAddress ?? { host: '127.0.0.1', port: 0 }, {
    polling: () => worker.getState() === 'RUNNING',
    store: parts.ping,
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop(worker));
  const running = worker.run();
  process.stdout.write(
    `${JSON.stringify({ ready: true, pid: process.pid, metricsUrl, healthUrl: health.url })}\n`,
  );
  // Here rather than at the end, which a killed worker does not reach.
  flushCompileCache();
  // Loads while the first task is on its way; a failure shows up in the first call.
  void loadSdk().catch(() => undefined);
  try {
    await running;
  } finally {
    await health.close();
    await connection.close();
    await parts.close();
  }
}

function stop(worker: Worker): void {
  if (worker.getState() === 'RUNNING') worker.shutdown();
}

main().catch((error: unknown) => {
  const isConfigError = error instanceof ConfigError;
  const { code, remedy, where } = isConfigError
    ? error
    : {
        code: 'worker_start',
        remedy: 'See the lines before this one: they are the log of the worker.',
        where: null,
      };
  const message = error instanceof Error ? error.message : 'the worker could not start';
  process.stdout.write(
    `${JSON.stringify({ schema: 'arx.error/v1', code, message, where, remedy })}\n`,
  );
  // For errors in the code the position helps, and a stack contains no data.
  if (!isConfigError && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = isConfigError ? 2 : 1;
});
