/**
 * Access tokens: fetched once for all calls, and kept in memory until shortly before they expire.
 */

import { z } from 'zod';
import { sendPaced } from './exchange.ts';
import { networkError, refusalError } from './failure.ts';
import { NetworkFailure, networkFailure } from './network.ts';
import { untilCancelled } from './until-cancelled.ts';
import { retryAfterMs } from '../rate-limit/headers.ts';
import type { Scope, Connection } from './exchange.ts';
import type { Refusal } from './failure.ts';
import type { HttpRequest, HttpResponse } from './http.ts';
import type { ConnectorErrorCode } from '../errors.ts';

/** An access token. */
export interface AccessToken {
  token: string;
  /** Null if the vendor does not specify it; the token is then used until it is refused. */
  livesMs: number | null;
  /** The origin for which it is valid. */
  origin: string;
}

interface TokenSettings {
  /** The connection to the token server, pinned to its origin. */
  connection: Connection;
  /** Creates the request for each token, because a signed request contains the time. */
  request: () => HttpRequest;
  /** Reads the parsed response; throws (anything) if it is malformed. */
  read: (json: unknown) => AccessToken;
  /** Monotonic milliseconds. */
  clock?: () => number;
}

/** Provides the token of a credential to its calls. */
export interface TokenSource {
  /**
   * Returns the current token, or fetches a new one, once for all calls that wait for it. Sets the
   * scope's failure and throws it if that fails.
   */
  get(scope: Scope): Promise<AccessToken>;
  /** Discards a token that the vendor refused. */
  drop(refused: AccessToken): void;
}

type TokenResult =
  | { granted: AccessToken }
  | { failure: NetworkFailure }
  | { refusal: Refusal; response: HttpResponse };

const MARGIN_MS = 300_000;

/** Keeps an access token in memory, until shortly before it expires. */
export function tokenSource({
  connection,
  request,
  read,
  clock = () => performance.now(),
}: TokenSettings): TokenSource {
  let current: { granted: AccessToken; until: number } | null = null;
  let fetching: Promise<TokenResult> | null = null;
  const renewToken = async (scope: Scope): Promise<TokenResult> => {
    const askedAt = clock();
    const answered = await fetchToken(connection, scope, { request: request(), read });
    if ('granted' in answered)
      current = { granted: answered.granted, until: askedAt + usable(answered.granted.livesMs) };
    return answered;
  };
  return {
    async get(scope) {
      if (current && clock() < current.until) return current.granted;
      // The token is for all waiting calls, so cancelling the first of them must not stop the
      // request.
      fetching ??= renewToken({ ...scope, signal: undefined }).finally(() => (fetching = null));
      const cancelled: TokenResult = { failure: new NetworkFailure('cancelled') };
      return requireToken(scope, await untilCancelled(fetching, scope.signal, cancelled));
    },
    drop(refused) {
      if (current?.granted === refused) current = null;
    },
  };
}

const usable = (livesMs: number | null): number =>
  livesMs === null ? Number.POSITIVE_INFINITY : livesMs - Math.min(MARGIN_MS, livesMs / 2);

async function fetchToken(
  connection: Connection,
  scope: Scope,
  { request, read }: { request: HttpRequest; read: TokenSettings['read'] },
): Promise<TokenResult> {
  try {
    const response = await sendPaced(connection, scope, { request, operation: 'oauth:token' });
    const refusal = tokenRefusal(response);
    return refusal ? { refusal, response } : readToken(response, read);
  } catch (error) {
    return { failure: networkFailure(error) };
  }
}

function readToken(response: HttpResponse, read: TokenSettings['read']): TokenResult {
  try {
    return { granted: read(JSON.parse(response.text)) };
  } catch {
    return {
      refusal: {
        code: 'malformed',
        vendorCode: null,
        message: 'the token server returned no usable token',
      },
      response,
    };
  }
}

// Nothing has been sent to the API itself yet, so no write can have been accepted.
function requireToken(scope: Scope, fetched: TokenResult): AccessToken {
  if ('granted' in fetched) return fetched.granted;
  const called = { ...scope.called, write: false };
  scope.failure =
    'failure' in fetched
      ? networkError(called, fetched.failure)
      : refusalError(called, fetched.refusal, fetched.response);
  throw scope.failure;
}

// https://www.rfc-editor.org/rfc/rfc6749#section-5.2
const BY_ERROR: Readonly<Record<string, ConnectorErrorCode>> = {
  invalid_scope: 'forbidden',
  access_denied: 'forbidden',
  temporarily_unavailable: 'unavailable',
  server_error: 'unavailable',
};

const errorBody = z.object({ error: z.string().regex(/^[a-z_]{1,64}$/) });

function tokenRefusal(response: HttpResponse): Refusal | null {
  const { status, text, headers } = response;
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

/** A token that is valid in a header. */
export const tokenText = z.string().regex(/^[\x21-\x7e]{1,16384}$/);

/** Converts the seconds until a token expires to milliseconds. */
export const lifetime = z
  .number()
  .positive()
  .max(31_536_000)
  .transform((seconds) => seconds * 1_000);
