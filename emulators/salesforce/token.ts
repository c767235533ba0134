import { createHmac } from 'node:crypto';
import { objectBody } from '../http.ts';
import type { Answer, EmulatedRequest, Route } from '../types.ts';
import type { SalesforceOrg } from './org.ts';

/** The token endpoint: client credentials in the form or as basic authentication. */
export function tokenRoutes(org: SalesforceOrg): Route[] {
  return [
    {
      method: 'POST',
      path: '/services/oauth2/token',
      operation: 'oauth:token',
      open: true,
      redact: ['client_secret', 'assertion', 'password'],
      handle: (request) => token(org, request),
    },
  ];
}

function token(org: SalesforceOrg, request: EmulatedRequest): Answer {
  const { clientId, clientSecret, tokenLifetimeS, instanceUrl } = org.settings;
  if (objectBody(request).grant_type !== 'client_credentials') {
    return oauthError('unsupported_grant_type', 'grant type not supported');
  }
  const [id, secret] = credentials(request);
  if (id !== clientId) return oauthError('invalid_client_id', 'client identifier invalid');
  if (secret !== clientSecret) return oauthError('invalid_client', 'invalid client credentials');
  const issued_at = String(Date.now());
  const identity = `https://login.salesforce.com/id/${org.orgId}/0055g000000ArxRobot`;
  const body = {
    access_token: org.tokens.issue(`${org.orgId.slice(0, 15)}!`, null, tokenLifetimeS),
    signature: createHmac('sha256', clientSecret)
      .update(identity + issued_at)
      .digest('base64'),
    scope: 'api',
    instance_url: instanceUrl ?? request.origin,
    id: identity,
    token_type: 'Bearer',
    issued_at,
  };
  return { status: 200, body };
}

function credentials(request: EmulatedRequest): [unknown, unknown] {
  const [scheme, value = ''] = (request.headers.authorization ?? '').split(' ');
  const { client_id, client_secret } = objectBody(request);
  if (scheme !== 'Basic') return [client_id, client_secret];
  const [id, secret] = Buffer.from(value, 'base64').toString('utf8').split(':');
  return [id, secret];
}

const oauthError = (error: string, error_description: string): Answer => ({
  status: 400,
  body: { error, error_description },
});
