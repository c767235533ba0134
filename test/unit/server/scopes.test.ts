import { describe, expect, it } from 'vitest';
import { keyHash } from '../../../src/config/env/identity-keys.ts';
import { KEY_SCOPES } from '../../../src/governance/key-scopes.ts';
import type { KeyScope } from '../../../src/governance/key-scopes.ts';
import { OPENAPI } from '../../../src/server/api/openapi.ts';
import { ROUTE_SCOPES, openapiPath } from '../../../src/server/api/route-scopes.ts';
import type { AccessKey } from '../../../src/store/governance-types.ts';
import type { Store } from '../../../src/store/types.ts';
import { appOver, NOW } from './support.ts';

const KEY = `arxk_${'a'.repeat(43)}`;
const headers = { authorization: `Bearer ${KEY}` };
const later = '2026-12-22T08:00:00.000Z';

/** The app over a store with one key, and what it logged, recorded and wrote. */
function appWith(terms: Partial<Pick<AccessKey, 'scopes' | 'expiresAt'>>) {
  const key = {
    name: 'k',
    hash: keyHash(KEY),
    person: null,
    scopes: [],
    expiresAt: later,
    ...terms,
  };
  const warned: unknown[] = [];
  const used: string[] = [];
  const stored = { ...key, createdAt: NOW.toISOString(), revokedAt: null, lastUsedAt: null };
  const store = {
    keys: {
      accessKey: async (hash: string) => (hash === key.hash ? stored : null),
      recordUse: async (name: string) => void used.push(name),
    },
    journal: { append: async () => [] },
    requests: { list: async () => [], get: async () => null },
  } as unknown as Store;
  const log = {
    info: () => undefined,
    warn: (about: unknown) => warned.push(about),
    error: () => undefined,
  };
  return { ...appOver(store, { log }), warned, used };
}

const send = (
  app: ReturnType<typeof appWith>['app'],
  route: string,
  proof: Record<string, string> = headers,
) => {
  const [method = '', pattern = ''] = route.split(' ');
  return app.request(pattern.replaceAll(/:(\w+)(\{[^}]*\})?/g, 'x'), {
    method,
    headers: { 'content-type': 'application/json', ...proof },
    ...(method === 'GET' ? {} : { body: '{}' }),
  });
};
const codeOf = async (answer: Response) =>
  ((await answer.json().catch(() => ({}))) as { code?: string }).code;
const ROUTES = Object.entries(ROUTE_SCOPES);

describe('scopes of access keys', () => {
  it('are defined for every route of /v1, and for no others', () => {
    const routes = appWith({})
      .app.routes.filter(({ method, path }) => method !== 'ALL' && path.startsWith('/v1/'))
      .map(({ method, path }) => `${method} ${path}`);
    expect([...new Set(routes)].toSorted()).toEqual(Object.keys(ROUTE_SCOPES).toSorted());
  });

  it.each(ROUTES)('%s needs %s, and no other scope helps', async (route, scope) => {
    for (const one of KEY_SCOPES) {
      const answer = await send(appWith({ scopes: [one] }).app, route);
      const isRefused = answer.status === 403 && (await codeOf(answer)) === 'missing_scope';
      expect([one, isRefused]).toEqual([one, one !== scope]);
      expect([401, 429]).not.toContain(answer.status);
    }
    const others = KEY_SCOPES.filter((one) => one !== scope);
    expect((await send(appWith({ scopes: others }).app, route)).status).toBe(403);
  });

  it.each(ROUTES)(
    '%s answers nobody without a key, or with one that is not valid',
    async (route) => {
      const { app } = appWith({ scopes: [...KEY_SCOPES] });
      for (const authorization of [undefined, `Bearer arxk_${'b'.repeat(43)}`]) {
        const answer = await send(app, route, authorization ? { authorization } : {});
        expect([answer.status, await codeOf(answer)]).toEqual([401, 'unauthenticated']);
      }
    },
  );

  it('are named in the OpenAPI document', () => {
    for (const [route, scope] of ROUTES) {
      const [verb = '', path = ''] = openapiPath(route).split(' ');
      const operation = (OPENAPI.paths[path] as Record<string, { security: unknown }>)[
        verb.toLowerCase()
      ];
      expect(operation?.security).toEqual([{ bearer: [scope] }, { apiKey: [scope] }]);
    }
  });

  it('are all held by an old key, with a warning', async () => {
    const { app, warned } = appWith({ scopes: null, expiresAt: null });
    expect((await send(app, 'GET /v1/approvals')).status).toBe(200);
    expect((await send(app, 'GET /v1/approvals')).status).toBe(200);
    expect(warned).toEqual([{ key: 'k' }]);
  });
});

describe('an access key', () => {
  it('is refused once it has expired', async () => {
    const scopes: KeyScope[] = ['approvals:read'];
    const expired = appWith({ scopes, expiresAt: NOW.toISOString() });
    const answer = await send(expired.app, 'GET /v1/approvals');
    expect([answer.status, expired.used]).toEqual([401, []]);
    expect(await answer.json()).toMatchObject({ message: 'The access key k has expired.' });
    const valid = appWith({ scopes });
    expect((await send(valid.app, 'GET /v1/approvals')).status).toBe(200);
    expect(valid.used).toEqual(['k']);
  });

  it('may send so many requests about approvals in a minute', async () => {
    const { parts } = appWith({ scopes: ['approvals:read', 'approvals:decide'] });
    const { app } = appOver(parts.store as Store, { approvalsPerMinute: () => 1 });
    expect((await send(app, 'GET /v1/approvals')).status).toBe(200);
    const refused = await send(app, 'POST /v1/approvals/:id/decisions');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
  });
});
