/** The client of Okta, based on Okta's SDK. */

import { AsyncLocalStorage } from 'node:async_hooks';
import { z } from 'zod';
import { cleanWords } from '../transport/vendor-words.ts';
import { exchange, sendPaced } from '../transport/exchange.ts';
import { networkError, refusalError } from '../transport/failure.ts';
import { networkFailure } from '../transport/network.ts';
import { retryAfterMs } from '../rate-limit/headers.ts';
import { oktaRefusal } from './refusals.ts';
import { tokenScope } from './token-scopes.ts';
import type { Client } from '@okta/okta-sdk-nodejs';
import type { Secret } from '../../config/env/secret.ts';
import type { Approved, Connection, Scope } from '../transport/exchange.ts';
import type { Refusal } from '../transport/failure.ts';
import type { HttpRequest, HttpResponse } from '../transport/http.ts';
import type { VendorClient } from '../pipeline/call-vendor.ts';

/** An SSWS token, or a service app that signs its token requests. */
export type OktaCredential =
  | { kind: 'ssws'; token: Secret }
  | {
      kind: 'service_app';
      clientId: string;
      privateKey: Secret;
      scopes?: readonly string[];
      keyId?: string;
    };

interface OktaClientSettings {
  /** `https://host`, without a trailing slash, which the SDK would double. */
  origin: string;
  credential: OktaCredential;
  connection: Connection;
}

/**
 * The request that the SDK passes to its executor; its other fields concern the SDK's own
 * transport.
 */
interface SdkRequest {
  method?: string;
  url: string;
  headers: Record<string, string>;
  body?: unknown;
}

/** The response as the SDK reads it. */
interface SdkResponse {
  url: string;
  status: number;
  headers: Headers;
  text(): Promise<string>;
  json(): Promise<unknown>;
}

/** Thrown to stop the SDK once a call has its response. */
const ANSWERED = new Error('answered');

const TOKEN_PATH = '/oauth2/v1/token';

/**
 * Creates the client of Okta. Okta's SDK builds the requests; everything else in it (transport,
 * cache, retries, reading responses) is replaced.
 */
export function createOktaClient({
  origin,
  credential,
  connection,
}: OktaClientSettings): VendorClient<Client> {
  const scopes = new AsyncLocalStorage<Scope>();
  const fetch = async (sdkRequest: SdkRequest): Promise<SdkResponse> => {
    const scope = scopes.getStore();
    if (!scope) throw new TypeError('a request outside of a governed call');
    const request = plain(sdkRequest);
    const isToken = new URL(request.url).pathname === TOKEN_PATH && request.method === 'POST';
    if (isToken) return forSdk(request.url, await fetchToken(connection, scope, request));
    const response = await exchange(connection, scope, request);
    // The response itself is read, so the SDK need not build its models.
    if (response.status >= 200 && response.status < 300) throw ANSWERED;
    return forSdk(request.url, response);
  };
  // A token request fails if any of its scopes is not granted, so each scope has its own token: a
  // scope that is not granted blocks no other calls. If the credential states its scopes, or is
  // itself a token, there is one client.
  const clients = new Map<string, Promise<Client>>();
  const clientFor = (wanted: readonly string[]): Promise<Client> => {
    const key = wanted.join(' ');
    const client =
      clients.get(key) ?? loadClient(origin, { credential, scopes: wanted }, { fetch });
    clients.set(key, client);
    return client;
  };
  return {
    pathOf: (path) => path,
    refusal: oktaRefusal,
    lend: async (scope, use) => {
      const loaded = await clientFor(scopesFor(credential, scope.approved));
      return scopes.run(scope, () => use(loaded));
    },
  };
}

/**
 * Loads the SDK, which takes 600 ms and 90 MB and therefore happens only when Okta is called. May
 * be called in advance if a call is certain.
 */
export const loadSdk = async (): Promise<typeof import('@okta/okta-sdk-nodejs')> =>
  await import('@okta/okta-sdk-nodejs');

// Every setting is stated, because the SDK would otherwise read it from files and variables.
async function loadClient(
  origin: string,
  access: Access,
  executor: { fetch: unknown },
): Promise<Client> {
  const { Client } = await loadSdk();
  const settings = {
    orgUrl: origin,
    token: '',
    clientId: '',
    scopes: [] as string[],
    privateKey: '',
    keyId: '',
    ...authorization(access),
    cacheMiddleware: null,
    requestExecutor: executor,
  };
  return new Client(settings as unknown as ConstructorParameters<typeof Client>[0]);
}

interface Access {
  credential: OktaCredential;
  scopes: readonly string[];
}

const scopesFor = (credential: OktaCredential, approved: Approved): readonly string[] =>
  credential.kind === 'ssws' ? [] : (credential.scopes ?? [tokenScope(approved)]);

const authorization = ({ credential, scopes }: Access): object =>
  credential.kind === 'ssws'
    ? { authorizationMode: 'SSWS', token: credential.token.reveal() }
    : {
        authorizationMode: 'PrivateKey',
        clientId: credential.clientId,
        privateKey: credential.privateKey.reveal(),
        scopes: [...scopes],
        keyId: credential.keyId ?? '',
      };

/**
 * Sends the token request of a service app: over the same pinned transport, with its own rate-limit
 * bucket and event.
 */
async function fetchToken(
  connection: Connection,
  scope: Scope,
  request: HttpRequest,
): Promise<HttpResponse> {
  // Nothing has been sent to the API itself yet, so no write can have been accepted.
  const called = { ...scope.called, write: false };
  const response = await sendPaced(connection, scope, { request, operation: 'oauth:token' }).catch(
    (error: unknown) => {
      scope.failure = networkError(called, networkFailure(error));
      throw scope.failure;
    },
  );
  if (response.status < 300) return response;
  // An app with DPoP is asked for a nonce first. The SDK looks for that only in a success.
  if (response.status === 400 && response.text.includes('use_dpop_nonce'))
    return { ...response, status: 200 };
  // The SDK would treat the refusal as a token and send `Bearer undefined`.
  scope.failure = refusalError(called, tokenRefusal(response), response);
  throw scope.failure;
}

/** A scope that is not granted does not mean that the credential is invalid. */
function tokenRefusal({ status, text, headers }: HttpResponse): Refusal {
  if (status === 429)
    return { code: 'rate_limited', vendorCode: null, retryAfterMs: retryAfterMs(headers) };
  if (status >= 500) return { code: 'unavailable', vendorCode: null };
  const { error: vendorCode = null, error_description: words } = parseRefusal(text);
  const isForbidden = vendorCode === 'invalid_scope' || vendorCode === 'access_denied';
  return {
    code: isForbidden ? 'forbidden' : 'unauthenticated',
    vendorCode,
    vendorMessage: cleanWords([words]),
  };
}

const tokenError = z.object({
  error: z
    .string()
    .regex(/^[a-z_]{1,64}$/)
    .optional()
    .catch(undefined),
  error_description: z.string().optional().catch(undefined),
});

function parseRefusal(text: string): z.output<typeof tokenError> {
  try {
    return tokenError.parse(JSON.parse(text));
  } catch {
    return {};
  }
}

const plain = ({ method, url, headers, body }: SdkRequest): HttpRequest => ({
  method: (method ?? 'GET').toUpperCase(),
  url,
  headers,
  body: typeof body === 'string' ? body : undefined,
});

const forSdk = (url: string, response: HttpResponse): SdkResponse => ({
  url,
  status: response.status,
  headers: new Headers([...response.headers]),
  text: async () => Promise.resolve(response.text),
  json: async () => Promise.resolve(JSON.parse(response.text) as unknown),
});
