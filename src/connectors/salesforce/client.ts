import { z } from 'zod';
import { bearerClient } from '../transport/bearer.ts';
import { tokenSource, tokenText } from '../transport/tokens.ts';
import { salesforceRefusal } from './refusals.ts';
import type { Secret } from '../../config/env/secret.ts';
import type { BearerHandle } from '../transport/bearer.ts';
import type { Connection } from '../transport/exchange.ts';
import type { HttpRequest } from '../transport/http.ts';
import type { VendorClient } from '../pipeline/call-vendor.ts';

/** An external client app with the client credentials flow. */
export interface SalesforceAccess {
  clientId: string;
  clientSecret: Secret;
  /** Origin of the organisation's own domain, such as `https://example.my.salesforce.com`. */
  loginUrl: string;
}

const tokenResponse = z.object({ access_token: tokenText, instance_url: z.string().max(300) });

/**
 * Creates the client of Salesforce's REST API, with the client credentials of an app. The API's
 * address comes with the token. The token has no stated lifetime, so it is used until it is
 * refused. `connectTo` creates the connection to an origin.
 */
export function createSalesforceClient(
  access: SalesforceAccess,
  { login, connectTo }: { login: Connection; connectTo: (origin: string) => Connection },
): VendorClient<BearerHandle> {
  const tokens = tokenSource({
    connection: login,
    request: () => tokenRequest(access),
    read: (json) => {
      const { access_token: token, instance_url: url } = tokenResponse.parse(json);
      return { token, livesMs: null, origin: instanceOrigin(url, access.loginUrl) };
    },
  });
  let api: { origin: string; connection: Connection } | null = null;
  const wireFor = ({ origin }: { origin: string }): Connection => {
    if (api?.origin !== origin) api = { origin, connection: connectTo(origin) };
    return api.connection;
  };
  return bearerClient({ tokens, wireFor, refusal: salesforceRefusal });
}

// https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_client_credentials_flow.htm
const tokenRequest = ({ loginUrl, clientId, clientSecret }: SalesforceAccess): HttpRequest => ({
  method: 'POST',
  url: `${new URL(loginUrl).origin}/services/oauth2/token`,
  headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret.reveal(),
  }).toString(),
});

/**
 * The origin for which the token is valid: https on a public name. A login on loopback, an emulator,
 * may name loopback. Throws for anything else, because the token would be sent there.
 */
export function instanceOrigin(text: string, loginUrl: string): string {
  const url = new URL(text);
  const isEmulated =
    /^https?:$/.test(url.protocol) &&
    LOOPBACK.test(new URL(loginUrl).hostname) &&
    LOOPBACK.test(url.hostname);
  const isPublic = url.protocol === 'https:' && PUBLIC_NAME.test(url.hostname);
  const bare =
    url.pathname === '/' &&
    url.search === '' &&
    url.hash === '' &&
    url.username === '' &&
    url.password === '';
  if (!bare || (!isPublic && !isEmulated))
    throw new TypeError('instance_url is not a public https origin');
  return url.origin;
}

/** A name with a top-level domain of letters: no address, and none that only a local network has. */
const PUBLIC_NAME =
  /^(?!.*\.(?:local|localhost|internal|intranet|lan|home|corp|test|invalid|arpa)$)(?:[a-z\d-]+\.)+(?:[a-z]{2,}|xn--[a-z\d-]+)$/;
const LOOPBACK = /^(localhost|\[::1\]|127(\.\d{1,3}){3})$/;
