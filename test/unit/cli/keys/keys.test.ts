import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decisionKey } from '../../../../src/governance/decision-token.ts';
import { openStore } from '../../../../src/store/open.ts';
import type { Store } from '../../../../src/store/types.ts';
import { directoryWith } from '../../../support/config.ts';
import { borrowPglite } from '../../../support/pglite.ts';
import type { TestDatabase } from '../../../support/pglite.ts';
import { arx } from '../support/terminal.ts';

let database: TestDatabase;
let store: Store;

beforeAll(async () => {
  database = await borrowPglite();
  store = await openStore({ databaseUrl: database.databaseUrl, maxConnections: 2 });
  await store.migrate();
});
afterAll(async () => {
  await store.close();
  await database.close();
});

type Document = Record<string, unknown> & { key?: string; kid?: string };

async function keys(
  argv: string[],
  env: Record<string, string> = {},
): Promise<{ code: number; document: Document }> {
  // An emulated organisation on this machine: the local user is the operator of its store.
  const outcome = await arx(['keys', ...argv, '--local', '--json'], {
    DATABASE_URL: database.databaseUrl,
    OKTA_DOMAIN: 'http://127.0.0.1:1',
    OKTA_API_TOKEN: '00token',
    ...env,
  });
  expect(outcome.err).toBe('');
  return { code: outcome.code, document: JSON.parse(outcome.out) as Document };
}

describe('arx keys', () => {
  it('makes a key, of which only the hash is stored, and lists it', async () => {
    const { document } = await keys(['create', '--name', 'ann-laptop', '--for', 'ann@example.com']);
    expect(document).toMatchObject({
      schema: 'arx.access-key/v1',
      name: 'ann-laptop',
      person: 'ann@example.com',
    });
    expect(document.key).toMatch(/^arxk_[A-Za-z0-9_-]{43}$/);
    const hash = createHash('sha256').update(`${document.key}`).digest('hex');
    expect(await store.keys.accessKey(hash)).toMatchObject({ name: 'ann-laptop', revokedAt: null });
    const list = JSON.stringify((await keys(['list'])).document);
    expect(list).toContain('ann-laptop');
    expect(list).not.toContain(hash);
    const trail = JSON.stringify(await store.audit.list({ subject: 'ann-laptop' }));
    expect(trail).toContain('key.created');
    expect(trail).not.toMatch(new RegExp(`ann@example.com|${document.key}|${hash}`));
  });

  it('prints a key alone on standard output, for scripts', async () => {
    const outcome = await arx(['keys', 'create', '--name', 'robot'], {
      DATABASE_URL: database.databaseUrl,
    });
    expect(outcome).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^arxk_[A-Za-z0-9_-]{43}\n$/),
    });
    expect(outcome.err).toContain('agent:robot');
  });

  it('takes a name once, and an Okta login', async () => {
    const again = await keys(['create', '--name', 'ann-laptop']);
    expect(again).toMatchObject({
      code: 2,
      document: { schema: 'arx.error/v1', code: 'key_exists' },
    });
    const id = await keys(['create', '--name', 'by-id', '--for', '00u1a2b3c4d5e6f7g8h9']);
    expect(id).toMatchObject({ code: 2, document: { code: 'usage' } });
    expect(await store.keys.accessKeys()).toHaveLength(2);
  });

  it('gives a key scopes and an expiry, and lists them with its last use', async () => {
    const created = await keys([
      'create',
      '--name',
      'siem',
      '--scope',
      'audit',
      '--scope',
      'enrich',
    ]);
    expect(created.document).toMatchObject({ scopes: ['audit', 'enrich'] });
    const days = (Date.parse(`${created.document['expiresAt']}`) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(90);
    const listed = async () => {
      const { items } = (await keys(['list'])).document as { items?: { name: string }[] };
      return items?.find(({ name }) => name === 'siem');
    };
    expect(await listed()).toMatchObject({
      scopes: ['audit', 'enrich'],
      expiresAt: created.document['expiresAt'],
      lastUsedAt: null,
      state: 'active',
    });
    await keys(['create', '--name', 'by-siem'], { ARX_KEY: `${created.document.key}` });
    expect(await listed()).toMatchObject({ lastUsedAt: expect.stringMatching(/^20/) });
  });

  it.each([
    ['--scope', 'everything'],
    ['--expires-in', '400d'],
    ['--expires-in', '0d'],
    ['--scope', 'admin'],
    ['--scope', 'approvals:decide'],
  ])('refuses the key of a service with %s %s', async (...option) => {
    const refused = await keys(['create', '--name', 'greedy', ...option]);
    expect(refused).toMatchObject({ code: 2, document: { schema: 'arx.error/v1' } });
  });

  it('needs a super administrator to make the key of a person in a shared store', async () => {
    const argv = ['keys', 'create', '--name', 'eve', '--for', 'eve@example.com', '--json'];
    const outcome = await arx(argv, { DATABASE_URL: database.databaseUrl });
    expect(outcome.code).toBe(5);
    expect(JSON.parse(outcome.out)).toMatchObject({ code: 'key_not_allowed' });
    expect((await store.keys.accessKeys()).map(({ name }) => name)).not.toContain('eve');
  });

  it('enrols no signing key in a shared store for anyone else', async () => {
    const env = { DATABASE_URL: database.databaseUrl, ARX_HOME: directoryWith() };
    const outcome = await arx(['keys', 'decision', '--json'], env);
    expect([outcome.code, JSON.parse(outcome.out)]).toMatchObject([5, { code: 'key_not_allowed' }]);
  });

  it('revokes a key, once and for all', async () => {
    const { document } = await keys(['create', '--name', 'lost']);
    const env = { ARX_KEY: `${document.key}` };
    expect((await keys(['decision'], { ...env, ARX_HOME: directoryWith() })).code).toBe(0);
    expect((await keys(['revoke', 'lost'])).code).toBe(0);
    expect((await keys(['revoke', 'lost'])).code).toBe(0);
    expect((await store.audit.list({ subject: 'lost', kind: 'key.revoked' })).length).toBe(1);
    const refused = await keys(['decision'], { ...env, ARX_HOME: directoryWith() });
    expect(refused).toMatchObject({ code: 4, document: { code: 'unauthenticated' } });
    expect(await keys(['revoke', 'nobody'])).toMatchObject({
      code: 1,
      document: { code: 'no_such_key' },
    });
  });

  it('records who changed keys', async () => {
    const { document } = await keys(['create', '--name', 'bob', '--for', 'bob@example.com']);
    await keys(['create', '--name', 'made-by-bob'], { ARX_KEY: `${document.key}` });
    const [made] = await store.audit.list({ subject: 'made-by-bob' });
    expect(made?.entry.actor).toEqual({
      principal: 'user:bob@example.com',
      authenticatedBy: 'key',
    });
  });
});

describe('arx keys decision', () => {
  it('makes the signing key once and knows its public half', async () => {
    const env = { ARX_HOME: directoryWith() };
    const first = (await keys(['decision'], env)).document;
    expect((await keys(['decision'], env)).document).toEqual(first);
    expect(await store.keys.signingKey(`${first.kid}`)).toMatchObject({
      publicKey: first['publicKey'],
      revokedAt: null,
    });
    expect(await store.audit.list({ subject: `${first.kid}` })).toHaveLength(1);
  });

  it('rotates: the new one counts, the old one no more', async () => {
    const env = { ARX_HOME: directoryWith() };
    const old = (await keys(['decision'], env)).document;
    const { document } = await keys(['decision', '--rotate'], env);
    expect(document).toMatchObject({ schema: 'arx.decision-key/v1', replaced: old.kid });
    expect(document.kid).not.toBe(old.kid);
    expect((await store.keys.signingKey(`${old.kid}`))?.revokedAt).not.toBeNull();
    expect((await store.keys.signingKey(`${document.kid}`))?.revokedAt).toBeNull();
    expect((await keys(['decision'], env)).document.kid).toBe(document.kid);
    const kinds = (await store.audit.list({ subject: `${old.kid}` })).map(
      ({ entry }) => entry.kind,
    );
    expect(kinds).toEqual(['key.created', 'key.revoked']);
  });

  it('takes a given seed, does not replace it, and refuses one that is revoked', async () => {
    const env = { ARX_HOME: directoryWith(), ARX_DECISION_KEY: 'cd'.repeat(32) };
    const { kid } = decisionKey(env.ARX_DECISION_KEY);
    expect((await keys(['decision'], env)).document).toMatchObject({ kid });
    expect(await keys(['decision', '--rotate'], env)).toMatchObject({
      code: 2,
      document: { code: 'decision_key_given' },
    });
    await store.keys.revokeSigningKey(kid, new Date().toISOString());
    expect(await keys(['decision'], env)).toMatchObject({
      code: 1,
      document: { code: 'key_revoked' },
    });
  });
});
