import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Answer, EmulatedRequest, Json } from './types.ts';

const BODY_LIMIT = 20 * 1024 * 1024;

/** Reads a whole request. Throws if the body is larger than 20 MB or the connection is lost. */
export async function readRequest(message: IncomingMessage): Promise<EmulatedRequest> {
  const url = message.url ?? '/';
  const mark = url.indexOf('?');
  const rawQuery = mark < 0 ? '' : url.slice(mark + 1);
  const text = hasBody(message) ? await readText(message) : '';
  return {
    method: message.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers: message.headers,
    text,
    body: text === '' ? undefined : parseBody(text, message.headers['content-type'] ?? ''),
    params: {},
    origin: `http://${message.headers.host ?? '127.0.0.1'}`,
  };
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

async function readText(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) throw new Error('request body is larger than 20 MB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseBody(text: string, type: string): unknown {
  if (type.includes('application/x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The body of a request as an object; empty if it is not one. */
export function objectBody(request: EmulatedRequest): Json {
  return isObject(request.body) ? request.body : {};
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text of an answer and its type; null if it has no body. */
export function payloadOf(answer: Answer): { text: string; type: string } | null {
  if (answer.text !== undefined) return { text: answer.text, type: 'text/html; charset=utf-8' };
  return answer.body === undefined
    ? null
    : { text: JSON.stringify(answer.body), type: 'application/json' };
}

/** Sends an answer, unless the caller has closed the connection. */
export function send(response: ServerResponse, answer: Answer): void {
  if (response.destroyed) return;
  const payload = payloadOf(answer);
  const text = payload?.text ?? '';
  const entity = answer.status === 204 ? {} : { 'content-length': String(Buffer.byteLength(text)) };
  const type = payload ? { 'content-type': payload.type } : {};
  response.writeHead(answer.status, { ...type, ...entity, ...answer.headers });
  // As text, so that it is sent in one write with the head.
  response.end(text);
}

/** Listens on loopback; port 0 uses a free port. Resolves to the base URL. */
export function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const bound = typeof address === 'object' && address ? address.port : port;
      resolve(`http://127.0.0.1:${bound}`);
    });
  });
}

/**
 * A server that keeps idle connections open longer than any test, so that no client uses a
 * connection that is being closed.
 */
export function createQuietServer(
  serve: (message: IncomingMessage, response: ServerResponse) => Promise<void>,
): Server {
  const server = createServer((message, response) => {
    serve(message, response).catch((error: unknown) => fail(response, error));
  });
  server.keepAliveTimeout = 120_000;
  server.headersTimeout = 130_000;
  server.requestTimeout = 0;
  return server;
}

// An error in the emulator must not look like a fault of the vendor.
function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy();
  else
    send(response, {
      status: 500,
      body: { emulator: error instanceof Error ? error.message : 'unknown failure' },
    });
}

let second = NaN;
let date = '';

/** A time in epoch milliseconds in the format of the Date header; formatted once per second. */
export function httpDate(now: number): string {
  if (Math.floor(now / 1000) !== second) {
    second = Math.floor(now / 1000);
    date = new Date(now).toUTCString();
  }
  return date;
}

/** Whether the request has a body that could not be parsed. */
export function isGarbled({ text, body }: EmulatedRequest): boolean {
  return text !== '' && body === undefined;
}

/** Stops listening and closes open connections. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
