import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';

/** How long and how many connections may be open. */
export interface ConnectionLimits {
  /** For the headers of a request, counted from the connection or the request before; ms. */
  headersTimeout: number;
  /** For a whole request; ms. */
  requestTimeout: number;
  /** How often both are checked; ms. */
  connectionsCheckingInterval: number;
  /** Without any traffic; ms. Longer than an answer may take: a batch takes minutes. */
  idleTimeout: number;
  /** Further connections are closed at once. */
  maxConnections: number;
}

const LIMITS: ConnectionLimits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
  idleTimeout: 15 * 60_000,
  maxConnections: 1_000,
};

/** An HTTP server whose connections end by themselves if a client sends nothing, or too slowly. */
export function createHttpServer(
  fetch: (request: Request) => Response | Promise<Response>,
  limits: ConnectionLimits = LIMITS,
): Server {
  const { idleTimeout, maxConnections, ...serverOptions } = limits;
  // Without TLS and HTTP/2, it is a server of node:http.
  const server = createAdaptorServer({ fetch, serverOptions }) as Server;
  server.maxConnections = maxConnections;
  server.timeout = idleTimeout;
  return server;
}
