import { describe, expect, it } from 'vitest';
import { createAccessKey, revokeAccessKey } from '../../../../src/services/keys/create-key.ts';
import type { KeyMaker, KeyRequest } from '../../../../src/services/keys/create-key.ts';
import type { AuditDraft } from '../../../../src/audit/types.ts';
import type { AccessKey } from '../../../../src/store/governance-types.ts';
import type { Store } from '../../../../src/store/types.ts';

const NOW = new Date('2026-11-22T08:00:00.000Z');
const ROOT = 'root@example.com';
const ANN = 'ann@example.com';

const keyOf = (over: Partial<AccessKey>): AccessKey => ({
  name: 'root',
  hash: 'h',
  person: ROOT,
  createdAt: NOW.toISOString(),
  revokedAt: null,
  scopes: ['admin'],
  expiresAt: '2027-01-01T00:00:00.000Z',
  lastUsedAt: null,
  ...over,
});

/** The service over a store that holds these keys; ROOT is the only super administrator. */
function serviceOver(known: AccessKey[]) {
  const drafts: AuditDraft[] = [];
  const added: { name: string }[] = [];
  const store = {
    keys: {
      accessKeys: async () => known,
      addAccessKey: async (key: { name: string }) => void added.push(key),
      revokeAccessKey: async () => true,
    },
    journal: { append: async (all: AuditDraft[]) => void drafts.push(...all) },
  } as unknown as Store;
  const isSuperAdministrator = async (login: string) => login === ROOT;
  return { parts: { store, isSuperAdministrator, now: () => NOW }, drafts, added };
}

const anonymous: KeyMaker = {
  principal: 'user:anonymous',
  authenticatedBy: 'none',
  person: null,
  scopes: null,
  isOperator: false,
};
const by = (person: string, scopes: KeyMaker['scopes'] = null): KeyMaker => ({
  principal: `user:${person}`,
  authenticatedBy: 'key',
  person,
  scopes,
  isOperator: false,
});
const requestFor = (person: string | null, over: Partial<KeyRequest> = {}): KeyRequest => ({
  name: 'new',
  person,
  scopes: ['flows'],
  expiresAt: '2027-01-01T00:00:00.000Z',
  ...over,
});

describe('a key for a person', () => {
  it.each<[string, KeyMaker, KeyRequest, AccessKey[], string]>([
    [
      'the operator of an embedded stack',
      { ...anonymous, isOperator: true },
      requestFor(ANN),
      [],
      'operator',
    ],
    [
      'a super administrator',
      by(ROOT, ['admin']),
      requestFor(ANN),
      [keyOf({})],
      'super_administrator',
    ],
    ['its owner', by(ANN, ['flows', 'enrich']), requestFor(ANN), [keyOf({})], 'own'],
    [
      'anyone, first of all for a super administrator',
      anonymous,
      requestFor(ROOT, { scopes: ['admin'] }),
      [],
      'first_key',
    ],
    [
      'anyone, once all others have expired',
      anonymous,
      requestFor(ROOT, { scopes: ['admin'] }),
      [keyOf({ expiresAt: NOW.toISOString() })],
      'first_key',
    ],
    ['anyone, for a service', anonymous, requestFor(null), [keyOf({})], 'service'],
  ])('is made by %s, on record', async (_who, maker, request, known, right) => {
    const { parts, drafts, added } = serviceOver(known);
    const { key } = await createAccessKey(parts, maker, request);
    expect(key).toMatch(/^arxk_/);
    expect(added).toMatchObject([{ name: 'new', scopes: request.scopes }]);
    expect(drafts).toMatchObject([
      {
        kind: 'key.created',
        subject: 'new',
        actor: { principal: maker.principal, authenticatedBy: maker.authenticatedBy },
        outcome: { right, scopes: [...request.scopes] },
      },
    ]);
    expect(JSON.stringify(drafts)).not.toContain(key);
  });

  it.each<[string, KeyMaker, KeyRequest, AccessKey[]]>([
    ['nobody in particular', anonymous, requestFor(ANN), []],
    ['another person', by('bob@example.com'), requestFor(ANN), []],
    ['its owner with more scopes', by(ANN, ['flows']), requestFor(ANN, { scopes: ['admin'] }), []],
    [
      'a super administrator whose key may not administer',
      by(ROOT, ['flows']),
      requestFor(ANN),
      [keyOf({})],
    ],
    [
      'a super administrator who is only named',
      { ...by(ROOT), authenticatedBy: 'cli' },
      requestFor(ANN),
      [keyOf({})],
    ],
    [
      'anyone, as first key of another person',
      anonymous,
      requestFor(ANN, { scopes: ['admin'] }),
      [],
    ],
    [
      'anyone, once an administrator has a key',
      anonymous,
      requestFor(ROOT, { scopes: ['admin'] }),
      [keyOf({})],
    ],
  ])('is not made by %s', async (_who, maker, request, known) => {
    const { parts, drafts, added } = serviceOver(known);
    const refused = createAccessKey(parts, maker, request);
    await expect(refused).rejects.toMatchObject({ code: 'key_not_allowed' });
    expect([drafts, added]).toEqual([[], []]);
  });
});

describe('the key of an administrator', () => {
  it('is not revoked by anyone, which would make way for another first key', async () => {
    const { parts, drafts } = serviceOver([keyOf({})]);
    const refused = revokeAccessKey(parts, anonymous, keyOf({}));
    await expect(refused).rejects.toMatchObject({ code: 'key_not_allowed' });
    expect(drafts).toEqual([]);
    expect(await revokeAccessKey(parts, by(ROOT, ['flows']), keyOf({}))).toBe(true);
    expect(await revokeAccessKey(parts, anonymous, keyOf({ scopes: ['flows'] }))).toBe(true);
  });
});
