import { exchange } from './exchange.ts';
import type { JsonObject } from '../../audit/types.ts';
import type { Scope, Wire } from './exchange.ts';
import type { Answer, HttpRequest } from './http.ts';
import type { VendorClient } from '../pipeline/perform.ts';
import type { Granted, TokenDesk } from './tokens.ts';

/** A request of a row: `path` with its parts encoded, and the query where there is one. */
export interface BearerRequest {
  method: string;
  path: string;
  body?: JsonObject;
}

/** What a row sends with. */
export interface BearerHandle {
  /** Sends a request to the API; a token that is refused is replaced once. */
  send(request: BearerRequest): Promise<Answer>;
}

export interface BearerSettings {
  tokens: TokenDesk;
  /** What leads to the API that a token is for. */
  wireFor: (granted: Granted) => Wire;
  refusal: VendorClient<BearerHandle>['refusal'];
}

/** The client of a JSON API behind bearer tokens: no more than the requests of its rows. */
export const bearerClient = ({
  tokens,
  wireFor,
  refusal,
}: BearerSettings): VendorClient<BearerHandle> => ({
  place: (path) => path,
  refusal,
  lend: async (scope, use) => use({ send: sender({ tokens, wireFor }, scope) }),
});

function sender(
  { tokens, wireFor }: Pick<BearerSettings, 'tokens' | 'wireFor'>,
  scope: Scope,
): BearerHandle['send'] {
  let renewed = false;
  return async (request) => {
    const granted = await tokens.get(scope);
    const answer = await exchange(wireFor(granted), scope, toHttpRequest(granted, request));
    if (answer.status !== 401 || renewed) return answer;
    // A 401 is said before anything is done, so a write may be sent again.
    renewed = true;
    tokens.drop(granted);
    const fresh = await tokens.get(scope);
    return exchange(wireFor(fresh), scope, toHttpRequest(fresh, request));
  };
}

const toHttpRequest = (
  { token, origin }: Granted,
  { method, path, body }: BearerRequest,
): HttpRequest => ({
  method,
  url: origin + path,
  headers: {
    accept: 'application/json',
    'user-agent': 'arx',
    authorization: `Bearer ${token}`,
    ...(body !== undefined && { 'content-type': 'application/json' }),
  },
  body: body === undefined ? undefined : JSON.stringify(body),
});
