import { createVerify } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../../src/config/env/secret.ts';
import { InvalidArgumentError } from '../../../../src/connectors/errors.ts';
import {
  accountHarness,
  GOOGLE_USER,
  grant,
  isToken,
  KEYS,
  tokenReply,
} from '../support/accounts.ts';
import { context, failureOf } from '../support/harness.ts';
import { serverPool } from '../support/server.ts';
import type { ConnectorError } from '../../../../src/connectors/errors.ts';
import type { Reply, Seen } from '../support/server.ts';
import { assertProperty } from '../../../support/properties.ts';

const servers = serverPool();
afterEach(() => servers.closeAll());

async function serve(reply: Reply | ((seen: Seen) => Reply)) {
  const server = await servers.start((seen) => {
    if (isToken(seen)) return tokenReply('http://127.0.0.1:9');
    return typeof reply === 'function' ? reply(seen) : reply;
  });
  return {
    server,
    calls: () => server.seen.filter((seen) => !isToken(seen)),
    ...accountHarness(server.origin),
  };
}

const fieldsOf = async (promise: Promise<unknown>) =>
  ((await failureOf(promise)) as ConnectorError).fields;
const user = {
  id: GOOGLE_USER,
  primaryEmail: 'ann@northwind.example',
  name: { givenName: 'Ann', fullName: 'Ann Northwind' },
  aliases: ['a@northwind.example'],
  emails: [{ address: 'ann@northwind.example', primary: true }, { address: 'ann@mail.example' }],
  suspended: false,
  isAdmin: false,
  recoveryPhone: '+15550100',
};
const refusal = (status: number, reason: string | null, grpc = 'PERMISSION_DENIED'): Reply => ({
  status,
  json: {
    error: {
      code: status,
      message: 'canary-message',
      status: grpc,
      ...(reason && { errors: [{ domain: 'global', reason, message: 'canary-message' }] }),
    },
  },
});

describe('Google Workspace', () => {
  it('signs for its token as the administrator, and requests a single scope', async () => {
    const { server, connectors } = await serve({ json: user });
    await Promise.all(
      [1, 2, 3].map(() => connectors.google('users:read', { user: GOOGLE_USER }, context())),
    );
    const [token, ...others] = server.seen.filter(isToken);
    expect(others).toEqual([]);
    const form = new URLSearchParams(token?.body);
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const [header = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
    const verifier = createVerify('RSA-SHA256').update(`${header}.${claims}`);
    expect(verifier.verify(KEYS.publicKey, signature, 'base64url')).toBe(true);
    const read = (part: string) =>
      JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
    expect(read(header)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'key-1' });
    const { iat, exp, ...rest } = read(claims);
    expect(rest).toEqual({
      iss: 'robot@project.example',
      sub: 'admin@northwind.example',
      scope: 'https://www.googleapis.com/auth/admin.directory.user',
      aud: `${server.origin}/token`,
    });
    expect(Number(exp) - Number(iat)).toBe(3_600);
  });

  it('reads the listed fields by id or address, and keeps addresses out of the audit trail', async () => {
    const { calls, connectors, journal } = await serve({ json: user });
    const { output } = await connectors.google(
      'users:read',
      { user: 'ann@northwind.example' },
      context(),
    );
    expect(output).toEqual({
      id: GOOGLE_USER,
      primaryEmail: 'ann@northwind.example',
      fullName: 'Ann Northwind',
      suspended: false,
      isAdmin: false,
      emails: ['a@northwind.example', 'ann@mail.example'],
    });
    expect(calls()[0]?.path).toBe('/admin/directory/v1/users/ann%40northwind.example');
    expect(calls()[0]?.query.get('fields')).toBe(
      'id,primaryEmail,name/fullName,aliases,emails,suspended,isAdmin',
    );
    expect(JSON.stringify(journal.drafts)).not.toMatch(/northwind|mail\.example|5550100/i);
  });

  it.each([
    ['users:suspend', true],
    ['users:unsuspend', false],
  ] as const)('%s changes only that field', async (operation, suspended) => {
    const { calls, connectors, journal } = await serve({ json: { ...user, suspended } });
    const { output } = await connectors.google(
      operation,
      { user: GOOGLE_USER },
      context({ grant }),
    );
    expect(output.suspended).toBe(suspended);
    expect(calls().map(({ method, path, body }) => [method, path, body])).toEqual([
      ['PATCH', `/admin/directory/v1/users/${GOOGLE_USER}`, JSON.stringify({ suspended })],
    ]);
    expect(journal.drafts.map(({ kind, args, outcome }) => ({ kind, args, outcome }))).toEqual([
      { kind: 'action.started', args: { user: GOOGLE_USER }, outcome: undefined },
      {
        kind: 'action.succeeded',
        args: { user: GOOGLE_USER },
        outcome: { ok: true, id: GOOGLE_USER, suspended },
      },
    ]);
  });

  it.each<[string, Reply, object]>([
    [
      'not allowed',
      refusal(403, 'forbidden'),
      {
        code: 'forbidden',
        vendorCode: 'forbidden',
        message: expect.stringMatching(/GOOGLE_ADMIN_SUBJECT/),
      },
    ],
    [
      'not allowed, in the newer form',
      refusal(403, null),
      { code: 'forbidden', vendorCode: 'PERMISSION_DENIED' },
    ],
    [
      'too many requests, with 403',
      refusal(403, 'userRateLimitExceeded'),
      { code: 'rate_limited' },
    ],
    [
      'too many requests',
      { ...refusal(429, 'rateLimitExceeded'), headers: { 'retry-after': '3' } },
      { code: 'rate_limited', retryAfterMs: 3_000 },
    ],
    ['an unknown user', refusal(404, 'notFound'), { code: 'not_found' }],
    [
      'a 404 from another server',
      { status: 404, text: '<html>' },
      { code: 'malformed', ambiguous: true },
    ],
    [
      'a reason with the name of an object property',
      refusal(400, 'constructor'),
      { code: 'invalid', vendorCode: 'constructor' },
    ],
    [
      'a reason as text',
      refusal(400, 'canary is a name', 'canary too'),
      { code: 'invalid', vendorCode: null },
    ],
    ['unavailable', refusal(503, 'backendError'), { code: 'unavailable', ambiguous: true }],
    ['HTML with 200', { text: '<html>canary</html>' }, { code: 'malformed', ambiguous: true }],
    ['another user', { json: { ...user, id: '7' } }, { code: 'malformed' }],
    ['half a user', { json: { id: GOOGLE_USER } }, { code: 'malformed' }],
  ])('reads %s', async (_what, reply, expected) => {
    const { connectors } = await serve(reply);
    const error = await failureOf(
      connectors.google('users:suspend', { user: GOOGLE_USER }, context({ grant })),
    );
    expect((error as ConnectorError).fields).toMatchObject(expected);
    expect(JSON.stringify([error, error.stack])).not.toContain('canary');
  });

  it('reports an unusable key, and sends nothing', async () => {
    const server = await servers.start(() => ({ json: user }));
    const access = {
      clientEmail: 'r@p.example',
      privateKey: new Secret('canary, not a key'),
      keyId: null,
    };
    const google = {
      ...access,
      tokenUri: `${server.origin}/token`,
      subject: 'a@b.example',
      adminUrl: server.origin,
    };
    const { connectors } = accountHarness(server.origin, { google });
    const error = await failureOf(
      connectors.google('users:read', { user: GOOGLE_USER }, context()),
    );
    expect((error as ConnectorError).fields).toMatchObject({ code: 'invalid', status: null });
    expect([error.stack?.includes('canary'), server.seen]).toEqual([false, []]);
  });

  it('keeps hostile keys out of the path', async () => {
    const { server, connectors } = await serve({ json: user });
    const nasty = fc.oneof(
      fc.constantFrom<unknown>(
        '',
        '.',
        '..',
        'me',
        '%2e%2e',
        `${GOOGLE_USER}/aliases`,
        `${GOOGLE_USER}\n`,
        'a/b@x.example',
        'a@x.example/..',
        null,
        7,
      ),
      fc
        .string({ unit: 'binary', maxLength: 40 })
        .filter((text) => !/^\d+$|^[\w.'+#!~-]+@[\w.-]+$/.test(text)),
    );
    await assertProperty(
      fc.asyncProperty(
        nasty,
        fc.constantFrom('users:read', 'users:suspend', 'users:unsuspend'),
        async (key, operation) => {
          const call = connectors.google(
            operation as 'users:read',
            { user: key as string },
            context({ grant }),
          );
          expect(await failureOf(call)).toBeInstanceOf(InvalidArgumentError);
        },
      ),
      { numRuns: 150 },
    );
    expect(server.seen).toEqual([]);
  });

  it('does not reveal the user if the token is refused', async () => {
    const server = await servers.start(() => ({
      status: 400,
      json: { error: 'invalid_grant', error_description: 'canary-account' },
    }));
    const { connectors } = accountHarness(server.origin);
    const fields = await fieldsOf(
      connectors.google('users:suspend', { user: GOOGLE_USER }, context({ grant })),
    );
    expect(fields).toMatchObject({
      code: 'unauthenticated',
      vendorCode: 'invalid_grant',
      ambiguous: false,
    });
    expect(JSON.stringify(fields)).not.toContain('canary');
  });
});
