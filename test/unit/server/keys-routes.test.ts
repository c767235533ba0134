import { expect, it } from 'vitest';
import { KEY_SCOPES } from '../../../src/governance/key-scopes.ts';
import type { Store } from '../../../src/store/types.ts';
import { describeOnStores } from '../../support/stores.ts';
import { fits } from './openapi.ts';
import { serveApi } from './serve-api.ts';
import { ANN } from './support.ts';

const add = (store: Store, name: string, person: string | null, scopes = ['admin'] as const) =>
  store.keys.addAccessKey({
    name,
    hash: name,
    person,
    scopes: [...scopes],
    expiresAt: '2027-01-01T00:00:00.000Z',
    createdAt: '2026-01-01T00:00:00.000Z',
    revokedAt: null,
  });

describeOnStores('the API of keys', ({ fresh }) => {
  it('lists keys without their values or hashes', async () => {
    const store = await fresh();
    await using api = await serveApi(store);
    const answer = await api.send('/v1/keys', { as: 'admin' });
    const text = await answer.text();
    expect([answer.status, fits('Keys', JSON.parse(text))]).toEqual([200, []]);
    for (const { hash } of await store.keys.accessKeys()) expect(text).not.toContain(hash);
    expect(text).not.toContain('arxk_');
    const names = (JSON.parse(text) as { items: { name: string }[] }).items.map(({ name }) => name);
    expect(names.toSorted()).toEqual([...KEY_SCOPES, 'all'].toSorted());
  });

  it('revokes a key, recorded with who did it; that of an administrator only for another', async () => {
    const store = await fresh();
    await add(store, 'of-bob', 'bob@example.com');
    const isSuperAdministrator = async () => false;
    await using api = await serveApi(store, { isSuperAdministrator });
    const revoke = (name: string) => api.get(`/v1/keys/${name}/revoke`, { method: 'POST' });
    expect(await revoke('of-bob')).toMatchObject([403, { code: 'key_not_allowed' }]);
    expect(await revoke('nobody')).toMatchObject([404, { code: 'no_such_key' }]);
    expect(await revoke('reports')).toMatchObject([200, { name: 'reports', state: 'revoked' }]);
    const over = { isSuperAdministrator: async (login: string) => login === ANN.login };
    await using asSuper = await serveApi(store, over);
    const [status, document] = await asSuper.get('/v1/keys/of-bob/revoke', { method: 'POST' });
    expect([status, fits('RevokedKey', document)]).toEqual([200, []]);
    const revoked = (await store.keys.accessKeys()).filter(({ revokedAt }) => revokedAt !== null);
    expect(revoked.map(({ name }) => name).toSorted()).toEqual(['of-bob', 'reports']);
    const entries = await store.audit.list({ kind: 'key.revoked' });
    expect(entries.map(({ entry }) => [entry.subject, entry.actor, entry.surface])).toEqual([
      ['reports', { principal: `user:${ANN.id}`, authenticatedBy: 'key' }, 'api'],
      ['of-bob', { principal: `user:${ANN.id}`, authenticatedBy: 'key' }, 'api'],
    ]);
  });
});
