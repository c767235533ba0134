/**
 * Process entry: lets the Temporal SDK fetch its development server into the folder given as first argument.
 * A process of its own because the SDK starts what it fetched, and so that a hanging network can be cut off.
 */
import { createRequire } from 'node:module';
import { Runtime } from '@temporalio/worker';

const YEAR_MS = 365 * 24 * 3600 * 1000;

async function main(): Promise<void> {
  const silent = () => undefined;
  const logger = { log: silent, trace: silent, debug: silent, info: silent, warn: silent, error: silent };
  const { version } = createRequire(import.meta.url)('@temporalio/worker/package.json') as { version: string };
  const runtime = Runtime.install({ logger });
  const server = await runtime.createEphemeralServer({
    type: 'dev-server',
    exe: {
      type: 'cached-download',
      downloadDir: process.argv[2] ?? null,
      version: 'default',
      ttl: YEAR_MS,
      sdkName: 'sdk-typescript',
      sdkVersion: version,
    },
    namespace: 'default',
    ip: '127.0.0.1',
    port: null,
    uiPort: null,
    dbFilename: null,
    ui: false,
    log: { format: 'pretty', level: 'error' },
    extraArgs: [],
  });
  await runtime.shutdownEphemeralServer(server);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
