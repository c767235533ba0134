import { createVerify, generateKeyPairSync, hash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../../src/config/env/secret.ts';
import { context, failureOf, harness, USER } from '../support/harness.ts';
import { serverPool } from '../support/server.ts';
import type { ConnectorError } from '../../../../src/connectors/errors.ts';
import type { Reply, Seen } from '../support/server.ts';

const servers = serverPool();
afterEach(() => servers.closeAll());

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pkcs1 = keys.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const pkcs8 = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const jwk = JSON.stringify({ ...keys.privateKey.export({ format: 'jwk' }), kid: 'key-1' });

const isToken = ({ path }: Seen): boolean => path === '/oauth2/v1/token';
const user = { json: { id: USER, status: 'ACTIVE', profile: { login: 'someone' } } };

async function serviceApp(
  answer: (seen: Seen, count: number) => Reply,
  privateKey = jwk,
  stated: { scopes?: string[] } = { scopes: ['okta.users.read'] },
) {
  const server = await servers.start(answer);
  const credential = {
    kind: 'service_app' as const,
    clientId: '0oaAAAAAAAAAAAAAAAAA',
    privateKey: new Secret(privateKey),
    ...stated,
  };
  const made = harness(server.origin, {
    okta: { origin: server.origin, host: 'okta.test', credential },
  });
  return {
    ...made,
    server,
    read: () => made.connectors.okta('users:read_detail', { userId: USER }, context()),
  };
}

/** Header and claims of the DPoP proof of a request. */
function proofOf({ headers }: Seen) {
  const [header, claims] = String(headers['dpop'])
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString() || '{}') as Proof);
  return { header: header ?? {}, claims: claims ?? {} };
}
type Proof = Record<string, unknown>;

describe('a service app', () => {
  it.each([
    ['a JWK', jwk],
    ['PEM (PKCS #1)', pkcs1],
    ['PEM (PKCS #8)', pkcs8],
  ])(
    'signs for a token with %s, over the same transport, and uses the token until it expires',
    async (_what, privateKey) => {
      const app = await serviceApp(
        (seen) => (isToken(seen) ? { json: { access_token: 'at-1' } } : user),
        privateKey,
      );
      await app.read();
      await app.read();
      expect(app.server.seen.map(({ path }) => path)).toEqual([
        '/oauth2/v1/token',
        `/api/v1/users/${USER}`,
        `/api/v1/users/${USER}`,
      ]);
      expect(app.server.seen[2]?.headers.authorization).toBe('Bearer at-1');
      expect(app.events.map(({ operation }) => operation)).toEqual([
        'oauth:token',
        'users:read_detail',
        'users:read_detail',
      ]);
      const form = new URLSearchParams(app.server.seen[0]?.body);
      expect([form.get('grant_type'), form.get('scope')]).toEqual([
        'client_credentials',
        'okta.users.read',
      ]);
      expect(verified(form.get('client_assertion') ?? '')).toMatchObject({
        aud: `${app.server.origin}/oauth2/v1/token`,
        iss: '0oaAAAAAAAAAAAAAAAAA',
        sub: '0oaAAAAAAAAAAAAAAAAA',
      });
    },
  );

  it('with DPoP proves with every request that it holds the key', async () => {
    const app = await serviceApp((seen) => {
      const proof = proofOf(seen);
      if (!isToken(seen)) return user;
      return proof.claims['nonce'] === 'nonce-1'
        ? { json: { access_token: 'at-1', token_type: 'DPoP' } }
        : {
            status: 400,
            headers: { 'dpop-nonce': 'nonce-1' },
            json: { error: 'use_dpop_nonce', error_description: 'canary' },
          };
    });
    expect((await app.read()).output.id).toBe(USER);
    const [first, second, call] = app.server.seen.map(proofOf);
    expect([first?.claims['nonce'], second?.claims['nonce']]).toEqual([undefined, 'nonce-1']);
    expect(app.server.seen[2]?.headers.authorization).toBe('DPoP at-1');
    expect(call?.header).toMatchObject({ typ: 'dpop+jwt', jwk: { kty: 'RSA' } });
    expect(call?.header['jwk']).not.toHaveProperty('d');
    expect(call?.claims).toMatchObject({
      htm: 'GET',
      htu: `${app.server.origin}/api/v1/users/${USER}`,
      ath: hash('sha256', 'at-1', 'base64url'),
    });
  });

  it('retries once with a new token if the old one is refused, and counts both calls', async () => {
    let tokens = 0;
    const app = await serviceApp((seen) => {
      if (isToken(seen)) return { json: { access_token: `at-${(tokens += 1)}` } };
      return seen.headers.authorization === 'Bearer at-2'
        ? user
        : { status: 401, json: { errorCode: 'E0000011' } };
    });
    expect((await app.read()).output.id).toBe(USER);
    expect(app.events.map(({ operation, status }) => [operation, status])).toEqual([
      ['oauth:token', 200],
      ['users:read_detail', 401],
      ['oauth:token', 200],
      ['users:read_detail', 200],
    ]);
  });

  it('is unauthenticated if every token is refused', async () => {
    const app = await serviceApp((seen) =>
      isToken(seen)
        ? { json: { access_token: 'at' } }
        : { status: 401, json: { errorCode: 'E0000011' } },
    );
    expect(await failureOf(app.read())).toMatchObject({
      fields: { code: 'unauthenticated', vendorCode: 'E0000011' },
    });
  });

  it.each<[string, Reply, string]>([
    [
      'refused',
      { status: 401, json: { error: 'invalid_client', error_description: 'canary' } },
      'unauthenticated',
    ],
    ['refused for its scope', { status: 400, json: { error: 'invalid_scope' } }, 'forbidden'],
    ['unavailable', { status: 503, text: 'down' }, 'unavailable'],
    ['one too many', { status: 429, json: {}, headers: { 'retry-after': '7' } }, 'rate_limited'],
    ['redirected', { status: 302, headers: { location: 'http://127.0.0.1:9/' } }, 'malformed'],
    ['disconnected', { cut: 'before' }, 'unavailable'],
  ])('makes no call if its token is %s', async (_what, reply, code) => {
    const app = await serviceApp((seen) => (isToken(seen) ? reply : user));
    const error = (await failureOf(app.read())) as ConnectorError;
    expect(error.fields).toMatchObject({ code, ambiguous: false });
    expect(JSON.stringify([error.fields, error.stack])).not.toContain('canary');
    expect(app.server.seen.every(isToken)).toBe(true);
  });

  it('repeats why its token is refused, and when to try again', async () => {
    const refused = async (reply: Reply) => {
      const app = await serviceApp((seen) => (isToken(seen) ? reply : user));
      return ((await failureOf(app.read())) as ConnectorError).fields;
    };
    const proof = { error: 'invalid_dpop_proof', error_description: 'canary' };
    expect(await refused({ status: 400, json: proof })).toMatchObject({
      code: 'unauthenticated',
      vendorCode: 'invalid_dpop_proof',
    });
    const busy = { status: 429, json: {}, headers: { 'retry-after': '7' } };
    expect(await refused(busy)).toMatchObject({ code: 'rate_limited', retryAfterMs: 7_000 });
  });

  it('requests the scope of each call separately, so that a missing scope does not affect other calls', async () => {
    const scopeOf = (seen: Seen): string => `${new URLSearchParams(seen.body).get('scope')}`;
    const answer = (seen: Seen): Reply => {
      if (!isToken(seen)) return seen.path.endsWith('/roles') ? { json: [] } : user;
      if (scopeOf(seen) === 'okta.logs.read')
        return { status: 400, json: { error: 'invalid_scope' } };
      return { json: { access_token: `at-${scopeOf(seen)}` } };
    };
    const app = await serviceApp(answer, jwk, {});
    const { okta } = app.connectors;
    await app.read();
    expect(await failureOf(okta('logs:read', {}, context()))).toMatchObject({
      fields: { code: 'forbidden', vendorCode: 'invalid_scope', status: 400 },
    });
    await okta('users:read_roles', { userId: USER }, context());
    await app.read();
    expect(app.server.seen.filter(isToken).map(scopeOf)).toEqual([
      ...['okta.users.read', 'okta.logs.read', 'okta.roles.read'],
    ]);
    expect(app.server.seen.at(-1)?.headers.authorization).toBe('Bearer at-okta.users.read');
  });

  it('reports an unusable key, and sends nothing', async () => {
    const app = await serviceApp(() => user, 'canary, not a key');
    const error = (await failureOf(app.read())) as ConnectorError;
    expect(error.fields).toMatchObject({ code: 'invalid', status: null });
    expect(error.stack).not.toContain('canary');
    expect(app.server.seen).toEqual([]);
  });
});

/** Claims of a signed token with a verified signature. */
function verified(token: string): unknown {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const verifier = createVerify('RSA-SHA256').update(`${header}.${claims}`);
  expect(verifier.verify(keys.publicKey, signature, 'base64url')).toBe(true);
  return JSON.parse(Buffer.from(claims, 'base64url').toString());
}
