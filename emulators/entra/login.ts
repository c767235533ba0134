import { objectBody } from '../http.ts';
import type { Answer, EmulatedRequest, Route } from '../types.ts';
import type { EntraDirectory } from './directory.ts';
import { loginError } from './errors.ts';

/** The token endpoint of the Microsoft identity platform: client credentials with a secret. */
export function loginRoutes(directory: EntraDirectory): Route[] {
  return [
    {
      method: 'POST',
      path: '/:tenant/oauth2/v2.0/token',
      operation: 'oauth:token',
      open: true,
      redact: ['client_secret', 'client_assertion'],
      handle: (request) => token(directory, request),
    },
  ];
}

function token(directory: EntraDirectory, request: EmulatedRequest): Answer {
  const { settings, tokens } = directory;
  const problem = refusal(directory, request);
  if (problem) return problem;
  const expires_in = settings.tokenLifetimeS;
  const access_token = tokens.issue('eyJ0eXAiOiJKV1QiLCJub25jZSI6', null, expires_in);
  return {
    status: 200,
    body: { token_type: 'Bearer', expires_in, ext_expires_in: expires_in, access_token },
  };
}

function refusal({ settings }: EntraDirectory, request: EmulatedRequest): Answer | null {
  const { tenantId, clientId, clientSecret } = settings;
  const { grant_type, client_id, client_secret, scope } = objectBody(request);
  const { tenant = '' } = request.params;
  if (tenant.toLowerCase() !== tenantId.toLowerCase()) {
    return loginError(400, 'invalid_request', [
      90002,
      `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID.`,
    ]);
  }
  if (grant_type !== 'client_credentials') {
    return loginError(400, 'unsupported_grant_type', [
      70003,
      `The app requested an unsupported grant type '${textOf(grant_type)}'.`,
    ]);
  }
  if (client_id !== clientId) {
    const said = `Application with identifier '${textOf(client_id)}' was not found in the directory '${tenant}'.`;
    return loginError(400, 'unauthorized_client', [700016, said]);
  }
  if (typeof client_secret !== 'string' || client_secret === '') {
    const said =
      "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.";
    return loginError(401, 'invalid_client', [7000216, said]);
  }
  if (client_secret !== clientSecret) {
    const said = `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`;
    return loginError(401, 'invalid_client', [7000215, said]);
  }
  return scopeProblem(textOf(scope));
}

/** An app requests all its permissions with a resource and `/.default`. */
function scopeProblem(scope: string): Answer | null {
  if (scope === '') {
    return loginError(400, 'invalid_request', [
      90014,
      "The required field 'scope' is missing from the credential.",
    ]);
  }
  if (/^(https?:\/\/\S+|[0-9a-f-]{36})\/\.default$/.test(scope)) return null;
  const said = `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`;
  return loginError(400, 'invalid_scope', [1002012, said]);
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
