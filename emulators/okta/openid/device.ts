import { objectBody } from '../../http.ts';
import type { Answer, EmulatedRequest } from '../../types.ts';
import { oauthError } from '../oauth-error.ts';
import { audienceOf } from './audience.ts';
import { currentSession, methodOf, words } from './authorize.ts';
import { DEVICE_GRANT } from './model.ts';
import { activatePage } from './page.ts';
import type { OpenIdProvider } from './provider.ts';

/** The device authorisation endpoint: a code for the device, and one for its person. */
export function openDevice(provider: OpenIdProvider, request: EmulatedRequest): Answer {
  const form = objectBody(request);
  const client = provider.client(form.client_id);
  if (!client) return oauthError('invalid_client', 'The client_id is not known.', 401);
  if (!client.grants.includes(DEVICE_GRANT))
    return oauthError('unauthorized_client', 'The client may not use this grant type.');
  const server = request.params.server ?? null;
  const { deviceCode, userCode } = provider.openDevice({
    client,
    scopes: words(form.scope),
    nonce: null,
    acrValues: words(form.acr_values),
    server,
    audience: audienceOf(request.origin, server, form.resource),
  });
  const { deviceIntervalS, deviceLifetimeS } = provider.settings;
  return {
    status: 200,
    body: {
      device_code: deviceCode,
      user_code: userCode,
      verification_uri: `${request.origin}/activate`,
      verification_uri_complete: `${request.origin}/activate?user_code=${userCode}`,
      expires_in: deviceLifetimeS,
      interval: deviceIntervalS,
    },
  };
}

/** The page on which a person enters the code. */
export const showActivation = (provider: OpenIdProvider, request: EmulatedRequest): Answer =>
  activatePage(provider, {
    userCode: request.query.get('user_code') ?? '',
    session: currentSession(provider, request),
  });

/** What a person chose on that page. */
export function finishActivation(provider: OpenIdProvider, request: EmulatedRequest): Answer {
  const { user_code: code, login, method, choice } = objectBody(request);
  const userCode = String(code ?? '');
  const user = provider.person(String(login));
  if (choice !== 'cancel' && !user)
    return activatePage(provider, { userCode, problem: 'Nobody with this login may sign in.' });
  const decision = choice === 'cancel' || !user ? false : provider.signIn(user, methodOf(method));
  if (!provider.decideDevice(userCode, decision))
    return activatePage(provider, { userCode, problem: 'This code is not valid any more.' });
  return { status: 200, text: '<p>Device activated. You can close this page.</p>' };
}
