import { generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmulators } from '../../../emulators/start.ts';
import type { RunningEmulators } from '../../../emulators/start.ts';
import { caller } from '../../support/vendor-calls.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
let emulators: RunningEmulators;
let number = 0;

beforeAll(async () => {
  emulators = await startEmulators({ profile: 'plain', users: 2, rateLimit: 0 });
  emulators.okta.settings.oauth = {
    clientId: 'client',
    jwk: { ...rsa.publicKey.export({ format: 'jwk' }) },
  };
});
afterAll(() => emulators.close());

function assertion(key: KeyObject, changes: Record<string, unknown> = {}): string {
  number += 1;
  const now = Math.floor(Date.now() / 1000);
  const aud = `${emulators.document.okta}/oauth2/v1/token`;
  const claims = {
    iss: 'client',
    sub: 'client',
    aud,
    exp: now + 300,
    iat: now,
    jti: `jti-${number}`,
    ...changes,
  };
  const head = [{ alg: 'RS256', typ: 'JWT' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  return `${head.join('.')}.${sign('sha256', Buffer.from(head.join('.')), key).toString('base64url')}`;
}

async function ask(
  client_assertion: string,
  scope = 'okta.users.read',
): Promise<{ status: number; body: Record<string, unknown> }> {
  const form = {
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion,
    scope,
  };
  const answer = await fetch(`${emulators.document.okta}/oauth2/v1/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

describe('a service app', () => {
  it('gets a bearer token for its scopes', async () => {
    const { status, body } = await ask(assertion(rsa.privateKey));
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({ token_type: 'Bearer', scope: 'okta.users.read' }),
    ]);
    const okta = caller(emulators.document.okta, `Bearer ${String(body.access_token)}`);
    expect((await okta('GET', '/api/v1/users')).body).toHaveLength(2);
    expect((await okta('GET', '/api/v1/groups')).body).toMatchObject({ errorCode: 'E0000006' });
  });

  const BAD: readonly (readonly [string, () => string])[] = [
    ['another key', () => assertion(other.privateKey)],
    ['another client', () => assertion(rsa.privateKey, { iss: 'stranger' })],
    ['another audience', () => assertion(rsa.privateKey, { aud: 'https://elsewhere.example' })],
    ['an expired one', () => assertion(rsa.privateKey, { exp: 1 })],
    ['no assertion at all', () => 'nonsense'],
  ];
  it.each(BAD)('is refused with %s', async (_, make) => {
    expect(await ask(make())).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('may use an assertion only once', async () => {
    const once = assertion(rsa.privateKey);
    expect((await ask(once)).status).toBe(200);
    expect((await ask(once)).status).toBe(401);
  });

  it('must request scopes', async () => {
    expect(await ask(assertion(rsa.privateKey), '')).toMatchObject({
      status: 400,
      body: { error: 'invalid_scope' },
    });
  });

  it('does not show assertions and tokens in the log', async () => {
    const { body } = await ask(assertion(rsa.privateKey));
    const log = JSON.stringify(emulators.log.entries);
    expect(log).toContain('[redacted]');
    expect(log).not.toContain(String(body.access_token));
    expect(log).not.toContain('eyJhbGci');
  });
});
