import { Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { NetworkFailure, networkFailure } from './network.ts';
import { AnswerHeaders, BodyReader } from './http-body.ts';
import type { ReadableHeaders } from './http-body.ts';

/** A request as a vendor's client built it. */
export interface HttpRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
}

/** An answer, read to its end. */
export interface Answer {
  status: number;
  /** By name in any case; one that came several times joined by commas. */
  headers: ReadableHeaders;
  text: string;
}

export interface TransportSettings {
  /** The only origin that is ever addressed, such as `https://example.okta.com`. */
  origin: string;
  /** From the first byte sent to the last byte read. Default 30 s. */
  timeoutMs?: number;
  /** Largest answer that is read. Default 10 MB. */
  maxBytes?: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_BYTES = 10_000_000;
const CONNECT_TIMEOUT_MS = 10_000;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Sends one request to the pinned origin and reads its answer. Throws NetworkFailure and nothing
 * else.
 */
export type Transport = (request: HttpRequest, signal?: AbortSignal) => Promise<Answer>;

/**
 * The one way to the network: origin pinned, no redirects, one time-out over request and answer,
 * answers bounded while they are read. Nothing of the request or the answer stands in its errors.
 * Connections are kept for the next request.
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

// The platform's own client costs twice as much a request, fetch six times; this one neither
// follows redirects nor reads a proxy from the environment. One request after another on each
// connection; our own time-out covers all of its parts.
const poolTo = (origin: string): Pool =>
  new Pool(origin, {
    pipelining: 1,
    allowH2: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    headersTimeout: 0,
    bodyTimeout: 0,
  });

interface Exchanging {
  limits: { ms: number; bytes: number };
  signal: AbortSignal | undefined;
  resolve(answer: Answer): void;
  reject(failure: NetworkFailure): void;
}

/** One request and its answer, from the moment it is handed in. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #given: Exchanging;
  readonly #timer: NodeJS.Timeout;
  readonly #cancel = (): void => this.#end(new NetworkFailure('cancelled_midway'));
  readonly #body: BodyReader;
  #controller: Dispatcher.DispatchController | null = null;
  #failure: NetworkFailure | null = null;
  #status = 0;
  #headers = new AnswerHeaders({});

  constructor(given: Exchanging) {
    this.#given = given;
    this.#body = new BodyReader(given.limits.bytes);
    this.#timer = setTimeout(() => this.#end(new NetworkFailure('timed_out')), given.limits.ms);
    given.signal?.addEventListener('abort', this.#cancel, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Given up while it waited for its connection: nothing is sent any more.
    if (this.#failure) controller.abort(this.#failure);
  }

  onResponseStart(
    _: unknown,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#status = status;
    this.#headers = new AnswerHeaders(headers);
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
      // Only after the client has taken its connection back, so that the next request finds it.
      queueMicrotask(() => setImmediate(this.#given.resolve, { status, headers, text }));
    } catch (error) {
      this.#end(networkFailure(error));
    }
  }

  onResponseError(_: unknown, error: Error): void {
    this.#end(networkFailure(error));
  }

  /** Said before the connection goes: what that makes of a half-read answer is no news any more. */
  #end(failure: NetworkFailure): void {
    if (this.#failure) return;
    this.#failure = failure;
    this.#leave();
    this.#given.reject(failure);
    // With it the connection: what is left of this answer must not be taken for the next one.
    this.#controller?.abort(failure);
  }

  #leave(): void {
    clearTimeout(this.#timer);
    this.#given.signal?.removeEventListener('abort', this.#cancel);
  }
}
