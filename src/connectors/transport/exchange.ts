/** Sends requests: with a permit of the rate governor, and observed by counters. */

import { networkError, requestIdOf } from './failure.ts';
import { NetworkFailure, networkFailure } from './network.ts';
import { bucketOf } from '../rate-limit/buckets.ts';
import type { CallIdentity } from './failure.ts';
import type { HttpRequest, HttpResponse, Transport } from './http.ts';
import type { Governor, Priority } from '../rate-limit/types.ts';
import type { ConnectorError } from '../errors.ts';
import type { ConnectorName } from '../../governance/types.ts';

/** An exchange with a vendor, for counters and logs. */
export interface CallEvent {
  connector: ConnectorName;
  /** The operation, or `oauth:token` for the request of a token. */
  operation: string;
  run: string;
  /** Null without a response. */
  status: number | null;
  durationMs: number;
  /** Wait for a permit before the request was sent. */
  waitedMs: number;
  throttled: boolean;
  requestId: string | null;
  /** The Date header of the response, for the clock check; null if there is none. */
  date: string | null;
  /** The rate limit that the response reports; null if none. */
  rateLimit: { limit: number; remaining: number } | null;
}

/** Method and path of the only request that was approved. */
export interface Approved {
  method: string;
  path: string;
}

/** The context that one call carries through the vendor's client, and its result. */
export interface Scope {
  called: CallIdentity;
  run: string;
  approved: Approved;
  priority: Priority;
  signal: AbortSignal | undefined;
  /** Called right before a write is sent; throws if it may no longer be sent. */
  confirm?: (() => Promise<void>) | undefined;
  /** The last response to the approved request. */
  response: HttpResponse | null;
  /** The failure of the transport, if there is no response. */
  failure: ConnectorError | null;
}

/** The connection of a vendor's client: transport, rate governor and observer. */
export interface Connection {
  transport: Transport;
  governor: Governor;
  observe: (event: CallEvent) => void;
}

/**
 * Sends a request of an approved call: only with the approved method and path, with a permit, and
 * observed.
 */
export async function exchange(
  connection: Connection,
  scope: Scope,
  request: HttpRequest,
): Promise<HttpResponse> {
  try {
    if (!isApproved(request, scope.approved)) throw new NetworkFailure('foreign_path');
    scope.response = await sendPaced(connection, scope, {
      request,
      operation: scope.called.operation,
    });
    return scope.response;
  } catch (error) {
    scope.failure = networkError(scope.called, networkFailure(error));
    throw scope.failure;
  }
}

/**
 * Acquires a permit, sends the request, and reports the result to the governor and the observer.
 */
export async function sendPaced(
  connection: Connection,
  scope: Scope,
  sending: { request: HttpRequest; operation: string },
): Promise<HttpResponse> {
  const path = new URL(sending.request.url).pathname;
  const askedAt = performance.now();
  const permit = await acquire(connection.governor, bucketOf(scope.called.connector, path), scope);
  await confirmSending(scope).catch((error: unknown) => {
    permit.settle(null);
    throw error;
  });
  const startedAt = performance.now();
  let response: HttpResponse | null = null;
  try {
    response = await connection.transport(sending.request, scope.signal);
    return response;
  } finally {
    const sample = permit.settle(response);
    const { connector } = scope.called;
    connection.observe({
      connector,
      operation: sending.operation,
      run: scope.run,
      ...answerFacts(response),
      rateLimit: sample?.window ?? null,
      durationMs: performance.now() - startedAt,
      waitedMs: startedAt - askedAt,
    });
  }
}

/**
 * Milliseconds for which a confirmation is valid; an older one proves nothing, because the process
 * may have been suspended since.
 */
const FRESH_MS = 1_000;

/**
 * Confirms that the request may still be sent; repeats the confirmation while it takes too long.
 */
async function confirmSending({ confirm }: Scope): Promise<void> {
  if (!confirm) return;
  let askedAt: number;
  do {
    askedAt = performance.now();
    await confirm().catch((error: unknown) => {
      throw new NetworkFailure(
        (error as Error).name === 'OvertakenError' ? 'overtaken' : 'unpaced',
      );
    });
  } while (performance.now() - askedAt > FRESH_MS);
}

const acquire = async (
  governor: Governor,
  bucket: string,
  scope: Scope,
): ReturnType<Governor['acquire']> =>
  governor.acquire(bucket, scope.priority, scope.signal).catch(() => {
    throw new NetworkFailure(scope.signal?.aborted ? 'cancelled' : 'unpaced');
  });

const answerFacts = (
  response: HttpResponse | null,
): Pick<CallEvent, 'status' | 'throttled' | 'requestId' | 'date'> => ({
  status: response?.status ?? null,
  throttled: response?.status === 429,
  requestId: response && requestIdOf(response),
  date: response?.headers.get('date') ?? null,
});

// Compared after parsing, so that `..`, backslashes and encodings are as the server sees them.
function isApproved(request: HttpRequest, approved: Approved): boolean {
  return (
    request.method.toUpperCase() === approved.method &&
    URL.parse(request.url)?.pathname === approved.path
  );
}
