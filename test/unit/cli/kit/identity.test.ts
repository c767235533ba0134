import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identify, identifyPerson } from '../../../../src/cli/kit/identity.ts';
import { loadSettings } from '../../../../src/cli/kit/settings.ts';
import { keyHash } from '../../../../src/config/env/identity-keys.ts';
import { openStore } from '../../../../src/store/open.ts';
import type { Store } from '../../../../src/store/types.ts';
import { borrowPglite } from '../../../support/pglite.ts';
import type { TestDatabase } from '../../../support/pglite.ts';
import { ioOf } from '../governed/support.ts';

const KEYS = {
  ann: `arxk_${'a'.repeat(43)}`,
  soc: `arxk_${'b'.repeat(43)}`,
  lost: `arxk_${'c'.repeat(43)}`,
  unknown: `arxk_${'d'.repeat(43)}`,
} as const;
const AT = '2026-11-22T08:00:00.000Z';
const REAL = { OKTA_DOMAIN: 'example.okta.com', OKTA_API_TOKEN: '00token' };
const EMULATED = { ...REAL, OKTA_DOMAIN: 'http://127.0.0.1:1' };

let database: TestDatabase;
let store: Store;

beforeAll(async () => {
  database = await borrowPglite();
  store = await openStore({ databaseUrl: database.databaseUrl, maxConnections: 2 });
  await store.migrate();
  const add = (name: keyof typeof KEYS, person: string | null, revokedAt: string | null = null) =>
    store.keys.addAccessKey({ name, hash: keyHash(KEYS[name]), person, createdAt: AT, revokedAt });
  await add('ann', 'ann@example.com');
  await add('soc', null);
  await add('lost', 'bob@example.com', AT);
});
afterAll(async () => {
  await store.close();
  await database.close();
});

interface Situation {
  key?: keyof typeof KEYS;
  as?: string;
  local?: boolean;
  env?: Record<string, string>;
}

async function who({ key, as, local, env = REAL }: Situation, ask = identify) {
  const { io, err } = ioOf({ ...env, ...(key ? { ARX_KEY: KEYS[key] } : {}) });
  const settings = await loadSettings(io, {});
  return { ...(await ask({ ...io, verbose: true }, { settings, store, as, local })), said: err() };
}

describe('who acts', () => {
  it.each<[Situation, string, string]>([
    [{}, 'user:anonymous', 'none'],
    [{ key: 'ann' }, 'user:ann@example.com', 'key'],
    [{ key: 'ann', as: 'ann@example.com' }, 'user:ann@example.com', 'key'],
    [{ key: 'ann', as: 'user:ANN@example.com' }, 'user:ann@example.com', 'key'],
    [{ key: 'soc' }, 'agent:soc', 'key'],
    [{ key: 'soc', as: 'agent:soc' }, 'agent:soc', 'key'],
    [{ local: true, env: EMULATED }, 'user:anonymous', 'none'],
    [{ local: true, env: EMULATED, as: 'bob@example.com' }, 'user:bob@example.com', 'cli'],
    [
      { local: true, env: EMULATED, as: 'bob@example.com', key: 'ann' },
      'user:bob@example.com',
      'cli',
    ],
    [{ local: true, env: EMULATED, as: 'agent:bot' }, 'agent:bot', 'cli'],
    [
      { local: true, env: EMULATED, as: 'ann@example.com', key: 'ann' },
      'user:ann@example.com',
      'key',
    ],
  ])('%j is %s, by %s', async (situation, principal, authenticatedBy) => {
    const identity = await who(situation);
    expect(identity).toMatchObject({ principal, authenticatedBy });
    expect(identity.said.includes('not authenticated, accepted because')).toBe(
      authenticatedBy === 'cli',
    );
  });

  it.each<[Situation, RegExp]>([
    [{ as: 'ann@example.com' }, /ARX_KEY is not set/],
    [{ as: 'bob@example.com', key: 'ann' }, /belongs to another user/],
    [{ as: 'ann@example.com', key: 'soc' }, /belongs to another user/],
    [{ as: 'agent:other', key: 'soc' }, /belongs to another user/],
    [{ key: 'lost' }, /is revoked/],
    [{ key: 'unknown' }, /not a key of this store/],
    [{ key: 'lost', as: 'bob@example.com', local: true, env: EMULATED }, /is revoked/],
    [{ as: 'ann@example.com', local: true }, /ARX_KEY is not set/],
    [{ as: 'ann@example.com', env: EMULATED }, /ARX_KEY is not set/],
    [
      {
        as: 'ann@example.com',
        local: true,
        env: { ...EMULATED, DATABASE_URL: 'postgres://db.example.com/arx' },
      },
      /ARX_KEY is not set/,
    ],
  ])('%j is refused with %s', async (situation, message) => {
    const refused = who(situation);
    await expect(refused).rejects.toMatchObject({ code: 'unauthenticated', exit: 4 });
    await expect(refused).rejects.toThrow(message);
  });

  it.each<[Situation, string]>([
    [{ as: 'bob@example.com' }, 'user:bob@example.com'],
    [{ as: 'bob@example.com', key: 'ann' }, 'user:bob@example.com'],
    [{ as: 'agent:bot' }, 'agent:bot'],
  ])(
    '%j is accepted with a warning if signatures are not required',
    async (situation, principal) => {
      const { io, err } = ioOf({
        ...REAL,
        ...(situation.key ? { ARX_KEY: KEYS[situation.key] } : {}),
      });
      const settings = await loadSettings(io, {});
      settings.config.approvals.require_signed = false;
      const identity = await identify(io, { settings, store, as: situation.as });
      expect(identity).toMatchObject({ principal, authenticatedBy: 'cli' });
      expect(err()).toContain(`${principal} is accepted without authentication`);
    },
  );

  it.each([
    'workflow:mfa-enforcement-check',
    'flow:x',
    'anonymous',
    'user:',
    'two words',
    'a:b',
    'a\u0000b',
  ])('--as %j names nobody', async (as) => {
    await expect(who({ as, local: true, env: EMULATED })).rejects.toMatchObject({
      code: 'usage',
      exit: 2,
    });
  });

  it('must be a person to decide', async () => {
    expect(await who({ key: 'ann' }, identifyPerson)).toMatchObject({ person: 'ann@example.com' });
    await expect(who({ key: 'soc' }, identifyPerson)).rejects.toThrow(/A service cannot decide/);
    await expect(who({}, identifyPerson)).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});
