import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyHash } from '../../../src/config/env/identity-keys.ts';
import type { ServerParts } from '../../../src/server/types.ts';
import { openStore } from '../../../src/store/open.ts';
import type { Store } from '../../../src/store/types.ts';
import { borrowPglite } from '../../support/pglite.ts';
import type { TestDatabase } from '../../support/pglite.ts';
import { ANN, appOver, askAbout, NOW } from './support.ts';
import { fits } from './openapi.ts';

const KEYS = { ann: 'a', soc: 'b', lost: 'c', gone: 'e', unknown: 'd' } as const;
const keyOf = (name: keyof typeof KEYS): string => `arxk_${KEYS[name].repeat(43)}`;

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await borrowPglite();
  store = await openStore({ databaseUrl: database.databaseUrl, maxConnections: 2 });
  await store.migrate();
  const createdAt = NOW.toISOString();
  const add = (name: keyof typeof KEYS, person: string | null, revokedAt: string | null = null) =>
    store.keys.addAccessKey({ name, hash: keyHash(keyOf(name)), person, createdAt, revokedAt });
  await add('ann', ANN.login);
  await add('soc', null);
  await add('gone', 'gone@example.com');
  await add('lost', ANN.login, createdAt);
  await askAbout(store, 'r1');
});
afterAll(async () => {
  await store.close();
  await database.close();
});

interface Sent {
  path?: string;
  key?: string | null;
  body?: string;
  headers?: Record<string, string>;
  over?: Partial<ServerParts>;
}

async function send({ path = '', key = keyOf('ann'), body, headers = {}, over }: Sent) {
  const { app, decisions } = appOver(store, over);
  const authorization: Record<string, string> =
    key === null ? {} : { authorization: `Bearer ${key}` };
  const post = body === undefined ? {} : { method: 'POST', body };
  const all = { 'content-type': 'application/json', ...authorization, ...headers };
  const answer = await app.request(`/v1/approvals${path}`, { ...post, headers: all });
  const document = (await answer.json()) as Record<string, unknown>;
  return { status: answer.status, document, decisions, headers: answer.headers };
}
const decide = (body: unknown, more: Sent = {}) =>
  send({
    path: '/r1/decisions',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...more,
  });

describe('access', () => {
  it.each<[string, string | null]>([
    ['no key', null],
    ['an unknown key', keyOf('unknown')],
    ['a revoked key', keyOf('lost')],
    ['no form of a key', 'x'],
    ['the hash of a key', keyHash(keyOf('ann'))],
  ])('is refused with %s, on any route', async (_what, key) => {
    for (const sent of [
      {},
      { path: '/r1' },
      { path: '/r1/decisions', body: '{"verdict":"approve"}' },
      { path: '/no/such' },
    ]) {
      const { status, document, decisions } = await send({ ...sent, key });
      expect([status, document]).toMatchObject([
        401,
        { schema: 'arx.error/v1', code: 'unauthenticated' },
      ]);
      expect(decisions).toEqual([]);
    }
  });
});

describe('reading', () => {
  it('lists pending approvals, and shows one', async () => {
    const list = await send({ path: '?state=pending', key: keyOf('soc') });
    expect([list.status, list.document]).toMatchObject([
      200,
      {
        schema: 'arx.approvals/v1',
        items: [{ request: 'r1', state: 'PENDING', eligible: [ANN.id] }],
      },
    ]);
    const one = await send({ path: '/r1' });
    expect([one.status, one.document]).toMatchObject([
      200,
      { schema: 'arx.approval/v1', request: 'r1' },
    ]);
    expect([fits('Approvals', list.document), fits('Approval', one.document)]).toEqual([[], []]);
    expect(JSON.stringify([list.document, one.document])).not.toContain('arxk_');
  });

  it.each([
    ['?state=lost', 400, 'invalid_argument'],
    ['?limit=0', 400, 'invalid_argument'],
    ['?what=1', 400, 'invalid_argument'],
    ['/no-such', 404, 'no_such_approval'],
    [`/${'x'.repeat(300)}`, 404, 'no_such_approval'],
    ['/r1/decisions', 404, 'not_found'],
  ])('%s is %d', async (path, status, code) => {
    const answer = await send({ path });
    expect([answer.status, answer.document]).toMatchObject([
      status,
      { schema: 'arx.error/v1', code },
    ]);
    expect(answer.decisions).toEqual([]);
  });
});

describe('deciding', () => {
  it('is done as the user of the key', async () => {
    const { status, document, decisions } = await decide({
      verdict: 'deny',
      reason: 'no',
      decisionId: 'mine',
    });
    expect([status, document]).toMatchObject([
      200,
      { accepted: true, code: 'counted', state: 'APPROVED', request: 'r1' },
    ]);
    expect(fits('DecisionAnswer', document)).toEqual([]);
    expect(decisions[0]?.proven).toMatchObject({
      verdict: 'deny',
      reason: 'no',
      person: ANN.id,
      surface: 'api',
      authenticatedBy: 'key',
      at: NOW.getTime(),
      decisionId: document['decisionId'],
    });
  });

  it('the same id means the same decision, for this user only', async () => {
    const idOf = async (more: Sent = {}) =>
      (await decide({ verdict: 'approve', decisionId: 'mine' }, more)).document['decisionId'];
    const bob = {
      over: { findUser: async () => ({ id: '00uBobBobBobBobBobBo', login: 'bob@example.com' }) },
    };
    expect(await idOf()).toBe(await idOf());
    expect(await idOf(bob)).not.toBe(await idOf());
  });

  it.each([
    ['banned', 403],
    ['not_eligible', 403],
    ['closed', 409],
    ['already_voted', 409],
    ['too_late', 409],
  ])('%s is %d', async (code, status) => {
    const refuse = { decide: async () => ({ accepted: false, code, state: 'PENDING' }) as const };
    const answer = await decide({ verdict: 'approve' }, { over: refuse });
    expect([answer.status, answer.document]).toMatchObject([
      status,
      { schema: 'arx.error/v1', code, accepted: false },
    ]);
  });

  it('an unanswered decision is 202, and an unavailable server 503 without the text of its error', async () => {
    expect(
      await decide({ verdict: 'approve' }, { over: { decide: async () => null } }),
    ).toMatchObject({
      status: 202,
      document: { accepted: false, code: 'unanswered' },
    });
    const away = Object.assign(new Error('secret words'), { name: 'ServiceError' });
    const answer = await decide(
      { verdict: 'approve' },
      { over: { decide: async () => Promise.reject(away) } },
    );
    expect([answer.status, answer.document['code']]).toEqual([503, 'unavailable']);
    expect(JSON.stringify(answer.document)).not.toContain('secret');
  });

  it.each<[string, Sent, number, string]>([
    ['a service', { key: keyOf('soc') }, 403, 'no_person'],
    ['somebody who has left', { key: keyOf('gone') }, 403, 'no_person'],
    ['about nothing', { path: '/no-such/decisions' }, 404, 'no_such_approval'],
    ['in another form', { headers: { 'content-type': 'text/plain' } }, 400, 'invalid_argument'],
    ['in no JSON', { body: '{' }, 400, 'invalid_argument'],
    ['with a list', { body: '[]' }, 400, 'invalid_argument'],
    [
      'with a prototype',
      { body: '{"verdict":"approve","__proto__":{"x":1}}' },
      400,
      'invalid_argument',
    ],
    [
      'with more fields',
      { body: '{"verdict":"approve","approver":"eve"}' },
      400,
      'invalid_argument',
    ],
    ['with no such verdict', { body: '{"verdict":"maybe"}' }, 400, 'invalid_argument'],
    ['with ten megabytes', { body: `{"verdict":"${'x'.repeat(10_000_000)}"}` }, 413, 'too_large'],
  ])('%s: refused', async (_what, sent, status, code) => {
    const answer = await decide({ verdict: 'approve' }, sent);
    expect([answer.status, answer.document]).toMatchObject([
      status,
      { schema: 'arx.error/v1', code },
    ]);
    expect(answer.decisions).toEqual([]);
  });
});

describe('a malformed request', () => {
  it.each([
    ['{"verdict":"maybe"}', 'no valid value for verdict (expected approve or deny).'],
    ['[]', 'expected an object with only the fields verdict, reason, decisionId.'],
  ])('%s: the answer names what is expected', async (body, problem) => {
    const { document } = await decide({ verdict: 'approve' }, { body });
    expect(document).toMatchObject({ message: `The request is malformed: ${problem}` });
  });
});

describe('the rest', () => {
  it('every answer has the headers that keep browsers out', async () => {
    const { app } = appOver(store);
    for (const path of ['/healthz', '/v1/approvals', '/no/such', '/metrics']) {
      const { headers } = await app.request(path);
      expect(headers.get('content-security-policy'), path).toContain("default-src 'none'");
      expect([headers.get('x-content-type-options'), headers.get('cache-control')]).toEqual([
        'nosniff',
        'no-store',
      ]);
    }
  });

  it('is ready while the store and Temporal answer, and healthy in any case', async () => {
    const away = async (): Promise<void> => Promise.reject(new Error('away'));
    const { app } = appOver(store);
    const ready = await app.request('/readyz');
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { ok: true, store: true, temporal: true },
    ]);
    const broken = appOver(store, { pingTemporal: away }).app;
    const answer = await broken.request('/readyz');
    expect([answer.status, await answer.json()]).toEqual([
      503,
      { ok: false, store: true, temporal: false },
    ]);
    expect((await broken.request('/healthz')).status).toBe(200);
    expect((await app.request('/no/such')).status).toBe(404);
    expect(await (await app.request('/metrics')).text()).toContain(
      'arx_server_requests_total{status="404"} 1',
    );
  });
});
