/**
 * Process entry and composition root of the server: configuration → store, Temporal, connectors →
 * routes → HTTP.
 */
import './config/compile-cache.ts';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { connect } from './client.ts';
import type { ListenAddress } from './config/env/address.ts';
import { readEnv, temporalVariables } from './config/env/env.ts';
import type { ArxEnv } from './config/env/env.ts';
import { ConfigError } from './config/errors.ts';
import { loadServiceConfig } from './config/yaml/service-config.ts';
import { CATALOGUE } from './governance/catalogue.ts';
import { EXIT_WITH_PARENT, endWithParent } from './parent.ts';
import { openConfiguredSink, sinkReporter } from './services/audit/sink.ts';
import { openStore } from './store/open.ts';
import type { Store } from './store/types.ts';
import { createApp } from './server/app.ts';
import { Background } from './server/background.ts';
import { compose } from './server/compose.ts';
import { createHttpServer } from './server/http-server.ts';

/** How long a stop waits for requests and for the work after their answers. */
const GRACE_MS = 20_000;

async function main(): Promise<void> {
  if (process.argv.includes(EXIT_WITH_PARENT)) endWithParent();
  const env = readEnv();
  const log = pino(
    { level: env.logLevel, base: { service: 'arx-server' } },
    pino.destination({ dest: 2, sync: true }),
  );
  const usual = loadServiceConfig(env, CATALOGUE);
  const store = await openServerStore(env);
  const sink = await openConfiguredSink(store, { env, ...usual, report: sinkReporter(log) });
  if (sink) store.journal = sink.journal;
  const link = await connect({ env: temporalVariables(env) });
  const background = new Background();
  const app = createApp(await compose({ ...usual, env, store, link, log }), background);
  const server = createHttpServer(app.fetch);
  const url = await listen(server, env.serverAddress);
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  process.stdout.write(`${JSON.stringify({ ready: true, url, pid: process.pid })}\n`);
  await stopped;
  setTimeout(() => process.exit(1), GRACE_MS).unref();
  background.stop();
  await close(server);
  await background.waitForAll();
  await sink?.close();
  await Promise.allSettled([link.close(), store.close()]);
}

async function openServerStore(env: ArxEnv): Promise<Store> {
  if (env.databaseUrl === null) {
    const remedy = 'Set DATABASE_URL to the PostgreSQL database of your worker.';
    throw new ConfigError('missing_variable', 'DATABASE_URL is not set', remedy, {
      path: 'DATABASE_URL',
    });
  }
  const store = await openStore({ databaseUrl: env.databaseUrl.reveal() });
  await store.migrate();
  return store;
}

async function listen(server: Server, { host, port }: ListenAddress): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => resolve());
  });
  const shown = host.includes(':') ? `[${host}]` : host;
  return `http://${shown}:${(server.address() as AddressInfo).port}`;
}

/** Accepts no new connections, and resolves when all requests in progress are answered. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

interface Coded {
  code?: unknown;
  remedy?: unknown;
  where?: unknown;
}

main().catch((thrown: unknown) => {
  const { code, remedy, where = null } = thrown as Coded;
  const document = {
    schema: 'arx.error/v1',
    code: typeof code === 'string' ? code.toLowerCase() : 'server_start',
    message: thrown instanceof Error ? thrown.message : 'the server could not start',
    where,
    remedy:
      typeof remedy === 'string' ? remedy : 'See docs/server.md; `arx doctor` checks each part.',
  };
  process.stdout.write(`${JSON.stringify(document)}\n`, () => process.exit(2));
});
