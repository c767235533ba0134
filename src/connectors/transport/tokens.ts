import { z } from 'zod';
import { sendPaced } from './exchange.ts';
import { networkError, refusalError } from './failure.ts';
import { NetworkFailure, networkFailure } from './network.ts';
import { retryAfterMs } from '../rate-limit/headers.ts';
import type { Scope, Wire } from './exchange.ts';
import type { Refusal } from './failure.ts';
import type { Answer, HttpRequest } from './http.ts';
import type { ConnectorErrorCode } from '../errors.ts';

/** An access token as it was handed out. */
export interface Granted {
  token: string;
  /** Null where the vendor does not say: then it is used until it is refused. */
  livesMs: number | null;
  /** The origin it is good for. */
  origin: string;
}

export interface TokenSettings {
  /** To the server that hands tokens out; pinned to it. */
  wire: Wire;
  /** Made anew for each token: what is signed carries the time. */
  request: () => HttpRequest;
  /** Reads the parsed answer; throws (anything) where it does not have its form. */
  read: (json: unknown) => Granted;
  /** Milliseconds that never go back. */
  clock?: () => number;
}

/** Hands the one token of a credential to its calls. */
export interface TokenDesk {
  /**
   * The token at hand, or a new one; fetched once for all who ask meanwhile. Throws, with the
   * scope's failure set.
   */
  get(scope: Scope): Promise<Granted>;
  /** The vendor did not accept this one: it is not handed out again. */
  drop(refused: Granted): void;
}

type Fetched =
  { granted: Granted } | { failure: NetworkFailure } | { refusal: Refusal; answer: Answer };

const MARGIN_MS = 300_000;

/** Keeps an access token in memory only, until shortly before it ends. */
export function tokenDesk({
  wire,
  request,
  read,
  clock = () => performance.now(),
}: TokenSettings): TokenDesk {
  let held: { granted: Granted; until: number } | null = null;
  let fetching: Promise<Fetched> | null = null;
  const renewToken = async (scope: Scope): Promise<Fetched> => {
    const askedAt = clock();
    const answered = await fetchToken(wire, scope, { request: request(), read });
    if ('granted' in answered)
      held = { granted: answered.granted, until: askedAt + usable(answered.granted.livesMs) };
    return answered;
  };
  return {
    async get(scope) {
      if (held && clock() < held.until) return held.granted;
      // It is for everybody who waits: that the first of them goes away must not end it.
      fetching ??= renewToken({ ...scope, signal: undefined }).finally(() => (fetching = null));
      return requireToken(scope, await withdrawable(fetching, scope.signal));
    },
    drop(refused) {
      if (held?.granted === refused) held = null;
    },
  };
}

const usable = (livesMs: number | null): number =>
  livesMs === null ? Number.POSITIVE_INFINITY : livesMs - Math.min(MARGIN_MS, livesMs / 2);

async function fetchToken(
  wire: Wire,
  scope: Scope,
  { request, read }: { request: HttpRequest; read: TokenSettings['read'] },
): Promise<Fetched> {
  try {
    const answer = await sendPaced(wire, scope, { request, operation: 'oauth:token' });
    const refusal = tokenRefusal(answer);
    return refusal ? { refusal, answer } : readGranted(answer, read);
  } catch (error) {
    return { failure: networkFailure(error) };
  }
}

function readGranted(answer: Answer, read: TokenSettings['read']): Fetched {
  try {
    return { granted: read(JSON.parse(answer.text)) };
  } catch {
    return {
      refusal: {
        code: 'malformed',
        vendorCode: null,
        message: 'the token server gave no usable token',
      },
      answer,
    };
  }
}

// Nothing has been asked of the API itself yet, so no write can have been accepted.
function requireToken(scope: Scope, fetched: Fetched): Granted {
  if ('granted' in fetched) return fetched.granted;
  const called = { ...scope.called, write: false };
  scope.failure =
    'failure' in fetched
      ? networkError(called, fetched.failure)
      : refusalError(called, fetched.refusal, fetched.answer);
  throw scope.failure;
}

/** Waits for it as long as the caller itself is not called off. */
async function withdrawable(
  fetching: Promise<Fetched>,
  signal: AbortSignal | undefined,
): Promise<Fetched> {
  if (!signal) return fetching;
  const cancelled: Fetched = { failure: new NetworkFailure('cancelled') };
  if (signal.aborted) return cancelled;
  const { promise, resolve } = Promise.withResolvers<Fetched>();
  const leave = (): void => resolve(cancelled);
  signal.addEventListener('abort', leave, { once: true });
  return Promise.race([fetching, promise]).finally(() =>
    signal.removeEventListener('abort', leave),
  );
}

// https://www.rfc-editor.org/rfc/rfc6749#section-5.2
const BY_ERROR: Readonly<Record<string, ConnectorErrorCode>> = {
  invalid_scope: 'forbidden',
  access_denied: 'forbidden',
  temporarily_unavailable: 'unavailable',
  server_error: 'unavailable',
};

const errorBody = z.object({ error: z.string().regex(/^[a-z_]{1,64}$/) });

function tokenRefusal(answer: Answer): Refusal | null {
  const { status, text, headers } = answer;
  if (status === 200) return null;
  if (status === 429)
    return { code: 'rate_limited', vendorCode: null, retryAfterMs: retryAfterMs(headers) };
  if (status >= 500) return { code: 'unavailable', vendorCode: null };
  const vendorCode = errorBody.safeParse(jsonOf(text)).data?.error ?? null;
  if (status < 400 || vendorCode === null)
    return { code: status === 401 ? 'unauthenticated' : 'malformed', vendorCode };
  const known = Object.hasOwn(BY_ERROR, vendorCode) ? BY_ERROR[vendorCode] : undefined;
  return { code: known ?? 'unauthenticated', vendorCode };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** A token that may stand in a header. */
export const tokenText = z.string().regex(/^[\x21-\x7e]{1,16384}$/);

/** Seconds until a token ends, as milliseconds. */
export const lifetime = z
  .number()
  .positive()
  .max(31_536_000)
  .transform((seconds) => seconds * 1_000);
