/** The HTTP transport. */

import { Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { NetworkFailure, networkFailure } from './network.ts';
import { ResponseHeaders, BodyReader } from './http-body.ts';
import type { ReadableHeaders } from './http-body.ts';

/** A request built by a vendor's client. */
export interface HttpRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
}

/** A complete response. */
export interface HttpResponse {
  status: number;
  /** By name, in any case; repeated headers are joined by commas. */
  headers: ReadableHeaders;
  text: string;
}

interface TransportSettings {
  /** The only origin to which requests are sent, such as `https://example.okta.com`. */
  origin: string;
  /** From the first byte sent to the last byte read. Default 30 s. */
  timeoutMs?: number;
  /** The largest accepted response. Default 10 MB. */
  maxBytes?: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_BYTES = 10_000_000;
const CONNECT_TIMEOUT_MS = 10_000;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Sends one request to the pinned origin and reads the response. Throws only NetworkFailure. */
export type Transport = (request: HttpRequest, signal?: AbortSignal) => Promise<HttpResponse>;

/**
 * Creates the only way to the network: the origin is pinned, redirects are not followed, one
 * time-out covers request and response, and responses are limited while they are read. Errors
 * contain nothing of the request or the response. Connections are reused.
 */
export function createTransport(settings: TransportSettings): Transport {
  const { origin } = new URL(settings.origin);
  const limits = {
    ms: settings.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    bytes: settings.maxBytes ?? DEFAULT_MAX_BYTES,
  };
  const pool = poolTo(origin);
  return (request, signal) =>
    new Promise((resolve, reject) => {
      const url = URL.parse(request.url);
      if (url?.origin !== origin) return reject(new NetworkFailure('foreign_origin'));
      if (signal?.aborted) return reject(new NetworkFailure('cancelled'));
      const path = url.pathname + url.search;
      const method = request.method.toUpperCase() as Dispatcher.HttpMethod;
      const headers = { ...request.headers, 'accept-encoding': 'gzip' };
      const exchange = new Exchange({ limits, signal, resolve, reject });
      pool.dispatch({ path, method, headers, body: request.body }, exchange);
    });
}

// The platform's own HTTP client costs twice as much per request, fetch six times. This one neither
// follows redirects nor reads a proxy from the environment. Requests on one connection are sent one
// after another; the transport's own time-out covers all phases.
const poolTo = (origin: string): Pool =>
  new Pool(origin, {
    pipelining: 1,
    allowH2: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    headersTimeout: 0,
    bodyTimeout: 0,
  });

interface ExchangeOptions {
  limits: { ms: number; bytes: number };
  signal: AbortSignal | undefined;
  resolve(response: HttpResponse): void;
  reject(failure: NetworkFailure): void;
}

/** One request and its response. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #given: ExchangeOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #cancel = (): void => this.#end(new NetworkFailure('cancelled_midway'));
  readonly #body: BodyReader;
  #controller: Dispatcher.DispatchController | null = null;
  #failure: NetworkFailure | null = null;
  #status = 0;
  #headers = new ResponseHeaders({});

  constructor(given: ExchangeOptions) {
    this.#given = given;
    this.#body = new BodyReader(given.limits.bytes);
    this.#timer = setTimeout(() => this.#end(new NetworkFailure('timed_out')), given.limits.ms);
    given.signal?.addEventListener('abort', this.#cancel, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Cancelled while it waited for a connection: nothing is sent.
    if (this.#failure) controller.abort(this.#failure);
  }

  onResponseStart(
    _: unknown,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#status = status;
    this.#headers = new ResponseHeaders(headers);
    if (REDIRECTS.has(status)) this.#end(new NetworkFailure('redirected'));
  }

  onResponseData(_: unknown, chunk: Buffer): void {
    if (!this.#body.take(chunk)) this.#end(new NetworkFailure('too_large', this.#status));
  }

  onResponseEnd(): void {
    if (this.#failure) return;
    const [status, headers] = [this.#status, this.#headers];
    try {
      const text = this.#body.text(status, headers.get('content-encoding'));
      this.#leave();
      // Resolves only after the client has released the connection, so that the next request can
      // use it.
      queueMicrotask(() => setImmediate(this.#given.resolve, { status, headers, text }));
    } catch (error) {
      this.#end(networkFailure(error));
    }
  }

  onResponseError(_: unknown, error: Error): void {
    this.#end(networkFailure(error));
  }

  /** Rejects first and then closes the connection, so that errors caused by closing are ignored. */
  #end(failure: NetworkFailure): void {
    if (this.#failure) return;
    this.#failure = failure;
    this.#leave();
    this.#given.reject(failure);
    // Closes the connection too: the rest of this response must not be read as the next one.
    this.#controller?.abort(failure);
  }

  #leave(): void {
    clearTimeout(this.#timer);
    this.#given.signal?.removeEventListener('abort', this.#cancel);
  }
}
