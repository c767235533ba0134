/**
 * Vitest's global set-up: the servers that all tests of a run share. Each starts when a test first
 * requests it.
 */
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { openStore } from '../../src/store/open.ts';
import { startPostgres } from './postgres.ts';
import { SHARED_SERVERS } from './shared.ts';
import type { SharedServers } from './shared.ts';
import { startServer } from './temporal.ts';

interface Started<Address> {
  address: Address;
  stop(): Promise<void>;
}
type Starters = { [Name in keyof SharedServers]: () => Promise<Started<SharedServers[Name]>> };

const STARTERS: Starters = { postgres: startTemplate, temporal: startTemporal };

/** Compile cache for the processes that tests start. */
const COMPILED = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url));

/** Offers the servers on a port that the tests find in their environment. */
export default async function offerServers(): Promise<() => Promise<void>> {
  process.env.NODE_COMPILE_CACHE ??= COMPILED;
  const started = new Map<string, Promise<Started<unknown>>>();
  const front = createServer((request, response) => {
    const name = request.url?.slice(1) as keyof SharedServers;
    if (!started.has(name)) started.set(name, STARTERS[name]());
    void answer(response, started.get(name) as Promise<Started<unknown>>);
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  process.env[SHARED_SERVERS] = `http://127.0.0.1:${(front.address() as AddressInfo).port}/`;
  return async () => {
    front.close();
    front.closeAllConnections();
    for (const server of await Promise.allSettled(started.values())) {
      if (server.status === 'fulfilled') await server.value.stop();
    }
  };
}

async function answer(response: ServerResponse, server: Promise<Started<unknown>>): Promise<void> {
  try {
    response.end(JSON.stringify((await server).address));
  } catch (error) {
    response.writeHead(500).end(error instanceof Error ? error.message : String(error));
  }
}

/** A PostgreSQL server with a migrated database, the template of the test databases. */
async function startTemplate(): Promise<Started<SharedServers['postgres']>> {
  const server = await startPostgres();
  const { databaseUrl, close } = await server.create();
  const store = await openStore({ databaseUrl });
  await store.migrate();
  await store.close();
  const stop = async (): Promise<void> => {
    await close();
    await server.stop();
  };
  return {
    address: { adminUrl: server.adminUrl, template: new URL(databaseUrl).pathname.slice(1) },
    stop,
  };
}

/** A Temporal development server; each test file registers its own namespace. */
async function startTemporal(): Promise<Started<SharedServers['temporal']>> {
  const { address, close } = await startServer(null);
  return { address: { address }, stop: close };
}
