import { objectBody } from '../../http.ts';
import type { Answer, EmulatedRequest, Route } from '../../types.ts';
import type { ServiceApp } from '../service-app.ts';
import { authorize, finishSignIn, signOut } from './authorize.ts';
import { finishActivation, openDevice, showActivation } from './device.ts';
import { DEVICE_GRANT } from './model.ts';
import type { OpenIdProvider } from './provider.ts';
import { issuerOf } from './provider.ts';
import { exchangeToken, revokeToken } from './token.ts';

const SECRETS = [
  'client_assertion',
  'client_secret',
  'code',
  'code_verifier',
  'refresh_token',
  'device_code',
  'token',
];

/**
 * Sign-in with OpenID Connect: the organisation's own authorisation server, and custom ones under
 * `/oauth2/ID`.
 */
export function openIdRoutes(provider: OpenIdProvider, app: ServiceApp): Route[] {
  const own = serverRoutes(provider, '/oauth2', app);
  return [
    route('GET', '/.well-known/openid-configuration', 'oauth:discover', (request) =>
      discover(request),
    ),
    ...own,
    route('GET', '/oauth2/:server/.well-known/openid-configuration', 'oauth:discover', discover),
    route(
      'GET',
      '/oauth2/:server/.well-known/oauth-authorization-server',
      'oauth:discover',
      discover,
    ),
    ...serverRoutes(provider, '/oauth2/:server', app),
    route('POST', '/login/sign-in', 'oauth:sign_in', (request) => finishSignIn(provider, request)),
    route('GET', '/activate', 'oauth:activate', (request) => showActivation(provider, request)),
    route('POST', '/activate', 'oauth:activate', (request) => finishActivation(provider, request)),
  ];
}

function serverRoutes(provider: OpenIdProvider, base: string, app: ServiceApp): Route[] {
  return [
    route('POST', `${base}/v1/token`, 'oauth:token', (request) =>
      objectBody(request).grant_type === 'client_credentials'
        ? app.token(request)
        : exchangeToken(provider, request),
    ),
    route('GET', `${base}/v1/keys`, 'oauth:keys', () => ({
      status: 200,
      body: { keys: provider.keys.published },
    })),
    route('GET', `${base}/v1/authorize`, 'oauth:authorize', (request) =>
      authorize(provider, request),
    ),
    route('POST', `${base}/v1/device/authorize`, 'oauth:device', (request) =>
      openDevice(provider, request),
    ),
    route('POST', `${base}/v1/revoke`, 'oauth:revoke', (request) => revokeToken(provider, request)),
    route('GET', `${base}/v1/logout`, 'oauth:sign_out', (request) => signOut(provider, request)),
  ];
}

const route = (
  method: string,
  path: string,
  operation: string,
  handle: (request: EmulatedRequest) => Answer,
): Route => ({ method, path, operation, open: true, redact: SECRETS, handle });

/** The discovery document of an authorisation server. */
function discover({ origin, params }: EmulatedRequest): Answer {
  const server = params.server ?? null;
  const base = `${origin}/oauth2${server === null ? '' : `/${server}`}/v1`;
  return {
    status: 200,
    body: {
      issuer: issuerOf(origin, server),
      authorization_endpoint: `${base}/authorize`,
      token_endpoint: `${base}/token`,
      device_authorization_endpoint: `${base}/device/authorize`,
      revocation_endpoint: `${base}/revoke`,
      end_session_endpoint: `${base}/logout`,
      jwks_uri: `${base}/keys`,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: [
        'authorization_code',
        'refresh_token',
        DEVICE_GRANT,
        'client_credentials',
      ],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      scopes_supported: ['openid', 'profile', 'email', 'groups', 'offline_access'],
      token_endpoint_auth_methods_supported: [
        'client_secret_basic',
        'client_secret_post',
        'private_key_jwt',
        'none',
      ],
      code_challenge_methods_supported: ['S256'],
      acr_values_supported: ['urn:okta:loa:1fa:any', 'urn:okta:loa:2fa:any', 'phr', 'phrh'],
      claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'auth_time', 'amr', 'acr', 'nonce'],
    },
  };
}
