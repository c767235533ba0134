import { networkError, requestIdOf } from './failure.ts';
import { NetworkFailure, networkFailure } from './network.ts';
import { bucketOf } from '../rate-limit/buckets.ts';
import type { Called } from './failure.ts';
import type { Answer, HttpRequest, Transport } from './http.ts';
import type { Governor, Priority } from '../rate-limit/types.ts';
import type { ConnectorError } from '../errors.ts';
import type { ConnectorName } from '../../governance/types.ts';

/** One exchange with a vendor, for counters and logs. */
export interface CallEvent {
  connector: ConnectorName;
  /** The operation, or `oauth:token` where a service app fetched its token. */
  operation: string;
  run: string;
  /** Null where no answer came. */
  status: number | null;
  durationMs: number;
  /** How long it waited for a permit before it was sent. */
  waitedMs: number;
  throttled: boolean;
  requestId: string | null;
  /** The answer's own Date header, for the clock check; null where there is none. */
  date: string | null;
  /** What the answer says of its bucket; null where it says nothing. */
  rateLimit: { limit: number; remaining: number } | null;
}

/** Method and path of the one request that was approved. */
export interface Approved {
  method: string;
  path: string;
}

/** What one call carries through the vendor's client, and what came of it. */
export interface Scope {
  called: Called;
  run: string;
  approved: Approved;
  priority: Priority;
  signal: AbortSignal | undefined;
  /** Asked right before a write is sent; throws where it must not be sent any more. */
  confirm?: (() => Promise<void>) | undefined;
  /** The last answer to the approved request. */
  answer: Answer | null;
  /** Why there is none, where the transport failed. */
  failure: ConnectorError | null;
}

/** What a vendor's client sends through. */
export interface Wire {
  transport: Transport;
  governor: Governor;
  observe: (event: CallEvent) => void;
}

/**
 * Sends a request of an approved call: only the approved method and path, after a permit, and with
 * an event for it.
 */
export async function exchange(wire: Wire, scope: Scope, request: HttpRequest): Promise<Answer> {
  try {
    if (!isApproved(request, scope.approved)) throw new NetworkFailure('foreign_path');
    scope.answer = await sendPaced(wire, scope, { request, operation: scope.called.operation });
    return scope.answer;
  } catch (error) {
    scope.failure = networkError(scope.called, networkFailure(error));
    throw scope.failure;
  }
}

/** Takes a permit, sends, and tells the governor and the observer how it went. */
export async function sendPaced(
  wire: Wire,
  scope: Scope,
  sending: { request: HttpRequest; operation: string },
): Promise<Answer> {
  const path = new URL(sending.request.url).pathname;
  const askedAt = performance.now();
  const permit = await acquire(wire.governor, bucketOf(scope.called.connector, path), scope);
  await confirmSending(scope).catch((error: unknown) => {
    permit.settle(null);
    throw error;
  });
  const startedAt = performance.now();
  let answer: Answer | null = null;
  try {
    answer = await wire.transport(sending.request, scope.signal);
    return answer;
  } finally {
    const sample = permit.settle(answer);
    const { connector } = scope.called;
    wire.observe({
      connector,
      operation: sending.operation,
      run: scope.run,
      ...answerFacts(answer),
      rateLimit: sample?.window ?? null,
      durationMs: performance.now() - startedAt,
      waitedMs: startedAt - askedAt,
    });
  }
}

/**
 * A confirmation older than this (milliseconds) says nothing: the process may have stood still
 * since.
 */
const FRESH_MS = 1_000;

/** Confirms that the request may still be sent, again as long as that takes too long. */
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
  answer: Answer | null,
): Pick<CallEvent, 'status' | 'throttled' | 'requestId' | 'date'> => ({
  status: answer?.status ?? null,
  throttled: answer?.status === 429,
  requestId: answer && requestIdOf(answer),
  date: answer?.headers.get('date') ?? null,
});

// Compared after parsing: only then are `..`, backslashes and encodings what the server will see.
function isApproved(request: HttpRequest, approved: Approved): boolean {
  return (
    request.method.toUpperCase() === approved.method &&
    URL.parse(request.url)?.pathname === approved.path
  );
}
