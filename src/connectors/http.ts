import { NetworkFailure, networkFailure } from './network.ts';

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
  headers: Headers;
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

/** Sends one request to the pinned origin and reads its answer. Throws NetworkFailure and nothing else. */
export type Transport = (request: HttpRequest, signal?: AbortSignal) => Promise<Answer>;

/**
 * The one way to the network: origin pinned, no redirects, one time-out over request and answer, answers bounded while
 * they are read. Nothing of the request or the answer stands in its errors.
 */
export function createTransport(settings: TransportSettings): Transport {
  const origin = new URL(settings.origin).origin;
  const limits = { ms: settings.timeoutMs ?? DEFAULT_TIMEOUT_MS, bytes: settings.maxBytes ?? DEFAULT_MAX_BYTES };
  return async (request, signal) => {
    if (originOf(request.url) !== origin) throw new NetworkFailure('foreign_origin');
    if (signal?.aborted) throw new NetworkFailure('cancelled');
    const deadline = startDeadline(limits.ms, signal);
    try {
      return await send(request, deadline.signal, limits.bytes);
    } catch (error) {
      throw deadline.reason() ?? networkFailure(error);
    } finally {
      deadline.stop();
    }
  };
}

async function send(request: HttpRequest, signal: AbortSignal, maxBytes: number): Promise<Answer> {
  const response = await fetch(request.url, {
    method: request.method.toUpperCase(),
    headers: request.headers,
    body: request.body,
    redirect: 'error',
    signal,
  });
  return { status: response.status, headers: response.headers, text: await readText(response, maxBytes) };
}

async function readText(response: Response, maxBytes: number): Promise<string> {
  if (!response.body) return '';
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    // Leaving the loop cancels the body, and with it the connection.
    if (size > maxBytes) throw new NetworkFailure('too_large', response.status);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

interface Deadline {
  signal: AbortSignal;
  /** Why the request was ended from here, null where it was not. */
  reason(): NetworkFailure | null;
  stop(): void;
}

// Own controller and timer instead of AbortSignal.any: nothing stays attached to a signal that outlives the request.
function startDeadline(ms: number, signal: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  let reason: NetworkFailure | null = null;
  const end = (failure: NetworkFailure): void => {
    reason ??= failure;
    controller.abort();
  };
  const cancel = (): void => end(new NetworkFailure('cancelled_midway'));
  const timer = setTimeout(() => end(new NetworkFailure('timed_out')), ms);
  signal?.addEventListener('abort', cancel, { once: true });
  return {
    signal: controller.signal,
    reason: () => reason,
    stop: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    },
  };
}

const originOf = (url: string): string | null => (URL.canParse(url) ? new URL(url).origin : null);
