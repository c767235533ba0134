/** Clients of JSON APIs with bearer tokens. */

import { exchange } from './exchange.ts';
import type { JsonObject } from '../../audit/types.ts';
import type { Scope, Connection } from './exchange.ts';
import type { HttpRequest, HttpResponse } from './http.ts';
import type { VendorClient } from '../pipeline/call-vendor.ts';
import type { AccessToken, TokenSource } from './tokens.ts';

/** A request of a row. `path` is encoded and includes the query, if any. */
interface BearerRequest {
  method: string;
  path: string;
  body?: JsonObject;
}

/** The handle with which a row sends its request. */
export interface BearerHandle {
  /** Sends a request to the API. A refused token is replaced once. */
  send(request: BearerRequest): Promise<HttpResponse>;
}

interface BearerSettings {
  tokens: TokenSource;
  /** Returns the connection to the API for which a token is valid. */
  wireFor: (granted: AccessToken) => Connection;
  refusal: VendorClient<BearerHandle>['refusal'];
}

/** The client of a JSON API with bearer tokens; it sends only the requests of its rows. */
export const bearerClient = ({
  tokens,
  wireFor,
  refusal,
}: BearerSettings): VendorClient<BearerHandle> => ({
  pathOf: (path) => path,
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
    const response = await exchange(wireFor(granted), scope, toHttpRequest(granted, request));
    if (response.status !== 401 || renewed) return response;
    // A 401 is sent before the request is processed, so a write may be repeated.
    renewed = true;
    tokens.drop(granted);
    const fresh = await tokens.get(scope);
    return exchange(wireFor(fresh), scope, toHttpRequest(fresh, request));
  };
}

const toHttpRequest = (
  { token, origin }: AccessToken,
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
