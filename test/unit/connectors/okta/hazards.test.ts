import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { context, failureOf, GROUP, harness, TOKEN, USER } from '../support/harness.ts';
import { serverPool } from '../support/server.ts';
import type { ConnectorError } from '../../../../src/connectors/errors.ts';
import type { Reply } from '../support/server.ts';

const servers = serverPool();
afterEach(() => servers.closeAll());

const user = (id: string, status = 'ACTIVE') => ({
  id,
  status,
  profile: { login: `${id}@example.com` },
});
const fieldsOf = async (promise: Promise<unknown>) =>
  ((await failureOf(promise)) as ConnectorError).fields;
const detail = (origin: string) =>
  harness(origin).connectors.okta('users:read_detail', { userId: USER }, context());
const list = (origin: string, after: string | null = null) =>
  harness(origin).connectors.okta('users:read', { statuses: ['ACTIVE'], after }, context());

describe('listing', () => {
  it('requests the statuses in scope, 200 users per page', async () => {
    const server = await servers.start(() => ({ json: [user(USER)] }));
    const { connectors } = harness(server.origin);
    const { output } = await connectors.okta(
      'users:read',
      { statuses: ['ACTIVE', 'LOCKED_OUT'] },
      context(),
    );
    expect(output).toMatchObject({
      items: [{ id: USER, login: `${USER}@example.com` }],
      next: null,
    });
    const [seen] = server.seen;
    expect([seen?.method, seen?.path, seen?.headers.authorization]).toEqual([
      'GET',
      '/api/v1/users',
      `SSWS ${TOKEN}`,
    ]);
    expect(seen && Object.fromEntries(seen.query)).toEqual({
      filter: 'status eq "ACTIVE" or status eq "LOCKED_OUT"',
      limit: '200',
    });
  });

  it('continues after an empty page without losing a user', async () => {
    const pages: Record<string, { users: unknown[]; next?: string }> = {
      '': { users: [user(USER)], next: 'p2' },
      p2: { users: [], next: 'p3' },
      p3: { users: [user('00uBBBBBBBBBBBBBBBBB')] },
    };
    const server = await servers.start(({ query }) => {
      const page = pages[query.get('after') ?? ''];
      const link = page?.next
        ? `<${server.origin}/api/v1/users?after=${page.next}>; rel="next"`
        : '';
      return { json: page?.users, headers: link ? { link } : undefined };
    });
    const found: string[] = [];
    let after: string | null = null;
    do {
      const { output }: Awaited<ReturnType<typeof list>> = await list(server.origin, after);
      found.push(...output.items.map(({ id }) => id));
      after = output.next;
    } while (after !== null);
    expect(found).toEqual([USER, '00uBBBBBBBBBBBBBBBBB']);
    expect(server.seen).toHaveLength(3);
  });

  it('requests the same page again after a broken response', async () => {
    const server = await servers.start(({ query }, count) =>
      count === 1
        ? { text: '[{"id":' }
        : { json: [user(query.get('after') === 'p2' ? USER : 'x')] },
    );
    expect((await fieldsOf(list(server.origin, 'p2'))).code).toBe('malformed');
    expect((await list(server.origin, 'p2')).output.items).toHaveLength(1);
    expect(server.seen.map(({ query }) => query.get('after'))).toEqual(['p2', 'p2']);
  });

  it('understands separate Link headers', async () => {
    const server = await servers.start(() => {
      const base = `${server.origin}/api/v1/users`;
      return {
        json: [],
        headers: { link: [`<${base}>; rel="self"`, `<${base}?after=c9>; rel="next"`] },
      };
    });
    expect((await list(server.origin)).output).toEqual({ items: [], next: 'c9' });
  });

  it('does not follow a next link to another host, or send the token there', async () => {
    const foreign = await servers.start(() => ({ json: [] }));
    const server = await servers.start(() => ({
      json: [user(USER)],
      headers: { link: `<${foreign.origin}/api/v1/users?after=c1>; rel="next"` },
    }));
    expect((await fieldsOf(list(server.origin))).code).toBe('malformed');
    expect(foreign.seen).toEqual([]);
  });

  it('pages through members of a group', async () => {
    const server = await servers.start(() => ({
      json: [user(USER)],
      headers: {
        link: `<${server.origin}/api/v1/groups/${GROUP}/users?after=m2&limit=5>; rel="next"`,
      },
    }));
    const { connectors } = harness(server.origin);
    const { output } = await connectors.okta(
      'groups:read_members',
      { groupId: GROUP, limit: 5, after: 'm1' },
      context(),
    );
    expect(output.next).toBe('m2');
    expect(server.seen[0]?.path).toBe(`/api/v1/groups/${GROUP}/users`);
    expect(Object.fromEntries(server.seen[0]?.query ?? [])).toEqual({ limit: '5', after: 'm1' });
  });

  it('finds groups by exact name, although Okta ignores case', async () => {
    const group = (id: string, name: string) => ({ id, type: 'OKTA_GROUP', profile: { name } });
    const name = 'He said "hi" \\o/';
    const server = await servers.start(() => ({
      json: [group(GROUP, name.toUpperCase()), group('00gBBBBBBBBBBBBBBBBB', name)],
    }));
    const { connectors } = harness(server.origin);
    const { output } = await connectors.okta('groups:read', { name }, context());
    expect(output.items).toEqual([{ id: '00gBBBBBBBBBBBBBBBBB', name, type: 'OKTA_GROUP' }]);
    expect(server.seen[0]?.query.get('search')).toBe(
      String.raw`profile.name eq "He said \"hi\" \\o/"`,
    );
  });
});

describe('responses', () => {
  it('are never taken from a cache', async () => {
    const server = await servers.start((_seen, count) => {
      // The SDK caches resources that contain their own address.
      const links = { _links: { self: { href: `${server.origin}/api/v1/users/${USER}` } } };
      return { json: { ...user(USER, count === 1 ? 'ACTIVE' : 'DEPROVISIONED'), ...links } };
    });
    const { connectors } = harness(server.origin);
    const read = async () =>
      (await connectors.okta('users:read_detail', { userId: USER }, context())).output.status;
    expect([await read(), await read()]).toEqual(['ACTIVE', 'DEPROVISIONED']);
  });

  it.each<[string, Reply]>([
    ['HTML', { text: '<html>sign in</html>', headers: { 'content-type': 'text/html' } }],
    ['an empty object', { json: {} }],
    ['an empty list', { json: [] }],
    ['an empty body', { status: 204 }],
    [
      'half a document',
      { text: `{"id":"${USER}","sta`, headers: { 'content-type': 'application/json' } },
    ],
    ['null', { json: null }],
    ['another user', { json: user('00uBBBBBBBBBBBBBBBBB') }],
    ['a redirect', { status: 302, headers: { location: '/login' } }],
  ])('that are %s are malformed', async (_what, reply) => {
    const { origin } = await servers.start(() => reply);
    expect(await fieldsOf(detail(origin))).toMatchObject({ code: 'malformed', ambiguous: false });
  });

  it('are parsed without the SDK, whose deserialisation errors do not matter', async () => {
    const odd = {
      ...user(USER),
      created: 'not a date',
      _embedded: { resourceType: 'string' },
      type: 7,
      credentials: null,
    };
    const { origin } = await servers.start(() => ({
      json: odd,
      headers: { 'content-type': 'text/plain' },
    }));
    expect((await detail(origin)).output).toMatchObject({ id: USER, created: 'not a date' });
  });

  it('contain only type, provider and status of a factor', async () => {
    const factor = {
      id: 'ost1',
      factorType: 'token:software:totp',
      provider: 'GOOGLE',
      status: 'PENDING_ACTIVATION',
      profile: { phoneNumber: '+1-555-canary' },
      _embedded: { activation: { sharedSecret: 'canary-seed' } },
    };
    const rare = { id: 'x1', factorType: 'telepathy', provider: null };
    const { origin } = await servers.start(() => ({ json: [factor, rare] }));
    const { output } = await harness(origin).connectors.okta(
      'users:read_factors',
      { userId: USER },
      context(),
    );
    expect(output).toEqual([
      { id: 'ost1', type: 'token:software:totp', provider: 'GOOGLE', status: 'PENDING_ACTIVATION' },
      { id: 'x1', type: 'telepathy', provider: null, status: null },
    ]);
  });

  it('cannot change prototypes', async () => {
    const text = `{"id":"${USER}","status":"ACTIVE","profile":{"__proto__":{"login":"evil","department":"evil"}}}`;
    const { origin } = await servers.start(() => ({
      text,
      headers: { 'content-type': 'application/json' },
    }));
    const { output } = await detail(origin);
    expect(output).toMatchObject({ login: USER, department: null });
    expect(Object.getPrototypeOf(output)).toBe(Object.prototype);
  });
});

describe('refusals', () => {
  const body = (errorCode: string) => ({
    errorCode,
    errorSummary: 'canary summary',
    errorLink: errorCode,
    errorCauses: [],
  });
  it.each([
    [401, 'E0000011', 'unauthenticated'],
    [401, 'E0000015', 'forbidden'],
    [403, 'E0000006', 'forbidden'],
    [403, 'E0000015', 'forbidden'],
    [404, 'E0000007', 'not_found'],
    [404, 'E0000008', 'not_found'],
    [400, 'E0000001', 'invalid'],
    [405, 'E0000022', 'invalid'],
    [409, 'E0000157', 'conflict'],
    [423, 'E0000239', 'unavailable'],
    [429, 'E0000047', 'rate_limited'],
    [500, 'E0000009', 'unavailable'],
    [503, 'E0000010', 'unavailable'],
  ])('%i %s is %s', async (status, errorCode, code) => {
    const { origin } = await servers.start(() => ({
      status,
      json: body(errorCode),
      headers: { 'x-okta-request-id': 'r-1' },
    }));
    const fields = await fieldsOf(detail(origin));
    expect(fields).toMatchObject({
      code,
      status,
      vendorCode: errorCode,
      ambiguous: false,
      requestId: 'r-1',
    });
    expect(JSON.stringify(fields)).not.toContain('canary');
  });

  it.each([
    [401, 'unauthenticated'],
    [403, 'forbidden'],
    [502, 'unavailable'],
  ])('%i without a body of Okta is %s', async (status, code) => {
    const { origin } = await servers.start(() => ({ status, text: '<html>proxy</html>' }));
    expect(await fieldsOf(detail(origin))).toMatchObject({ code, vendorCode: null });
  });

  it('a 404 that is not from Okta does not mean a deleted user', async () => {
    const { origin } = await servers.start(() => ({
      status: 404,
      text: '<html>no such page</html>',
    }));
    expect((await fieldsOf(detail(origin))).code).toBe('malformed');
  });
});

describe('a 429', () => {
  const date = 'Mon, 05 Jan 2026 08:00:00 GMT';
  const at = Date.parse(date) / 1000;
  it.each([
    ['normal headers', { 'x-rate-limit-reset': String(at + 31) }, 31_000],
    ['an hour to wait', { 'x-rate-limit-reset': String(at + 3_600) }, 120_000],
    ['a past reset', { 'x-rate-limit-reset': String(at - 5) }, 10_000],
    ['a garbled reset', { 'x-rate-limit-reset': 'soon' }, 10_000],
    ['duplicate resets', { 'x-rate-limit-reset': `${at + 30}, ${at + 30}` }, 10_000],
    ['no reset', {}, 10_000],
  ])(
    'with %s is reported once, at once, with the time to wait',
    async (_what, headers, retryAfterMs) => {
      const server = await servers.start(() => ({
        status: 429,
        headers: { date, ...headers },
        json: { errorCode: 'E0000047' },
      }));
      const { connectors, events } = harness(server.origin);
      const fields = await fieldsOf(
        connectors.okta('users:read_detail', { userId: USER }, context()),
      );
      expect(fields).toMatchObject({ code: 'rate_limited', retryAfterMs });
      expect(server.seen).toHaveLength(1);
      expect(events).toMatchObject([{ status: 429, throttled: true }]);
    },
  );
});

describe('the SDK', () => {
  beforeEach(() => {
    vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:9');
    vi.stubEnv('OKTA_CLIENT_TOKEN', 'somebody-elses');
    vi.stubEnv('OKTA_CLIENT_ORGURL', 'http://127.0.0.1:9');
    vi.stubEnv('OKTA_CLIENT_AUTHORIZATIONMODE', 'PrivateKey');
    return () => vi.unstubAllEnvs();
  });

  it('reads no address, credential or proxy from its own variables', async () => {
    const server = await servers.start(() => ({ json: user(USER) }));
    await detail(server.origin);
    expect(server.seen[0]?.headers.authorization).toBe(`SSWS ${TOKEN}`);
  });

  it('does not double a slash at the end of the address', async () => {
    const server = await servers.start(() => ({ json: user(USER) }));
    await detail(`${server.origin}/`);
    expect(server.seen[0]?.path).toBe(`/api/v1/users/${USER}`);
  });

  it('never retries by itself', async () => {
    const server = await servers.start(() => ({ status: 503, json: { errorCode: 'E0000010' } }));
    await failureOf(detail(server.origin));
    expect(server.seen).toHaveLength(1);
  });

  it('does not wait without limit', async () => {
    const { origin } = await servers.start(() => ({ hang: true }));
    const { connectors } = harness(origin, { timeoutMs: 100 });
    const fields = await fieldsOf(
      connectors.okta('users:read_detail', { userId: USER }, context()),
    );
    expect(fields).toMatchObject({
      code: 'unavailable',
      message: 'no complete response arrived before the time-out',
    });
  });

  it('keeps the responses of simultaneous calls apart', async () => {
    const server = await servers.start(({ path }) => ({
      json: user(path.split('/').at(-1) ?? ''),
    }));
    const { connectors } = harness(server.origin);
    const ids = Array.from({ length: 30 }, (_, index) => `00u${String(index).padStart(17, '0')}`);
    const read = async (userId: string) =>
      (await connectors.okta('users:read_detail', { userId }, context())).output.id;
    expect(await Promise.all(ids.map(read))).toEqual(ids);
  });
});
