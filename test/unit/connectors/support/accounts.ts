import { generateKeyPairSync } from 'node:crypto';
import { Secret } from '../../../../src/config/env/secret.ts';
import { harness, policy } from './harness.ts';
import type { ConnectorSettings } from '../../../../src/connectors/create.ts';
import type { PolicyBundle } from '../../../../src/governance/types.ts';
import type { Harness } from './harness.ts';
import type { Reply, Seen } from './server.ts';

export const ENTRA_USER = '11111111-2222-3333-4444-555555555555';
export const ENTRA_GROUP = '99999999-8888-7777-6666-555555555555';
export const GOOGLE_USER = '100511723298774840978';
export const SALESFORCE_USER = '005W0fC000qR9X8ICK';
export const ACCESS_TOKEN = 'access-token-canary-77';
export const CLIENT_SECRET = 'client-secret-canary-78';

/** The key of the service account in tests. */
export const KEYS = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = KEYS.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const EVERYTHING: PolicyBundle = {
  ok: true,
  digest: 'e'.repeat(64),
  policies: ['entra', 'google', 'salesforce', 'email'].map((connector) =>
    policy({ connector, operations: ['*:*'], riskMax: 'CRITICAL' }),
  ),
};

/** Context of a call that needs a grant. */
export const grant = { requestId: 'req-1' };

/**
 * Connectors whose account vendors share one address, with every permission and a grant for every
 * call.
 */
export const accountHarness = (
  origin: string,
  overrides: Partial<ConnectorSettings> = {},
): Harness =>
  harness(origin, {
    entra: {
      tenantId: 'northwind.example',
      clientId: ENTRA_USER,
      clientSecret: new Secret(CLIENT_SECRET),
      loginUrl: origin,
      graphUrl: origin,
    },
    google: {
      clientEmail: 'robot@project.example',
      privateKey: new Secret(PEM),
      keyId: 'key-1',
      tokenUri: `${origin}/token`,
      subject: 'admin@northwind.example',
      adminUrl: origin,
    },
    salesforce: {
      clientId: 'consumer-key',
      clientSecret: new Secret(CLIENT_SECRET),
      loginUrl: origin,
    },
    bundle: () => EVERYTHING,
    grants: { useUp: () => Promise.resolve(true) },
    ...overrides,
  });

/** True for a request to any of the three token servers. */
export const isToken = ({ method, path }: Seen): boolean =>
  method === 'POST' && /\/token$/.test(path);

/** A token response valid for all three; `origin` is the address of Salesforce's API. */
export const tokenReply = (origin: string, token = ACCESS_TOKEN): Reply => ({
  json: { access_token: token, token_type: 'Bearer', expires_in: 3_599, instance_url: origin },
});

/** A refusal in Graph's form. */
export const graphError = (
  status: number,
  code: string,
  message = 'said by Graph, canary-message',
): Reply => ({
  status,
  json: { error: { code, message, innerError: { 'request-id': ENTRA_USER } } },
});
