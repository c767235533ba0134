import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ListenAddress } from '../config/env/address.ts';

/**
 * The worker's HTTP address: `/healthz` answers 200 while the process runs, `/readyz` while it
 * polls and the store answers.
 */
export interface HealthServer {
  url: string;
  close: () => Promise<void>;
}

export interface HealthChecks {
  polling: () => boolean;
  store: () => Promise<void>;
}

/** Serves health until closed. */
export async function serveHealth(
  address: ListenAddress,
  checks: HealthChecks,
): Promise<HealthServer> {
  const server = createServer((request, response) => {
    answer(request.url ?? '/', checks).then(
      ({ status, body }) =>
        response
          .writeHead(status, { 'content-type': 'application/json' })
          .end(JSON.stringify(body)),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(address.port, address.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${address.host}:${port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function answer(
  path: string,
  { polling, store }: HealthChecks,
): Promise<{ status: number; body: object }> {
  if (path === '/healthz') return { status: 200, body: { ok: true } };
  if (path !== '/readyz') return { status: 404, body: { ok: false } };
  const stored = await store().then(
    () => true,
    () => false,
  );
  const ok = stored && polling();
  return { status: ok ? 200 : 503, body: { ok, polling: polling(), store: stored } };
}
