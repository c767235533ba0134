import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { InvalidArgumentError } from '../../../../src/connectors/errors.ts';
import { ENTRA_OPERATIONS } from '../../../../src/governance/catalogue-accounts.ts';
import {
  ACCESS_TOKEN,
  accountHarness,
  CLIENT_SECRET,
  ENTRA_GROUP,
  ENTRA_USER,
  grant,
  graphError,
  isToken,
  tokenReply,
} from '../support/accounts.ts';
import { context, failureOf, harness } from '../support/harness.ts';
import { serverPool } from '../support/server.ts';
import type { ConnectorError } from '../../../../src/connectors/errors.ts';
import type { Reply, Seen } from '../support/server.ts';
import { assertProperty } from '../../../support/properties.ts';

const servers = serverPool();
afterEach(() => servers.closeAll());

type Answering = Reply | ((seen: Seen, count: number, origin: string) => Reply);

/**
 * A server that issues tokens, and answers other calls as configured; `calls` counts from 1 without
 * token requests.
 */
async function serve(answer: Answering) {
  let calls = 0;
  let origin = '';
  const server = await servers.start((seen) => {
    if (isToken(seen)) return tokenReply(origin);
    calls += 1;
    return typeof answer === 'function' ? answer(seen, calls, origin) : answer;
  });
  ({ origin } = server);
  return {
    server,
    calls: () => server.seen.filter((seen) => !isToken(seen)),
    ...accountHarness(origin),
  };
}

const fieldsOf = async (promise: Promise<unknown>) =>
  ((await failureOf(promise)) as ConnectorError).fields;
const asked = <Output>() => context<Output>({ grant });
const user = {
  id: ENTRA_USER,
  userPrincipalName: 'ann@northwind.example',
  displayName: 'Ann Northwind',
  mail: null,
  accountEnabled: true,
  mobilePhone: 'x',
};
const MEMBER = { groupId: ENTRA_GROUP, userId: ENTRA_USER };
const NOTHING: Reply = { status: 204 };

describe('Entra ID', () => {
  it('gets its token by client credentials, and sends it with each call', async () => {
    const { server, connectors, events } = await serve({ json: user });
    await Promise.all(
      Array.from({ length: 50 }, () =>
        connectors.entra('users:read', { user: ENTRA_USER }, context()),
      ),
    );
    const [token, ...others] = server.seen.toSorted(
      (a, b) => Number(isToken(b)) - Number(isToken(a)),
    );
    expect([token?.path, others.filter(isToken)]).toEqual([
      '/northwind.example/oauth2/v2.0/token',
      [],
    ]);
    expect(Object.fromEntries(new URLSearchParams(token?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: ENTRA_USER,
      client_secret: CLIENT_SECRET,
      scope: 'https://graph.microsoft.com/.default',
    });
    expect(new Set(others.map(({ headers }) => headers.authorization))).toEqual(
      new Set([`Bearer ${ACCESS_TOKEN}`]),
    );
    expect(events.filter(({ operation }) => operation === 'oauth:token')).toHaveLength(1);
  });

  it.each([
    [
      'users:disable',
      { userId: ENTRA_USER },
      NOTHING,
      `PATCH /v1.0/users/${ENTRA_USER}`,
      '{"accountEnabled":false}',
      null,
    ],
    [
      'users:enable',
      { userId: ENTRA_USER },
      NOTHING,
      `PATCH /v1.0/users/${ENTRA_USER}`,
      '{"accountEnabled":true}',
      null,
    ],
    [
      'users:revoke_sessions',
      { userId: ENTRA_USER },
      { json: { value: true } },
      `POST /v1.0/users/${ENTRA_USER}/revokeSignInSessions`,
      '',
      null,
    ],
    [
      'users:revoke_sessions',
      { userId: ENTRA_USER },
      NOTHING,
      `POST /v1.0/users/${ENTRA_USER}/revokeSignInSessions`,
      '',
      null,
    ],
    [
      'groups:add_member',
      MEMBER,
      NOTHING,
      `POST /v1.0/groups/${ENTRA_GROUP}/members/$ref`,
      `{"@odata.id":"ORIGIN/v1.0/directoryObjects/${ENTRA_USER}"}`,
      { already: false },
    ],
    [
      'groups:remove_member',
      MEMBER,
      NOTHING,
      `DELETE /v1.0/groups/${ENTRA_GROUP}/members/${ENTRA_USER}/$ref`,
      '',
      { already: false },
    ],
    [
      'groups:add_member',
      MEMBER,
      graphError(
        400,
        'Request_BadRequest',
        "One or more added object references already exist for the following modified properties: 'members'.",
      ),
      `POST /v1.0/groups/${ENTRA_GROUP}/members/$ref`,
      `{"@odata.id":"ORIGIN/v1.0/directoryObjects/${ENTRA_USER}"}`,
      { already: true },
    ],
    [
      'groups:remove_member',
      MEMBER,
      graphError(404, 'Request_ResourceNotFound'),
      `DELETE /v1.0/groups/${ENTRA_GROUP}/members/${ENTRA_USER}/$ref`,
      '',
      { already: true },
    ],
  ] as const)('%s %j', async (operation, input, reply, line, body, output) => {
    const { server, calls, connectors, journal } = await serve(reply as Reply);
    expect((await connectors.entra(operation, input as never, asked())).output).toEqual(output);
    const [call] = calls();
    expect(`${call?.method} ${call?.path}`).toBe(line);
    expect(call?.body).toBe(body.replace('ORIGIN', server.origin));
    expect(journal.kinds).toEqual(['action.started', 'action.succeeded']);
    expect(journal.drafts[0]?.args).toEqual(input);
  });

  it('reads the listed fields of a user by id or name, and keeps the name out of the audit trail', async () => {
    const { calls, connectors, journal } = await serve({ json: user });
    const name = "o'neil_x.example#EXT#@northwind.example";
    const { output } = await connectors.entra('users:read', { user: name }, context());
    expect(output).toEqual({
      id: ENTRA_USER,
      userPrincipalName: 'ann@northwind.example',
      displayName: 'Ann Northwind',
      mail: null,
      accountEnabled: true,
    });
    await connectors.entra('users:read', { user: ENTRA_USER.toUpperCase() }, context());
    expect(calls().map(({ path }) => decodeURIComponent(path))).toEqual([
      `/v1.0/users/${name}`,
      `/v1.0/users/${ENTRA_USER.toUpperCase()}`,
    ]);
    expect(calls()[0]?.query.get('$select')).toBe(
      'id,userPrincipalName,displayName,mail,accountEnabled',
    );
    expect(JSON.stringify(journal.drafts)).not.toMatch(/northwind/i);
    expect(journal.drafts[0]).toMatchObject({
      args: { by: 'userPrincipalName' },
      outcome: { id: ENTRA_USER, accountEnabled: true },
    });
  });

  it('does not count a member as removed from a group that does not exist', async () => {
    const message = `Resource '${ENTRA_GROUP}' does not exist or one of its queried reference-property objects are not present.`;
    const { connectors } = await serve(graphError(404, 'Request_ResourceNotFound', message));
    expect(await fieldsOf(connectors.entra('groups:remove_member', MEMBER, asked()))).toMatchObject(
      {
        code: 'not_found',
        ambiguous: false,
      },
    );
  });

  it('retries once with a new token if a token is refused', async () => {
    const refused = graphError(401, 'InvalidAuthenticationToken');
    const { connectors, events } = await serve((_, count) => (count === 1 ? refused : NOTHING));
    await connectors.entra('users:disable', { userId: ENTRA_USER }, asked());
    expect(events.map(({ operation, status }) => `${operation} ${status}`)).toEqual([
      'oauth:token 200',
      'users:disable 401',
      'oauth:token 200',
      'users:disable 204',
    ]);
    const never = await serve(refused);
    const fields = await fieldsOf(
      never.connectors.entra('users:disable', { userId: ENTRA_USER }, asked()),
    );
    expect(fields).toMatchObject({
      code: 'unauthenticated',
      vendorCode: 'InvalidAuthenticationToken',
      ambiguous: false,
    });
    expect(never.calls()).toHaveLength(2);
  });

  it('names the directory role that the app needs for an administrator', async () => {
    const { connectors, journal } = await serve(graphError(403, 'Authorization_RequestDenied'));
    const error = (await failureOf(
      connectors.entra('users:disable', { userId: ENTRA_USER }, asked()),
    )) as ConnectorError;
    expect(error.fields).toMatchObject({
      code: 'forbidden',
      status: 403,
      vendorCode: 'Authorization_RequestDenied',
      ambiguous: false,
    });
    expect(error.message).toMatch(/directory role Privileged Authentication Administrator/);
    expect([error.retryable, journal.kinds.at(-1)]).toEqual([false, 'action.failed']);
  });

  it.each<[string, Reply, object]>([
    ['404 of Graph', graphError(404, 'Request_ResourceNotFound'), { code: 'not_found' }],
    [
      '404 of something else',
      { status: 404, text: '<html>' },
      { code: 'malformed', ambiguous: true },
    ],
    [
      '429',
      { ...graphError(429, 'TooManyRequests'), headers: { 'retry-after': '17' } },
      { code: 'rate_limited', retryAfterMs: 17_000, ambiguous: false },
    ],
    ['500', graphError(500, 'InternalServerError'), { code: 'unavailable', ambiguous: true }],
    ['HTML with 200', { text: '<html>hello</html>' }, { code: 'malformed', ambiguous: true }],
    ['204 with a body', { status: 200, json: {} }, { code: 'malformed', ambiguous: true }],
    ['400', graphError(400, 'Request_BadRequest'), { code: 'invalid', ambiguous: false }],
    [
      'a code as text',
      graphError(400, 'ann@northwind.example said no'),
      { code: 'invalid', vendorCode: null },
    ],
    [
      'a redirect',
      { status: 302, headers: { location: 'http://127.0.0.1:9/' } },
      { code: 'malformed', ambiguous: true },
    ],
    ['no response', { cut: 'before' }, { code: 'unavailable', ambiguous: true }],
  ])('reads %s', async (_what, reply, expected) => {
    const { connectors } = await serve(reply);
    const error = await failureOf(
      connectors.entra('users:disable', { userId: ENTRA_USER }, asked()),
    );
    expect((error as ConnectorError).fields).toMatchObject({
      status: reply.cut || reply.status === 302 ? null : (reply.status ?? 200),
      ...expected,
    });
    expect(JSON.stringify([error, error.stack])).not.toMatch(/canary|northwind/);
  });

  it('ends at the timeout with an ambiguous outcome of the write', async () => {
    const server = await servers.start((seen) =>
      isToken(seen) ? tokenReply('http://127.0.0.1:9') : { hang: true },
    );
    const { connectors } = accountHarness(server.origin, { timeoutMs: 150 });
    expect(
      await fieldsOf(connectors.entra('users:disable', { userId: ENTRA_USER }, asked())),
    ).toMatchObject({
      code: 'unavailable',
      ambiguous: true,
    });
    expect(
      await fieldsOf(connectors.entra('users:read', { user: ENTRA_USER }, context())),
    ).toMatchObject({
      code: 'unavailable',
      ambiguous: false,
    });
  });

  it.each<[string, unknown]>([
    ['another user', { ...user, id: ENTRA_GROUP }],
    ['no state', { ...user, accountEnabled: undefined }],
    ['no id', { ...user, id: 'me' }],
    ['a list', [user]],
  ])('refuses a response with %s', async (_what, json) => {
    const { connectors } = await serve({ json });
    expect(
      await fieldsOf(connectors.entra('users:read', { user: ENTRA_USER }, context())),
    ).toMatchObject({
      code: 'malformed',
    });
  });
});

describe('members of a group', () => {
  const others = Array.from({ length: 3 }, (_, at) => ({
    id: `${at + 3}`.repeat(8) + ENTRA_USER.slice(8),
  }));
  const path = `/v1.0/groups/${ENTRA_GROUP}/members`;
  const read = (made: Awaited<ReturnType<typeof serve>>) =>
    made.connectors.entra('groups:read', MEMBER, context());

  it('are read page by page, up to the user or the end', async () => {
    const found = await serve((_, count, origin) =>
      count < 3
        ? {
            json: {
              value: count === 1 ? others : [],
              '@odata.nextLink': `${origin}${path}?$skiptoken=p${count}`,
            },
          }
        : {
            json: {
              value: [{ id: ENTRA_USER.toUpperCase() }],
              '@odata.nextLink': `${origin}${path}?$skiptoken=more`,
            },
          },
    );
    expect((await read(found)).output).toEqual({ member: true });
    expect(found.calls().map(({ query }) => query.get('$skiptoken') ?? query.get('$top'))).toEqual([
      '999',
      'p1',
      'p2',
    ]);
    const absent = await serve({ json: { value: others } });
    expect((await read(absent)).output).toEqual({ member: false });
  });

  it.each<[string, (origin: string) => string]>([
    ['another origin', () => `http://127.0.0.1:9${path}?$skiptoken=x`],
    ['another path', (origin) => `${origin}/v1.0/users?$skiptoken=x`],
    ['a path with dot segments', (origin) => `${origin}${path}/../members/../../users`],
    ['the same page', (origin) => `${origin}${path}?$select=id&$top=999`],
    ['an invalid address', () => 'not a link'],
  ])('are not reported missing if the next link leads to %s', async (_what, link) => {
    const made = await serve((_, __, origin) => ({
      json: { value: others, '@odata.nextLink': link(origin) },
    }));
    expect(await fieldsOf(read(made))).toMatchObject({ code: 'malformed' });
    expect(made.calls()).toHaveLength(1);
  });

  it('are not read without limit', async () => {
    const made = await serve((_, count, origin) => ({
      json: { value: [], '@odata.nextLink': `${origin}${path}?$skiptoken=${count}` },
    }));
    expect(await fieldsOf(read(made))).toMatchObject({ code: 'malformed' });
    expect(made.calls()).toHaveLength(500);
  });

  it('are unknown if a page in between is refused', async () => {
    const made = await serve((_, count, origin) =>
      count === 1
        ? { json: { value: others, '@odata.nextLink': `${origin}${path}?$skiptoken=x` } }
        : graphError(503, 'ServiceUnavailable'),
    );
    expect(await fieldsOf(read(made))).toMatchObject({ code: 'unavailable', status: 503 });
  });
});

describe('hostile ids', () => {
  const nasty = fc.oneof(
    fc.constantFrom<unknown>(
      '',
      '.',
      '..',
      'me',
      '%2e%2e',
      'a/b',
      '../..',
      `${ENTRA_USER}/`,
      `${ENTRA_USER}\n`,
      `${ENTRA_USER}?x`,
      `${ENTRA_USER}/../x`,
    ),
    fc.constantFrom<unknown>(
      '$x@northwind.example',
      'a b@x.example',
      'a/b@x.example',
      'a@x/../y',
      '@x.example',
      'ä@x.example',
      "a@x.example'",
      null,
      7,
      [ENTRA_USER],
    ),
    fc
      .string({ unit: 'binary', maxLength: 40 })
      .filter((text) => !/^[\w.'+#!~-]+@[\w.-]+$/.test(text)),
  );
  const places = ENTRA_OPERATIONS.flatMap(({ operation }) =>
    (operation === 'users:read'
      ? ['user']
      : operation.startsWith('groups')
        ? ['groupId', 'userId']
        : ['userId']
    ).map((name) => ({ operation, name })),
  );

  it.each(places)('in $name of $operation do not reach a path', async ({ operation, name }) => {
    const { server, connectors, journal } = await serve(NOTHING);
    const whole =
      operation === 'users:read'
        ? {}
        : operation.startsWith('groups')
          ? MEMBER
          : { userId: ENTRA_USER };
    await assertProperty(
      fc.asyncProperty(nasty, async (value) => {
        const call = connectors.entra(
          operation as never,
          { ...whole, [name]: value } as never,
          asked(),
        );
        expect(await failureOf(call)).toBeInstanceOf(InvalidArgumentError);
      }),
      { numRuns: 60 },
    );
    expect([server.seen, new Set(journal.kinds)]).toEqual([[], new Set(['action.denied'])]);
  });
});

it('refuses a call to an unconfigured vendor as invalid, with the reason', async () => {
  const { connectors } = harness('http://127.0.0.1:9');
  const bundle = accountHarness('http://127.0.0.1:9', { entra: undefined });
  const error = await failureOf(
    bundle.connectors.entra('users:read', { user: ENTRA_USER }, context()),
  );
  expect((error as ConnectorError).fields).toMatchObject({
    code: 'invalid',
    status: null,
    ambiguous: false,
  });
  expect(error.message).toMatch(/not configured; nothing was sent/);
  expect(connectors.decide('entra', 'users:read', 'user:ann').effect).toBe('deny');
});
