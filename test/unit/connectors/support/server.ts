import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';

/** A request as it arrived. */
export interface Seen {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
}

/** The response: `json` or `text`, or a failure. */
export interface Reply {
  status?: number;
  headers?: Record<string, string | string[]>;
  json?: unknown;
  text?: string;
  /** Close the connection: before the response, or after the headers and half of the text. */
  cut?: 'before' | 'midway';
  /** Never respond. */
  hang?: boolean;
}

export interface TestServer {
  origin: string;
  seen: Seen[];
  close(): Promise<void>;
}

/** An HTTP server on loopback that responds as configured and records its requests. */
export async function startServer(
  answer: (seen: Seen, count: number) => Reply | Promise<Reply>,
): Promise<TestServer> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://test');
      const one: Seen = {
        method: request.method ?? '',
        path: (request.url ?? '').split('?')[0] ?? '',
        query: url.searchParams,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      seen.push(one);
      void Promise.resolve(answer(one, seen.length)).then((reply) => send(response, reply));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, reply: Reply): void {
  if (reply.hang) return;
  if (reply.cut === 'before') return void response.socket?.destroy();
  const text = reply.text ?? (reply.json === undefined ? '' : JSON.stringify(reply.json));
  const type = reply.json === undefined ? {} : { 'content-type': 'application/json' };
  response.writeHead(reply.status ?? 200, {
    ...type,
    ...(reply.headers as Record<string, string>),
  });
  if (reply.cut !== 'midway') return void response.end(text);
  response.write(text.slice(0, text.length / 2));
  setImmediate(() => response.socket?.destroy());
}

/** Servers of one test file, closed after each test. */
export function serverPool(): { start: typeof startServer; closeAll: () => Promise<void> } {
  const open: TestServer[] = [];
  return {
    start: async (answer) => {
      const server = await startServer(answer);
      open.push(server);
      return server;
    },
    closeAll: async () => {
      await Promise.all(open.splice(0).map((server) => server.close()));
    },
  };
}
