import { createPublicKey, verify } from 'node:crypto';
import { tokenPart } from '../token-part.ts';
import type { JsonWebKey } from 'node:crypto';
import { objectBody } from '../http.ts';
import { fakeToken } from '../ids.ts';
import type { Answer, EmulatedRequest, Json } from '../types.ts';
import { oauthError } from './oauth-error.ts';
import type { OktaOrg } from './org.ts';

const LIFETIME_S = 3600;
const MAX_ASSERTION_AGE_S = 3600;

interface Grant {
  scopes: readonly string[];
  expiresAt: number;
}

/** Issues and checks the tokens of a service app (client_credentials with private_key_jwt). */
export class ServiceApp {
  readonly #org: OktaOrg;
  readonly #grants = new Map<string, Grant>();
  readonly #used = new Set<string>();

  constructor(org: OktaOrg) {
    this.#org = org;
  }

  /** Scopes of a bearer token; null if it is unknown or expired. */
  scopes(token: string): readonly string[] | null {
    const grant = this.#grants.get(token);
    return grant && grant.expiresAt > Date.now() ? grant.scopes : null;
  }

  /** The answer of the token endpoint to grant_type client_credentials. */
  token(request: EmulatedRequest): Answer {
    const form = objectBody(request);
    const { oauth } = this.#org.settings;
    if (oauth?.refusesDpop)
      return oauthError('invalid_dpop_proof', 'The DPoP proof JWT header is missing.');
    if (oauth?.isDenied)
      return oauthError('access_denied', 'Policy evaluation failed for this request.');
    const problem = this.#assertionProblem(String(form.client_assertion), request);
    if (problem !== null) return oauthError('invalid_client', problem, 401);
    const wanted = String(form.scope ?? '')
      .split(' ')
      .filter(Boolean);
    const granted = oauth?.scopes;
    const missing = granted ? wanted.filter((scope) => !granted.includes(scope)) : [];
    if (wanted.length === 0 || missing.length > 0) {
      return oauthError('invalid_scope', 'The requested scope is invalid, unknown, or malformed.');
    }
    const token = fakeToken('eyJraWQiOiJlbXVsYXRlZCJ9.', this.#grants.size + this.#org.seed, 80);
    this.#grants.set(token, { scopes: wanted, expiresAt: Date.now() + LIFETIME_S * 1000 });
    const body = {
      token_type: 'Bearer',
      expires_in: LIFETIME_S,
      access_token: token,
      scope: wanted.join(' '),
    };
    return { status: 200, body };
  }

  #assertionProblem(assertion: string, request: EmulatedRequest): string | null {
    const { oauth } = this.#org.settings;
    if (!oauth) return 'No service app is configured.';
    if (oauth.isInactive) return 'The client is not active.';
    const parts = assertion.split('.');
    const header = tokenPart(parts[0]);
    const claims = tokenPart(parts[1]);
    if (parts.length !== 3 || !header || !claims) return 'The client_assertion is malformed.';
    if (!hasValidSignature(assertion, String(header.alg), oauth.jwk))
      return 'The client_assertion signature is invalid.';
    return this.#claimsProblem(claims, oauth.clientId, `${request.origin}/oauth2/v1/token`);
  }

  #claimsProblem(claims: Json, clientId: string, audience: string): string | null {
    const now = (Date.now() + (this.#org.settings.clockAheadMs ?? 0)) / 1000;
    if (claims.iss !== clientId || claims.sub !== clientId)
      return "Invalid value for 'client_id' parameter.";
    if (claims.aud !== audience) return 'The audience must be the token endpoint.';
    if (
      typeof claims.exp !== 'number' ||
      claims.exp < now ||
      claims.exp > now + MAX_ASSERTION_AGE_S
    ) {
      return 'The client_assertion has expired or lives longer than an hour.';
    }
    if (typeof claims.jti !== 'string') return null;
    if (this.#used.has(claims.jti)) return 'The client_assertion has been used before.';
    this.#used.add(claims.jti);
    return null;
  }
}

function hasValidSignature(assertion: string, algorithm: string, jwk: Json): boolean {
  if (!/^(RS|ES)(256|384|512)$/.test(algorithm)) return false;
  const cut = assertion.lastIndexOf('.');
  const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  const signature = Buffer.from(assertion.slice(cut + 1), 'base64url');
  const hash = `sha${algorithm.slice(2)}`;
  return verify(
    hash,
    Buffer.from(assertion.slice(0, cut)),
    { key, dsaEncoding: 'ieee-p1363' },
    signature,
  );
}
