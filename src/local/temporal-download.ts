/**
 * Process entry: lets the Temporal SDK download one of its servers. Arguments: `dev-server` or
 * `time-skipping`, version, folder. It is a separate process because the SDK starts the server it
 * downloaded, and so that a hanging download can be aborted.
 */

import { createRequire } from 'node:module';
import { Runtime } from '@temporalio/worker';

const YEAR_MS = 365 * 24 * 3600 * 1000;
const [type, serverVersion, folder] = process.argv.slice(2);

async function main(): Promise<void> {
  const silent = () => undefined;
  const logger = {
    log: silent,
    trace: silent,
    debug: silent,
    info: silent,
    warn: silent,
    error: silent,
  };
  const { version } = createRequire(import.meta.url)('@temporalio/worker/package.json') as {
    version: string;
  };
  const runtime = Runtime.install({ logger });
  const exe = {
    type: 'cached-download',
    downloadDir: folder ?? null,
    version: serverVersion ?? 'default',
    ttl: YEAR_MS,
    sdkName: 'sdk-typescript',
    sdkVersion: version,
  } as const;
  const server = await runtime.createEphemeralServer(
    type === 'time-skipping'
      ? { type, exe, port: null, extraArgs: [] }
      : {
          type: 'dev-server',
          exe,
          namespace: 'default',
          ip: '127.0.0.1',
          port: null,
          uiPort: null,
          dbFilename: null,
          ui: false,
          log: { format: 'pretty', level: 'error' },
          extraArgs: [],
        },
  );
  await runtime.shutdownEphemeralServer(server);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
