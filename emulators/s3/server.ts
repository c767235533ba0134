/** The store as an HTTP server, with faults and a view of what it holds below `/_control/`. */

import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Bucket } from './bucket.ts';
import type { BucketOptions, S3Answer } from './bucket.ts';
import { signatureFault } from './signature.ts';
import type { S3Credentials } from './signature.ts';

/** What happens to the next requests for objects. */
export interface S3Fault {
  method?: string;
  /** Null: the connection is closed without an answer. */
  status: number | null;
  code?: string;
  /** After: the request has taken effect. */
  moment?: 'before' | 'after';
  /** Absent: until the faults are cleared. */
  times?: number;
}

export interface S3Options extends S3Credentials, BucketOptions {
  bucket: string;
}

/** A request that reached the store. */
interface Seen {
  method: string;
  key: string;
  status: number | null;
}

interface State {
  options: S3Options;
  bucket: Bucket;
  faults: S3Fault[];
  seen: Seen[];
}

/** Listens on loopback; resolves to the server and its URL. */
export async function serveS3(options: S3Options): Promise<{ server: Server; url: string }> {
  const state: State = { options, bucket: new Bucket(options), faults: [], seen: [] };
  const server = createServer((message, response) => {
    answer(state, message, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function answer(
  state: State,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const url = new URL(message.url ?? '/', 'http://s3');
  if (url.pathname.startsWith('/_control/')) {
    response.end(JSON.stringify(control(state, url, body)));
    return;
  }
  const method = message.method ?? 'GET';
  const fault = takeFault(state, method);
  const [, name = '', key = ''] = /^\/([^/]+)\/?(.*)$/.exec(url.pathname) ?? [];
  const seen: Seen = { method, key, status: null };
  state.seen.push(seen);
  if (fault && fault.moment !== 'after')
    return fail(response, { key, status: (seen.status = fault.status), code: fault.code });
  const found = handle(state, { message, body, name, key, query: url.searchParams });
  const status = fault ? fault.status : found.status;
  seen.status = status;
  if (fault) fail(response, { key, status, code: fault.code });
  else if (found.code !== undefined) fail(response, { key, status, code: found.code });
  else response.writeHead(found.status).end(found.body);
}

interface Received {
  message: IncomingMessage;
  body: Buffer;
  name: string;
  key: string;
  query: URLSearchParams;
}

function handle(state: State, { message, body, name, key, query }: Received): S3Answer {
  const { method = 'GET', url: target = '/', headers } = message;
  const fault = signatureFault({ method, target, headers, body }, state.options);
  if (fault) return { status: fault.startsWith('XAmz') ? 400 : 403, code: fault };
  if (name !== state.options.bucket) return { status: 404, code: 'NoSuchBucket' };
  if (key === '')
    return method === 'GET' && query.get('list-type') === '2'
      ? state.bucket.list(query)
      : { status: 501, code: 'NotImplemented' };
  if (method === 'PUT') return state.bucket.put(key, body, headers);
  if (method === 'DELETE') return state.bucket.remove(key, query.get('versionId'), headers);
  return method === 'GET' ? state.bucket.get(key) : { status: 405, code: 'MethodNotAllowed' };
}

function takeFault(state: State, method: string): S3Fault | null {
  const fault = state.faults.find((one) => one.method === undefined || one.method === method);
  if (!fault) return null;
  if (fault.times !== undefined && (fault.times -= 1) <= 0)
    state.faults.splice(state.faults.indexOf(fault), 1);
  return fault;
}

function fail(
  response: ServerResponse,
  { key, status, code = 'InternalError' }: { key: string; status: number | null; code?: string },
): void {
  if (status === null) {
    response.destroy();
    return;
  }
  response
    .writeHead(status, { 'content-type': 'application/xml' })
    .end(
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Key>${key}</Key></Error>`,
    );
}

function control(state: State, { pathname, searchParams }: URL, body: Buffer): unknown {
  const [, what] = /^\/_control\/(\w+)/.exec(pathname) ?? [];
  if (what === 'fault') state.faults.push(JSON.parse(body.toString('utf8')) as S3Fault);
  if (what === 'clear') state.faults = [];
  if (what === 'tamper')
    state.bucket.tamper(searchParams.get('key') ?? '', body.length > 0 ? body : null);
  if (what === 'seen') return state.seen;
  return what === 'objects' ? state.bucket.snapshot() : {};
}
