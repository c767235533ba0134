import { AsyncLocalStorage } from 'node:async_hooks';
import { exchange, paced } from '../exchange.ts';
import { networkError, refusalError } from '../failure.ts';
import { networkFailure } from '../network.ts';
import { oktaRefusal } from './refusals.ts';
import type { Client } from '@okta/okta-sdk-nodejs';
import type { Secret } from '../../config/secret.ts';
import type { Scope, Wire } from '../exchange.ts';
import type { Answer, HttpRequest } from '../http.ts';
import type { VendorClient } from '../perform.ts';

/** An SSWS token, or a service app that signs for its tokens. */
export type OktaCredential =
  | { kind: 'ssws'; token: Secret }
  | { kind: 'service_app'; clientId: string; privateKey: Secret; scopes?: readonly string[]; keyId?: string };

/** Scopes asked for where the credential states none: what the operations above need. */
const DEFAULT_SCOPES = ['okta.users.read', 'okta.groups.read'];

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

/** Okta's SDK builds the requests; everything else about it (transport, cache, retries, answers) is replaced. */
export function createOktaClient({ origin, credential, wire }: OktaClientSettings): VendorClient<Client> {
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
  let client: Promise<Client> | null = null;
  return {
    place: (path) => path,
    refusal: oktaRefusal,
    lend: async (scope, use) => {
      client ??= loadClient(origin, credential, { fetch });
      const loaded = await client;
      return scopes.run(scope, () => use(loaded));
    },
  };
}

/** Loads the SDK, which takes 600 ms and 90 MB: only who calls Okta pays for it. Ahead of the first call where one is sure to come. */
export const loadSdk = async (): Promise<typeof import('@okta/okta-sdk-nodejs')> =>
  await import('@okta/okta-sdk-nodejs');

// Every setting is stated, or the SDK would
// take it from files and variables of its own.
async function loadClient(origin: string, credential: OktaCredential, executor: { fetch: unknown }): Promise<Client> {
  const { Client } = await loadSdk();
  const settings = {
    orgUrl: origin,
    token: '',
    clientId: '',
    scopes: [] as string[],
    privateKey: '',
    keyId: '',
    ...authorization(credential),
    cacheMiddleware: null,
    requestExecutor: executor,
  };
  return new Client(settings as unknown as ConstructorParameters<typeof Client>[0]);
}

const authorization = (credential: OktaCredential): object =>
  credential.kind === 'ssws'
    ? { authorizationMode: 'SSWS', token: credential.token.reveal() }
    : {
        authorizationMode: 'PrivateKey',
        clientId: credential.clientId,
        privateKey: credential.privateKey.reveal(),
        scopes: [...(credential.scopes ?? DEFAULT_SCOPES)],
        keyId: credential.keyId ?? '',
      };

/** The service app's own request for a token: the same pinned transport, its own bucket and its own event. */
async function fetchToken(wire: Wire, scope: Scope, request: HttpRequest): Promise<Answer> {
  // Nothing has been asked of the API itself yet, so no write can have been accepted.
  const called = { ...scope.called, write: false };
  const answer = await paced(wire, scope, { request, operation: 'oauth:token' }).catch((error: unknown) => {
    scope.failure = networkError(called, networkFailure(error));
    throw scope.failure;
  });
  const wantsNonce = answer.status === 400 && answer.text.includes('use_dpop_nonce');
  if (answer.status < 300 || wantsNonce) return answer;
  // The SDK would take the refusal for a token and send `Bearer undefined`.
  const code = answer.status < 500 && answer.status !== 429 ? 'unauthenticated' : 'unavailable';
  scope.failure = refusalError(called, { code, vendorCode: null }, answer);
  throw scope.failure;
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
