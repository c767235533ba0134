import { verify } from 'node:crypto';
import { objectBody } from '../http.ts';
import { tokenPart } from '../token-part.ts';
import type { Answer, EmulatedRequest, Json, Route } from '../types.ts';
import { tokenError } from './errors.ts';
import type { GoogleWorkspace } from './workspace.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const LONGEST_S = 3600;
const SKEW_S = 60;
const SHORT_LIVED =
  'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.';
const NOT_DELEGATED =
  'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.';

/** Google's token endpoint: exchanges a JWT signed by the service account for an access token. */
export function tokenRoutes(workspace: GoogleWorkspace): Route[] {
  return [
    {
      method: 'POST',
      path: '/token',
      operation: 'oauth:token',
      open: true,
      redact: ['assertion'],
      handle: (request) => token(workspace, request),
    },
  ];
}

function token(workspace: GoogleWorkspace, request: EmulatedRequest): Answer {
  const { grant_type, assertion } = objectBody(request);
  if (grant_type !== GRANT) return tokenError(400, 'unsupported_grant_type', 'Invalid grant_type');
  const claims = typeof assertion === 'string' ? claimsOf(assertion) : null;
  if (typeof assertion !== 'string' || !claims) {
    return tokenError(400, 'invalid_grant', 'Bad Request');
  }
  const problem =
    identityProblem(workspace, assertion, claims) ??
    timeProblem(claims, request) ??
    rightsProblem(workspace, claims);
  if (problem) return problem;
  const expires_in = workspace.settings.tokenLifetimeS;
  const subject = typeof claims.sub === 'string' ? claims.sub : null;
  const access_token = workspace.tokens.issue(
    'ya29.c.',
    { subject, scopes: scopesOf(claims) },
    expires_in,
  );
  return { status: 200, body: { access_token, expires_in, token_type: 'Bearer' } };
}

function identityProblem(
  { serviceAccount }: GoogleWorkspace,
  assertion: string,
  { iss }: Json,
): Answer | null {
  if (!serviceAccount || iss !== serviceAccount.clientEmail) {
    return tokenError(400, 'invalid_grant', 'Invalid grant: account not found');
  }
  const cut = assertion.lastIndexOf('.');
  const signature = Buffer.from(assertion.slice(cut + 1), 'base64url');
  const genuine = verify(
    'sha256',
    Buffer.from(assertion.slice(0, cut)),
    serviceAccount.publicKey,
    signature,
  );
  return genuine ? null : tokenError(400, 'invalid_grant', 'Invalid JWT Signature.');
}

function timeProblem({ aud, exp, iat }: Json, { origin }: EmulatedRequest): Answer | null {
  if (aud !== `${origin}/token`)
    return tokenError(400, 'invalid_grant', 'Invalid JWT: Failed audience check.');
  const now = Date.now() / 1000;
  const timely =
    typeof exp === 'number' &&
    typeof iat === 'number' &&
    exp > now - SKEW_S &&
    iat < now + SKEW_S &&
    exp - iat <= LONGEST_S;
  return timely ? null : tokenError(400, 'invalid_grant', SHORT_LIVED);
}

function rightsProblem({ settings, users }: GoogleWorkspace, claims: Json): Answer | null {
  const scopes = scopesOf(claims);
  if (scopes.length === 0) {
    return tokenError(400, 'invalid_scope', 'Invalid OAuth scope or ID token audience provided.');
  }
  if (claims.sub === undefined) return null;
  if (typeof claims.sub !== 'string' || !users.find(claims.sub)) {
    return tokenError(400, 'invalid_grant', 'Invalid email or User ID');
  }
  const delegated = scopes.every((scope) => settings.scopes.includes(scope));
  return delegated ? null : tokenError(401, 'unauthorized_client', NOT_DELEGATED);
}

const scopesOf = ({ scope }: Json): string[] =>
  typeof scope === 'string' ? scope.split(' ').filter(Boolean) : [];

/** The claims of an RS256 token in three parts; null for anything else. */
function claimsOf(assertion: string): Json | null {
  const parts = assertion.split('.');
  return parts.length === 3 && tokenPart(parts[0])?.alg === 'RS256' ? tokenPart(parts[1]) : null;
}
