import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { InvalidArgumentError } from '../../../../src/connectors/errors.ts';
import {
  ACCESS_TOKEN,
  accountHarness,
  CLIENT_SECRET,
  grant,
  isToken,
  SALESFORCE_USER,
  tokenReply,
} from '../support/accounts.ts';
import { context, failureOf } from '../support/harness.ts';
import { serverPool } from '../support/server.ts';
import { instanceOrigin } from '../../../../src/connectors/salesforce/client.ts';
import type { ConnectorError } from '../../../../src/connectors/errors.ts';
import type { Reply, Seen } from '../support/server.ts';
import { assertProperty } from '../../../support/properties.ts';

const servers = serverPool();
afterEach(() => servers.closeAll());

/** The API, and a separate token server that returns the address of the API. */
async function serve(reply: Reply | ((seen: Seen, count: number) => Reply)) {
  const api = await servers.start((seen, count) =>
    typeof reply === 'function' ? reply(seen, count) : reply,
  );
  const login = await servers.start(() => tokenReply(api.origin));
  return { api, login, ...accountHarness(login.origin) };
}

const record = {
  attributes: { type: 'User', url: '/x' },
  Id: SALESFORCE_USER,
  Username: 'Ann@northwind.example',
  Email: 'ann@mail.example',
  IsActive: true,
  MobilePhone: '+15550100',
};
const found = (...records: unknown[]): Reply => ({
  json: { totalSize: records.length, done: true, records },
});
const refusal = (status: number, errorCode: string): Reply => ({
  status,
  json: [{ errorCode, message: 'canary-message', fields: ['canary-field'] }],
});

describe('Salesforce', () => {
  it('uses the address in the token response, with one token until it is refused', async () => {
    let expired = false;
    const { api, login, connectors } = await serve(({ method }) => {
      if (expired) {
        expired = false;
        return refusal(401, 'INVALID_SESSION_ID');
      }
      return method === 'PATCH' ? { status: 204 } : found(record);
    });
    await Promise.all(
      Array.from({ length: 50 }, () =>
        connectors.salesforce('users:read', { user: SALESFORCE_USER }, context()),
      ),
    );
    expect(login.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /services/oauth2/token',
    ]);
    expect(Object.fromEntries(new URLSearchParams(login.seen[0]?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'consumer-key',
      client_secret: CLIENT_SECRET,
    });
    expect(
      api.seen.every(({ headers }) => headers.authorization === `Bearer ${ACCESS_TOKEN}`),
    ).toBe(true);
    expired = true;
    await connectors.salesforce(
      'users:deactivate',
      { userId: SALESFORCE_USER },
      context({ grant }),
    );
    expect([login.seen.length, api.seen.length]).toEqual([2, 52]);
  });

  it('uses the new API address if a new token has one', async () => {
    const [before, after] = [
      await servers.start(() => refusal(401, 'INVALID_SESSION_ID')),
      await servers.start(() => found(record)),
    ];
    const login = await servers.start((_, count) =>
      tokenReply(count === 1 ? before.origin : after.origin),
    );
    const { connectors } = accountHarness(login.origin);
    expect(
      (await connectors.salesforce('users:read', { user: SALESFORCE_USER }, context())).output
        .active,
    ).toBe(true);
    expect([before.seen.length, after.seen.length]).toEqual([1, 1]);
  });

  it.each([
    ...[
      'http://evil.example',
      'ftp://127.0.0.1',
      'https://user:pw@x.example',
      'https://x.example/path',
      'https://x.example/?q',
      'nowhere',
      '',
      7,
    ],
    ...['http://127.0.0.1.evil.example', 'javascript:alert(1)'],
  ])('sends its token nowhere if the address is %j', async (instance) => {
    const login = await servers.start(() => tokenReply(instance as string));
    const { connectors } = accountHarness(login.origin);
    const error = await failureOf(
      connectors.salesforce('users:deactivate', { userId: SALESFORCE_USER }, context({ grant })),
    );
    expect((error as ConnectorError).fields).toMatchObject({ code: 'malformed', ambiguous: false });
    expect(JSON.stringify([error, error.stack])).not.toContain(ACCESS_TOKEN);
    expect(login.seen).toHaveLength(1);
  });

  it.each([
    ['https://127.0.0.1', 'loopback'],
    ['https://[::1]', 'loopback'],
    ['https://10.0.0.1', 'a private address'],
    ['https://169.254.169.254', 'a metadata service'],
    ['https://8.8.8.8', 'an address'],
    ['https://localhost', 'no public name'],
    ['https://vault.internal', 'no public name'],
    ['https://jenkins', 'no public name'],
    ['http://x.my.salesforce.com', 'not https'],
  ])('is sent to no address that a real login names as %s (%s)', (instance) => {
    const login = 'https://acme.my.salesforce.com';
    expect(() => instanceOrigin(instance, login)).toThrow(/not a public https origin/);
    expect(instanceOrigin('https://acme.my.salesforce.com', login)).toBe(login);
    expect(instanceOrigin('http://127.0.0.1:1', 'http://127.0.0.1:2')).toBe('http://127.0.0.1:1');
  });

  it.each([
    [SALESFORCE_USER, `Id = '${SALESFORCE_USER}'`, { user: SALESFORCE_USER }],
    [
      SALESFORCE_USER.slice(0, 15),
      `Id = '${SALESFORCE_USER.slice(0, 15)}'`,
      { user: SALESFORCE_USER.slice(0, 15) },
    ],
    ['ann@northwind.example', "Username = 'ann@northwind.example'", { by: 'username' }],
  ])('finds %s by SOQL', async (user, where, args) => {
    const { api, connectors, journal } = await serve(found(record));
    const { output } = await connectors.salesforce('users:read', { user }, context());
    expect(output).toEqual({
      id: SALESFORCE_USER,
      username: 'Ann@northwind.example',
      name: null,
      email: 'ann@mail.example',
      federationId: null,
      active: true,
    });
    expect(api.seen.map(({ path, query }) => [path, query.get('q')])).toEqual([
      [
        '/services/data/v62.0/query',
        `SELECT Id, Username, Name, Email, FederationIdentifier, IsActive FROM User WHERE ${where}`,
      ],
    ]);
    expect(journal.drafts.map((draft) => draft.args)).toEqual([args]);
    expect(JSON.stringify(journal.drafts)).not.toMatch(/northwind|mail\.example/);
  });

  it('escapes quotes in a name', async () => {
    const user = "o'neil' or Name != ''@northwind.example";
    const { api, connectors } = await serve(
      found({ ...record, Username: "o'neil@northwind.example" }),
    );
    await connectors.salesforce('users:read', { user: "o'neil@northwind.example" }, context());
    expect(api.seen[0]?.query.get('q')).toMatch(/WHERE Username = 'o\\'neil@northwind\.example'$/);
    expect(
      await failureOf(connectors.salesforce('users:read', { user }, context())),
    ).toBeInstanceOf(InvalidArgumentError);
  });

  it.each([
    ['an unknown user', found(), 'not_found'],
    ['several users', found(record, record), 'not_found'],
    ['another user', found({ ...record, Id: '005000000000000AAA' }), 'malformed'],
    ['half a user', found({ Id: SALESFORCE_USER }), 'malformed'],
    [
      'half a list',
      { json: { done: false, records: [record], nextRecordsUrl: '/x' } },
      'malformed',
    ],
    ['HTML with 200', { text: '<html>canary</html>' }, 'malformed'],
  ])('reads %s', async (_what, reply, code) => {
    const { connectors } = await serve(reply);
    expect(
      await failureOf(connectors.salesforce('users:read', { user: SALESFORCE_USER }, context())),
    ).toMatchObject({
      fields: { code },
    });
  });

  it.each([
    ['users:deactivate', false],
    ['users:activate', true],
  ] as const)('%s sets IsActive', async (operation, active) => {
    const { api, connectors, journal } = await serve({ status: 204 });
    await connectors.salesforce(operation, { userId: SALESFORCE_USER }, context({ grant }));
    expect(api.seen.map(({ method, path, body }) => [method, path, body])).toEqual([
      [
        'PATCH',
        `/services/data/v62.0/sobjects/User/${SALESFORCE_USER}`,
        JSON.stringify({ IsActive: active }),
      ],
    ]);
    expect(journal.drafts.map(({ kind, args }) => [kind, args])).toEqual([
      ['action.started', { userId: SALESFORCE_USER }],
      ['action.succeeded', { userId: SALESFORCE_USER }],
    ]);
  });

  it.each<[string, Reply, object]>([
    [
      'a default owner',
      refusal(400, 'CANNOT_DEACTIVATE_DEFAULT_OWNER'),
      { code: 'conflict', ambiguous: false, message: expect.stringMatching(/own rules/) },
    ],
    [
      'a field rule',
      refusal(400, 'FIELD_INTEGRITY_EXCEPTION'),
      { code: 'conflict', vendorCode: 'FIELD_INTEGRITY_EXCEPTION' },
    ],
    ['no licence left', refusal(400, 'LICENSE_LIMIT_EXCEEDED'), { code: 'conflict' }],
    [
      'no right',
      refusal(400, 'INSUFFICIENT_ACCESS_OR_READONLY'),
      { code: 'forbidden', message: expect.stringMatching(/Manage Users/) },
    ],
    ['no record', refusal(404, 'NOT_FOUND'), { code: 'not_found' }],
    [
      'a 404 that is not from Salesforce',
      { status: 404, text: '<html>' },
      { code: 'malformed', ambiguous: true },
    ],
    ['the daily limit', refusal(403, 'REQUEST_LIMIT_EXCEEDED'), { code: 'rate_limited' }],
    ['a locked row', refusal(400, 'UNABLE_TO_LOCK_ROW'), { code: 'unavailable', ambiguous: false }],
    ['a wrong field', refusal(400, 'INVALID_FIELD'), { code: 'invalid' }],
    ['unavailable', refusal(500, 'UNKNOWN_EXCEPTION'), { code: 'unavailable', ambiguous: true }],
    ['a code as text', refusal(400, 'canary said no'), { code: 'invalid', vendorCode: null }],
    ['200 instead of 204', { json: {} }, { code: 'malformed', ambiguous: true }],
  ])('reads a refusal: %s', async (_what, reply, expected) => {
    const { connectors } = await serve(reply);
    const error = await failureOf(
      connectors.salesforce('users:deactivate', { userId: SALESFORCE_USER }, context({ grant })),
    );
    expect((error as ConnectorError).fields).toMatchObject(expected);
    expect(JSON.stringify([error, error.stack])).not.toContain('canary');
  });

  it('keeps hostile ids out of paths and queries', async () => {
    const { api, login, connectors } = await serve(found(record));
    const nasty = fc.oneof(
      fc.constantFrom<unknown>(
        '',
        '.',
        '..',
        "' OR Id != '",
        `${SALESFORCE_USER}/`,
        `${SALESFORCE_USER}\n`,
        "x' OR Username LIKE '%@x.example",
        'a\\@x.example',
        null,
        7,
      ),
      fc
        .string({ unit: 'binary', maxLength: 40 })
        .filter((text) => !/^[A-Za-z0-9]{15,18}$|^[\w.'+#!~-]+@[\w.-]+$/.test(text)),
    );
    await assertProperty(
      fc.asyncProperty(nasty, async (value) => {
        const calls = [
          connectors.salesforce('users:read', { user: value as string }, context()),
          connectors.salesforce(
            'users:deactivate',
            { userId: value as string },
            context({ grant }),
          ),
        ];
        for (const call of calls)
          expect(await failureOf(call)).toBeInstanceOf(InvalidArgumentError);
      }),
      { numRuns: 100 },
    );
    expect([api.seen, login.seen.filter(isToken)]).toEqual([[], []]);
  });
});
