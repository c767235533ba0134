import { createSign } from 'node:crypto';
import { z } from 'zod';
import { bearerClient } from '../transport/bearer.ts';
import { lifetime, tokenSource, tokenText } from '../transport/tokens.ts';
import { googleRefusal } from './refusals.ts';
import type { Secret } from '../../config/env/secret.ts';
import type { BearerHandle } from '../transport/bearer.ts';
import type { Connection } from '../transport/exchange.ts';
import type { HttpRequest } from '../transport/http.ts';
import type { VendorClient } from '../pipeline/call-vendor.ts';

/** A service account with domain-wide delegation, and the administrator that it acts as. */
export interface GoogleAccess {
  clientEmail: string;
  /** PEM of an RSA key. */
  privateKey: Secret;
  /** Id of the key; null if the file contains none. */
  keyId: string | null;
  /** URL that issues tokens, such as `https://oauth2.googleapis.com/token`. */
  tokenUri: string;
  /** E-mail address of the administrator that it acts as. */
  subject: string;
  /** Origin: `https://admin.googleapis.com`. */
  adminUrl: string;
}

const SCOPE = 'https://www.googleapis.com/auth/admin.directory.user';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const LIVES_S = 3_600;

const tokenResponse = z.object({ access_token: tokenText, expires_in: lifetime });

/**
 * Creates the client of the Directory API, with a service account that signs its token requests.
 */
export function createGoogleClient(
  access: GoogleAccess,
  { login, admin }: { login: Connection; admin: Connection },
): VendorClient<BearerHandle> {
  const { origin } = new URL(access.adminUrl);
  const tokens = tokenSource({
    connection: login,
    request: () => tokenRequest(access, Date.now()),
    read: (json) => {
      const { access_token: token, expires_in: livesMs } = tokenResponse.parse(json);
      return { token, livesMs, origin };
    },
  });
  return bearerClient({ tokens, wireFor: () => admin, refusal: googleRefusal });
}

// https://developers.google.com/identity/protocols/oauth2/service-account#httprest
const tokenRequest = (access: GoogleAccess, now: number): HttpRequest => ({
  method: 'POST',
  url: access.tokenUri,
  headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams({ grant_type: GRANT, assertion: assertion(access, now) }).toString(),
});

function assertion(
  { clientEmail, privateKey, keyId, tokenUri, subject }: GoogleAccess,
  now: number,
): string {
  const iat = Math.floor(now / 1_000);
  const header = { alg: 'RS256', typ: 'JWT', ...(keyId !== null && { kid: keyId }) };
  const claims = {
    iss: clientEmail,
    sub: subject,
    scope: SCOPE,
    aud: tokenUri,
    iat,
    exp: iat + LIVES_S,
  };
  const signed = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = createSign('RSA-SHA256').update(signed).sign(privateKey.reveal(), 'base64url');
  return `${signed}.${signature}`;
}
