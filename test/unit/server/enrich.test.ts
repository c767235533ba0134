import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyHash } from '../../../src/config/env/identity-keys.ts';
import { startEmulators } from '../../../emulators/start.ts';
import type { RunningEmulators } from '../../../emulators/start.ts';
import { KeyLimits } from '../../../src/server/api/key-limits.ts';
import { OPENAPI } from '../../../src/server/api/openapi.ts';
import type { ServerParts } from '../../../src/server/types.ts';
import type { Store } from '../../../src/store/types.ts';
import { describeOnStores } from '../../support/stores.ts';
import { enricherOver, PEOPLE } from '../services/support.ts';
import { policy } from '../connectors/support/harness.ts';
import { fits } from './openapi.ts';
import { appOver } from './support.ts';

const KEY = `arxk_${'k'.repeat(43)}`;
const GONE = `arxk_${'g'.repeat(43)}`;
const BEARER = { authorization: `Bearer ${KEY}` };

let emulators: RunningEmulators;
beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty', rateLimit: 0 });
  for (const person of PEOPLE) emulators.okta.addUser(person);
});
afterAll(() => emulators.close());
const calls = (): number => emulators.log.entries.filter(({ vendor }) => vendor === 'okta').length;

async function serve(store: Store, over: Partial<ServerParts> = {}) {
  const at = { createdAt: '2026-01-01T00:00:00.000Z', revokedAt: null };
  await store.keys.addAccessKey({ name: 'soc', hash: keyHash(KEY), person: null, ...at });
  await store.keys.addAccessKey({ name: 'gone', hash: keyHash(GONE), person: null, ...at });
  await store.keys.revokeAccessKey('gone', '2026-01-02T00:00:00.000Z');
  const { app } = appOver(store, { enricher: enricherOver(emulators, store).enricher, ...over });
  const get = (account: string, headers: Record<string, string> = BEARER) =>
    app.request(`/v1/enrich/account/${account}`, { headers });
  const post = (body: unknown, headers: Record<string, string> = BEARER) =>
    app.request('/v1/enrich', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { app, get, post };
}

describeOnStores('the enrichment API', ({ fresh }) => {
  it('describes an account, by bearer token or x-api-key, as its document says', async () => {
    const { get, post } = await serve(await fresh());
    const ann = await get('ann@example.com');
    expect(ann.status).toBe(200);
    const body = (await ann.json()) as { indicator: string; okta: object };
    expect(body).toMatchObject({
      indicator: 'ann@example.com',
      okta: { found: true, cached: false },
    });
    expect(fits('Account', body)).toEqual([]);
    const again = await get('CORP%5Cann', { 'x-api-key': KEY });
    expect(await again.json()).toMatchObject({
      indicator: 'CORP\\ann',
      okta: { extracted: { login: 'ann@example.com' } },
    });
    for (const slash of ['svc/backup@example.com', 'svc%2Fbackup@example.com'])
      expect(await (await get(slash)).json()).toMatchObject({
        okta: { extracted: { login: 'svc/backup@example.com' } },
      });
    const batch = await post({ accounts: ['ann@example.com', 'cy', 'nobody'] });
    expect(batch.status).toBe(200);
    const { schema, results } = (await batch.json()) as { schema: string; results: unknown[] };
    expect(schema).toBe('arx.enrichment/v1');
    expect(results).toMatchObject([
      { okta: { cached: true } },
      { okta: { ambiguous: true } },
      { okta: { found: false } },
    ]);
    for (const result of results) expect(fits('Account', result)).toEqual([]);
  });

  it('refuses requests without a valid key, and sends nothing to Okta', async () => {
    const { get, post } = await serve(await fresh());
    const before = calls();
    const headers = [
      {},
      { authorization: 'Bearer x' },
      { 'x-api-key': GONE },
      { authorization: `Basic ${KEY}` },
    ];
    for (const one of headers as Record<string, string>[])
      for (const answer of [await get('ann', one), await post({ accounts: ['ann'] }, one)]) {
        expect(answer.status).toBe(401);
        expect(fits('Error', await answer.json())).toEqual([]);
      }
    expect(calls()).toBe(before);
  });

  it('answers hostile names and bodies with 400 or 413, and sends nothing to Okta', async () => {
    const { get, post } = await serve(await fresh());
    const before = calls();
    const names = ['x'.repeat(10_000), 'a"b', 'a%22%20or%20id%20pr', 'a%00b', '%E2%84%AAate'];
    for (const name of names) {
      const answer = await get(name);
      expect([name.slice(0, 20), answer.status]).toEqual([name.slice(0, 20), 400]);
      const text = await answer.text();
      expect(text).toContain('invalid_argument');
      expect(text).not.toContain(name);
    }
    const bodies = [
      '',
      '{',
      '[]',
      {},
      { accounts: [] },
      { accounts: [5] },
      { accounts: ['a'], more: 1 },
    ];
    for (const body of bodies) expect((await post(body)).status).toBe(400);
    expect((await post({ accounts: Array.from({ length: 1_001 }, () => 'a') })).status).toBe(400);
    expect(
      (await post({ accounts: ['a'] }, { ...BEARER, 'content-type': 'text/plain' })).status,
    ).toBe(400);
    expect((await post('x'.repeat(2 * 1024 * 1024 + 1))).status).toBe(413);
    expect(calls()).toBe(before);
  });

  it('answers a batch row by row, also for names that are not those of accounts', async () => {
    const { get, post } = await serve(await fresh());
    const accounts = ['ann@example.com', '"', 'NT AUTHORITY\\SYSTEM', '', null, '../groups'];
    const batch = await post({ accounts });
    expect(batch.status).toBe(200);
    const { results } = (await batch.json()) as { results: unknown[] };
    const notInOkta = { success: false, error: { code: 'not_an_okta_account' } };
    expect(results).toMatchObject([
      { okta: { success: true, error: null } },
      { indicator: '"', okta: { success: false, error: { code: 'invalid_argument' } } },
      { indicator: 'NT AUTHORITY\\SYSTEM', okta: notInOkta },
      { indicator: '', okta: notInOkta },
      { indicator: '', okta: notInOkta },
      { okta: { success: true, found: false, error: null } },
    ]);
    for (const result of results) expect(fits('Account', result)).toEqual([]);
    const host = await get('CORP%5CHOST01$');
    expect([host.status, await host.json()]).toMatchObject([200, { okta: notInOkta }]);
  });

  it('refuses unknown query parameters by name, and sends nothing to Okta', async () => {
    const { get, app } = await serve(await fresh());
    const before = calls();
    for (const [words, path] of [
      ['refresh=maybe', 'refresh'],
      ['refresh=', 'refresh'],
      ['refresh=true&refresh=true', 'refresh'],
      ['fresh=true', 'fresh'],
      ['refresh=true&verbose=1', 'verbose'],
    ]) {
      const answer = await get(`ann@example.com?${words}`);
      const document = (await answer.json()) as { remedy: string };
      expect([words, answer.status, document]).toMatchObject([
        words,
        400,
        { code: 'invalid_argument', where: { path } },
      ]);
      expect(document.remedy).toContain('refresh=true or refresh=false');
      expect(fits('Error', document)).toEqual([]);
    }
    const headers = { 'content-type': 'application/json', ...BEARER };
    const body = JSON.stringify({ accounts: ['ann@example.com'] });
    const posted = await app.request('/v1/enrich?refresh=true', { method: 'POST', headers, body });
    expect([posted.status, await posted.json()]).toMatchObject([
      400,
      { where: { path: 'refresh' } },
    ]);
    expect(calls()).toBe(before);
    expect((await get('ann@example.com?refresh=false')).status).toBe(200);
  });

  it('says how many accounts a batch may have', async () => {
    const { post } = await serve(await fresh());
    for (const length of [0, 1_001]) {
      const answer = await post({ accounts: Array.from({ length }, () => 'ann') });
      const document = (await answer.json()) as { message: string };
      expect(answer.status).toBe(400);
      expect(document.message).toBe(
        `A batch must have 1 to 1000 accounts; this one has ${length}.`,
      );
      expect(fits('Error', document)).toEqual([]);
    }
    expect(await (await post({ accounts: [5] })).json()).toMatchObject({
      message: expect.stringMatching(/^The body must be/),
    });
  });

  it('limits each key to its number of accounts per minute', async () => {
    let at = Date.now();
    const { get, post } = await serve(await fresh(), {
      enrichmentsPerMinute: () => 60,
      now: () => new Date(at),
    });
    expect((await post({ accounts: Array.from({ length: 59 }, () => 'ann') })).status).toBe(200);
    expect((await get('ann')).status).toBe(200);
    const refused = await get('ann');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect(fits('Error', await refused.json())).toEqual([]);
    at += 1_000;
    expect((await get('ann')).status).toBe(200);
  });

  it('reports what the policies deny', async () => {
    const store = await fresh();
    const bundle = {
      ok: true as const,
      digest: 'd'.repeat(64),
      policies: [policy({ connector: 'okta', operations: ['apps:*'] })],
    };
    const { enricher } = enricherOver(emulators, store, { bundle: () => bundle });
    const answer = await (await serve(store, { enricher })).get('ann');
    expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'policy_denied' }]);
  });

  it('records the key in the audit trail, but no name', async () => {
    const store = await fresh();
    await (await serve(store)).get('ann@example.com');
    const entries = await store.audit.list({});
    expect(entries.length).toBe(5);
    for (const { entry } of entries)
      expect(entry).toMatchObject({
        workflowId: 'enrich/soc',
        actor: { authenticatedBy: 'key' },
        surface: 'api',
      });
    expect(JSON.stringify(entries)).not.toMatch(/ann/i);
  });
});

describe('openapi.json', () => {
  it('is served, and has exactly the existing routes', async () => {
    const { app } = appOver({} as Store);
    const served = await app.request('/openapi.json');
    expect([served.status, await served.json()]).toEqual([
      200,
      JSON.parse(JSON.stringify(OPENAPI)),
    ]);
    const routes = app.routes
      .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/v1/'))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)(\{[^}]*\})?/g, '{$1}')}`);
    const documented = Object.entries(OPENAPI.paths).flatMap(([path, verbs]) =>
      Object.keys(verbs).map((verb) => `${verb.toUpperCase()} ${path}`),
    );
    expect([...new Set(routes)].toSorted()).toEqual(documented.toSorted());
  });
});

describe('limits', () => {
  it('let a batch larger than one minute pass when the bucket is full, and charge for it', () => {
    let at = 0;
    const limits = new KeyLimits(
      () => 60,
      () => new Date(at),
    );
    expect(limits.take({ name: 'a' }, 120)).toBeNull();
    expect(limits.take({ name: 'a' }, 1)).toBe(61);
    expect(limits.take({ name: 'b' }, 1)).toBeNull();
    at = 61_000;
    expect(limits.take({ name: 'a' }, 1)).toBeNull();
  });
});
