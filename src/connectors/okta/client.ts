import { AsyncLocalStorage } from 'node:async_hooks';
import { exchange, sendPaced } from '../transport/exchange.ts';
import { networkError, refusalError } from '../transport/failure.ts';
import { networkFailure } from '../transport/network.ts';
import { oktaRefusal } from './refusals.ts';
import { tokenScope } from './token-scopes.ts';
import type { Client } from '@okta/okta-sdk-nodejs';
import type { Secret } from '../../config/env/secret.ts';
import type { Approved, Scope, Wire } from '../transport/exchange.ts';
import type { Refusal } from '../transport/failure.ts';
import type { Answer, HttpRequest } from '../transport/http.ts';
import type { VendorClient } from '../pipeline/perform.ts';

/** An SSWS token, or a service app that signs for its tokens. */
export type OktaCredential =
  | { kind: 'ssws'; token: Secret }
  | {
      kind: 'service_app';
      clientId: string;
      privateKey: Secret;
      scopes?: readonly string[];
      keyId?: string;
    };

export interface OktaClientSettings {
  /** `https://host`, no trailing slash: the SDK would double it. */
  origin: string;
  credential: OktaCredential;
  wire: Wire;
}

/** What the SDK hands its executor; the rest of its fields concern its own transport. */
interface SdkRequest {
  method?: string;
  url: string;
  headers: Record<string, string>;
  body?: unknown;
}

/** What the SDK reads of an answer. */
interface SdkResponse {
  url: string;
  status: number;
  headers: Headers;
  text(): Promise<string>;
  json(): Promise<unknown>;
}

/** Ends the SDK's part of a call that has its answer. */
const ANSWERED = new Error('answered');

const TOKEN_PATH = '/oauth2/v1/token';

/**
 * Okta's SDK builds the requests; everything else about it (transport, cache, retries, answers) is
 * replaced.
 */
export function createOktaClient({
  origin,
  credential,
  wire,
}: OktaClientSettings): VendorClient<Client> {
  const scopes = new AsyncLocalStorage<Scope>();
  const fetch = async (sdkRequest: SdkRequest): Promise<SdkResponse> => {
    const scope = scopes.getStore();
    if (!scope) throw new TypeError('a request outside of a governed call');
    const request = plain(sdkRequest);
    const isToken = new URL(request.url).pathname === TOKEN_PATH && request.method === 'POST';
    if (isToken) return forSdk(request.url, await fetchToken(wire, scope, request));
    const answer = await exchange(wire, scope, request);
    // The answer itself is read, so the models that the SDK would make of it are not even begun.
    if (answer.status >= 200 && answer.status < 300) throw ANSWERED;
    return forSdk(request.url, answer);
  };
  // A token is asked for with all its scopes or not at all, so each scope has one of its own: what
  // is not granted keeps nothing else from being called. Where the credential states its scopes, or
  // is a token already, there is one client.
  const clients = new Map<string, Promise<Client>>();
  const clientFor = (wanted: readonly string[]): Promise<Client> => {
    const key = wanted.join(' ');
    const client =
      clients.get(key) ?? loadClient(origin, { credential, scopes: wanted }, { fetch });
    clients.set(key, client);
    return client;
  };
  return {
    place: (path) => path,
    refusal: oktaRefusal,
    lend: async (scope, use) => {
      const loaded = await clientFor(scopesFor(credential, scope.approved));
      return scopes.run(scope, () => use(loaded));
    },
  };
}

/**
 * Loads the SDK, which takes 600 ms and 90 MB: only who calls Okta pays for it. Ahead of the first
 * call where one is sure to come.
 */
export const loadSdk = async (): Promise<typeof import('@okta/okta-sdk-nodejs')> =>
  await import('@okta/okta-sdk-nodejs');

// Every setting is stated, or the SDK would
// take it from files and variables of its own.
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
 * The service app's own request for a token: the same pinned transport, its own bucket and its own
 * event.
 */
async function fetchToken(wire: Wire, scope: Scope, request: HttpRequest): Promise<Answer> {
  // Nothing has been asked of the API itself yet, so no write can have been accepted.
  const called = { ...scope.called, write: false };
  const answer = await sendPaced(wire, scope, { request, operation: 'oauth:token' }).catch(
    (error: unknown) => {
      scope.failure = networkError(called, networkFailure(error));
      throw scope.failure;
    },
  );
  const wantsNonce = answer.status === 400 && answer.text.includes('use_dpop_nonce');
  if (answer.status < 300 || wantsNonce) return answer;
  // The SDK would take the refusal for a token and send `Bearer undefined`.
  scope.failure = refusalError(called, tokenRefusal(answer), answer);
  throw scope.failure;
}

/** That a scope is not granted says nothing against the credential. */
function tokenRefusal({ status, text }: Answer): Refusal {
  if (status === 400 && /"error"\s*:\s*"invalid_scope"/.test(text))
    return { code: 'forbidden', vendorCode: 'invalid_scope' };
  return {
    code: status < 500 && status !== 429 ? 'unauthenticated' : 'unavailable',
    vendorCode: null,
  };
}

const plain = ({ method, url, headers, body }: SdkRequest): HttpRequest => ({
  method: (method ?? 'GET').toUpperCase(),
  url,
  headers,
  body: typeof body === 'string' ? body : undefined,
});

const forSdk = (url: string, answer: Answer): SdkResponse => ({
  url,
  status: answer.status,
  headers: new Headers([...answer.headers]),
  text: async () => Promise.resolve(answer.text),
  json: async () => Promise.resolve(JSON.parse(answer.text) as unknown),
});
