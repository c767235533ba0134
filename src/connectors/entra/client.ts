import { z } from 'zod';
import { bearerClient } from '../transport/bearer.ts';
import { lifetime, tokenSource, tokenText } from '../transport/tokens.ts';
import { entraRefusal } from './refusals.ts';
import type { Secret } from '../../config/env/secret.ts';
import type { BearerHandle } from '../transport/bearer.ts';
import type { Connection } from '../transport/exchange.ts';
import type { HttpRequest } from '../transport/http.ts';
import type { VendorClient } from '../pipeline/call-vendor.ts';

/** An app registration of Entra ID with a client secret, and the URLs where it is used. */
export interface EntraAccess {
  tenantId: string;
  clientId: string;
  clientSecret: Secret;
  /** Origins: `https://login.microsoftonline.com` and `https://graph.microsoft.com`. */
  loginUrl: string;
  graphUrl: string;
}

const tokenResponse = z.object({ access_token: tokenText, expires_in: lifetime });

/** Creates the client of Microsoft Graph, with the client credentials of an app. */
export function createEntraClient(
  access: EntraAccess,
  { login, graph }: { login: Connection; graph: Connection },
): VendorClient<BearerHandle> {
  const { origin } = new URL(access.graphUrl);
  const tokens = tokenSource({
    connection: login,
    request: () => tokenRequest(access),
    read: (json) => {
      const { access_token: token, expires_in: livesMs } = tokenResponse.parse(json);
      return { token, livesMs, origin };
    },
  });
  return bearerClient({ tokens, wireFor: () => graph, refusal: entraRefusal });
}

// https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow
const tokenRequest = ({
  loginUrl,
  tenantId,
  clientId,
  clientSecret,
}: EntraAccess): HttpRequest => ({
  method: 'POST',
  url: `${new URL(loginUrl).origin}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`,
  headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret.reveal(),
    scope: 'https://graph.microsoft.com/.default',
  }).toString(),
});
