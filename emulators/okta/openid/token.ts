import { createHash } from 'node:crypto';
import { objectBody } from '../../http.ts';
import type { Answer, EmulatedRequest } from '../../types.ts';
import { oauthError } from '../oauth-error.ts';
import { DEVICE_GRANT } from './model.ts';
import type { OpenIdClient } from './model.ts';
import type { OpenIdProvider } from './provider.ts';

/** The token endpoint for people: codes, refresh tokens and devices. */
export function exchangeToken(provider: OpenIdProvider, request: EmulatedRequest): Answer {
  const form = objectBody(request);
  const grant = String(form.grant_type);
  const client = authenticateClient(provider, request);
  if (!client) return oauthError('invalid_client', 'The client is not authenticated.', 401);
  if (!client.grants.includes(grant))
    return oauthError('unauthorized_client', 'The client may not use this grant type.');
  if (grant === 'authorization_code') return exchangeCode(provider, request, client);
  if (grant === 'refresh_token') return exchangeRefresh(provider, request, client);
  if (grant === DEVICE_GRANT) return exchangeDevice(provider, request, client);
  return oauthError('unsupported_grant_type', 'The grant type is not supported.');
}

function exchangeCode(
  provider: OpenIdProvider,
  request: EmulatedRequest,
  client: OpenIdClient,
): Answer {
  const form = objectBody(request);
  const taken = provider.takeCode(String(form.code));
  const wrong = oauthError('invalid_grant', 'The authorization code is invalid or has expired.');
  if (!taken || taken.request.client.id !== client.id) return wrong;
  const { challenge, redirectUri } = taken.request;
  if (form.redirect_uri !== redirectUri) return wrong;
  const verifier = createHash('sha256').update(String(form.code_verifier)).digest('base64url');
  if (challenge !== null && challenge !== verifier)
    return oauthError('invalid_grant', 'PKCE verification failed.');
  return answerWith(provider.tokens(taken.request, taken.signIn, request.origin));
}

function exchangeRefresh(
  provider: OpenIdProvider,
  request: EmulatedRequest,
  client: OpenIdClient,
): Answer {
  const found = provider.takeRefresh(String(objectBody(request).refresh_token), client);
  if (!found) return oauthError('invalid_grant', 'The refresh token is invalid or expired.');
  return answerWith(provider.tokens(found.request, found.signIn, request.origin));
}

function exchangeDevice(
  provider: OpenIdProvider,
  request: EmulatedRequest,
  client: OpenIdClient,
): Answer {
  const found = provider.pollDevice(String(objectBody(request).device_code), client);
  if (typeof found === 'string') return oauthError(found, 'The device is not authorised.');
  return answerWith(provider.tokens(found.request, found.signIn, request.origin));
}

/** A refresh token that no longer counts; unknown ones are accepted too, as RFC 7009 requires. */
export function revokeToken(provider: OpenIdProvider, request: EmulatedRequest): Answer {
  if (!authenticateClient(provider, request))
    return oauthError('invalid_client', 'The client is not authenticated.', 401);
  provider.revoke(String(objectBody(request).token));
  return { status: 200 };
}

/** The client by Basic authentication or in the form; null if its secret is wrong. */
export function authenticateClient(
  provider: OpenIdProvider,
  request: EmulatedRequest,
): OpenIdClient | null {
  const form = objectBody(request);
  const [, basic = ''] = /^Basic (\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  const [id, secret] =
    basic === ''
      ? [form.client_id, form.client_secret]
      : Buffer.from(basic, 'base64').toString('utf8').split(':').map(decodeURIComponent);
  const client = provider.client(id);
  return client && (client.secret === null || client.secret === secret) ? client : null;
}

const answerWith = (body: unknown): Answer => ({
  status: 200,
  body,
  headers: { 'cache-control': 'no-store' },
});
