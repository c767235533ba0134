import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CallStep } from '../../../src/services/enrichment/types.ts';
import { startEmulators } from '../../../emulators/start.ts';
import type { RunningEmulators } from '../../../emulators/start.ts';
import { describeOnStores } from '../../support/stores.ts';
import { policy } from '../connectors/support/harness.ts';
import { CALLER, enricherOver, one, PEOPLE } from './support.ts';

let emulators: RunningEmulators;
const ids: Record<string, string> = {};
const calls = (): number => emulators.log.entries.filter(({ vendor }) => vendor === 'okta').length;

/** Logins that no path may ever have. */
const ODD_LOGINS = [
  'j..doe@example.com',
  '.hidden@example.com',
  'jane van doe@example.com',
  '../groups@example.com',
  'jose\u0301@example.com',
  'ren\u00e9e@example.com',
];
/** More groups than fit on two pages. */
const TEAMS = Array.from({ length: 450 }, (_, at) => `Team ${at}`);

beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty', rateLimit: 0 });
  for (const login of ODD_LOGINS) emulators.okta.addUser({ login });
  emulators.okta.addUser({ login: 'member@example.com', groups: TEAMS });
  for (const person of PEOPLE) ids[person.login] = emulators.okta.addUser(person).id;
});
afterAll(() => emulators.close());
beforeEach(() => emulators.faults.clear());

describeOnStores('an account', ({ fresh, again }) => {
  it('is found by each of its names, with everything about it', async () => {
    const { enricher } = enricherOver(emulators, await fresh());
    const ann = await one(enricher, 'CORP\\Ann');
    expect(ann).toMatchObject({
      found: true,
      ambiguous: false,
      success: true,
      errors: [],
      candidates: [],
      verdict: null,
      cached: false,
      extracted: {
        user_id: ids['ann@example.com'],
        login: 'ann@example.com',
        email: 'ann.lee@example.com',
        status: 'ACTIVE',
        department: 'Engineering',
        title: 'Senior Developer',
        manager: 'Bo',
        is_admin: true,
        roles: ['SUPER_ADMIN'],
        mfa_enrolled: true,
        mfa_factors: ['push', 'totp'],
        mfa_factor_types: ['push', 'token:software:totp'],
        recent_activity: { hours: 24, failed_sign_ins: 0, countries: [], proxies: [] },
      },
    });
    expect(ann.extracted?.groups).toContain('Engineering');
    const names = ['ANN@example.com', 'ann.LEE@example.com', `${ids['ann@example.com']}`];
    for (const name of names)
      expect((await one(enricher, name)).extracted?.login).toBe('ann@example.com');
    expect((await one(enricher, 'bob+ops')).extracted?.login).toBe('Bob+Ops@Example.com');
    expect((await one(enricher, 'BOB+ops@example.com')).extracted?.login).toBe(
      'Bob+Ops@Example.com',
    );
    expect((await one(enricher, 'svc/backup')).extracted?.login).toBe('svc/backup@example.com');
    expect((await one(enricher, 'svc/backup@example.com')).extracted?.login).toBe(
      'svc/backup@example.com',
    );
    expect((await one(enricher, 'gone@example.com')).extracted?.status).toBe('DEPROVISIONED');
  });

  it('is never guessed: several candidates are listed, and the beginning of a name matches none', async () => {
    const { enricher } = enricherOver(emulators, await fresh());
    const candidates = ['cy@example.com', 'cy@other.example'].map((login) => ({
      id: ids[login],
      login,
    }));
    expect(await one(enricher, 'cy')).toMatchObject({
      found: false,
      ambiguous: true,
      candidates,
      extracted: null,
    });
    for (const name of ['an', 'anne', 'ann@example', 'nobody@example.com', '00uNobodyNobodyNobod'])
      expect(await one(enricher, name)).toMatchObject({
        found: false,
        ambiguous: false,
        success: true,
        extracted: null,
      });
  });

  it('is found with dots, blanks and accents in its login, which no path ever has', async () => {
    const { enricher } = enricherOver(emulators, await fresh());
    const from = emulators.log.entries.length;
    for (const login of ODD_LOGINS) {
      const name = login.normalize(login === login.normalize('NFC') ? 'NFD' : 'NFC');
      expect((await one(enricher, name)).extracted?.login).toBe(login);
    }
    expect((await one(enricher, 'jos\u00e9')).extracted?.login).toBe('jose\u0301@example.com');
    const paths = emulators.log.entries.slice(from).map(({ path }) => path);
    for (const path of paths)
      expect(path).toMatch(/^\/api\/v1\/(logs|users(\/[A-Za-z0-9]{20}\/\w+)?)$/);
  });

  it('has its own result in a batch, whatever the other names are', async () => {
    const { enricher } = enricherOver(emulators, await fresh());
    const expected = {
      'ann@example.com': null,
      'a" or id pr': 'invalid_argument',
      'a\u0000': 'invalid_argument',
      '\u212Aate': 'invalid_argument',
      '': 'not_an_okta_account',
      ['x'.repeat(10_000)]: 'not_an_okta_account',
      'NT AUTHORITY\\SYSTEM': 'not_an_okta_account',
      HOST01$: 'not_an_okta_account',
      'S-1-5-18': 'not_an_okta_account',
      'nobody@example.com': null,
    };
    const before = calls();
    const results = await enricher.enrich(Object.keys(expected), { caller: CALLER });
    for (const [at, [name, code]] of Object.entries(expected).entries()) {
      const { indicator, okta } = results[at]!;
      expect([indicator, okta.error?.code ?? null]).toEqual([name, code]);
      if (code === null) expect(okta.success).toBe(true);
      else
        expect(okta).toMatchObject({
          found: false,
          ambiguous: false,
          success: false,
          extracted: null,
          errors: [],
          verdict: null,
          error: { message: expect.stringMatching(/^The name /), remedy: expect.any(String) },
        });
    }
    // Five for the account that exists, and three to search the other one.
    expect(calls() - before).toBe(8);
    expect(await one(enricher, 'аnn@example.com')).toMatchObject({ found: false });
  });

  it('has all its groups, over all pages, and none if one page cannot be read', async () => {
    const { enricher } = enricherOver(emulators, await fresh());
    const found = await one(enricher, 'member@example.com');
    expect(found.errors).toEqual([]);
    expect(found.extracted?.groups).toEqual(expect.arrayContaining(TEAMS));
    expect(found.extracted?.groups?.length).toBe(451);
    const broken = { vendor: 'okta', pathPattern: '/groups\\?.*after=', kind: 'status' } as const;
    emulators.faults.add({ ...broken, status: 403 });
    expect(await one(enricher, 'member@example.com', { refresh: true })).toMatchObject({
      extracted: { groups: null },
      errors: [{ field: 'groups', call: 'users:read_groups', code: 'forbidden' }],
    });
  });

  it('whose listing does not end has a result with an error, and the others have theirs', async () => {
    const { enricher } = enricherOver(emulators, await fresh());
    const rule = { vendor: 'okta', pathPattern: 'endless', kind: 'emptyPage' } as const;
    emulators.faults.add(rule);
    const results = await enricher.enrich(['endless', 'ann'], { caller: CALLER });
    expect(results.map(({ okta }) => okta)).toMatchObject([
      { found: null, success: false, error: { code: 'too_many' } },
      { found: true, success: true, error: null },
    ]);
  });

  it('is looked up once for all callers, even from another process, and not again while the answer is valid', async () => {
    const [first, second] = [await fresh(), await again()];
    const processes = [
      enricherOver(emulators, first).enricher,
      enricherOver(emulators, second).enricher,
    ];
    const before = calls();
    const asked = Array.from({ length: 1_000 }, (_, at) =>
      one(processes[at % 2]!, at % 3 ? 'ann@example.com' : 'ANN@example.com'),
    );
    const answers = await Promise.all(asked);
    expect(new Set(answers.map(({ extracted }) => extracted?.user_id))).toEqual(
      new Set([ids['ann@example.com']]),
    );
    expect(calls() - before).toBe(5);
    expect(await one(processes[0]!, 'ann@example.com')).toMatchObject({
      cached: true,
      success: true,
    });
    // A process that starts again.
    const restarted = enricherOver(emulators, await again()).enricher;
    expect(await one(restarted, 'ann@example.com')).toMatchObject({ cached: true });
    expect(calls() - before).toBe(5);
    expect(await one(restarted, 'ann@example.com', { refresh: true })).toMatchObject({
      cached: false,
      age_seconds: 0,
    });
    expect(calls() - before).toBe(10);
  });

  it('is looked up again when its time is over, and a missing account sooner', async () => {
    let at = Date.now();
    const { enricher } = enricherOver(emulators, await fresh({ now: () => new Date(at) }));
    const cached = async () => [
      (await one(enricher, 'ann')).cached,
      (await one(enricher, 'nobody')).cached,
    ];
    expect(await cached()).toEqual([false, false]);
    at += 299_000;
    expect(await cached()).toEqual([true, true]);
    expect((await one(enricher, 'ann')).age_seconds).toBe(299);
    at += 1_000;
    expect(await cached()).toEqual([true, false]);
    at += 3_300_000;
    expect(await cached()).toEqual([false, false]);
  });

  it('with errors is not cached', async () => {
    const { enricher } = enricherOver(emulators, await fresh());
    emulators.faults.add({
      vendor: 'okta',
      pathPattern: '/factors',
      kind: 'status',
      status: 403,
      times: 1,
    });
    const part = await one(enricher, 'ann');
    expect(part).toMatchObject({
      found: true,
      extracted: { mfa_enrolled: null, mfa_factors: null, is_admin: true },
    });
    expect(part.errors).toContainEqual({
      field: 'mfa_enrolled',
      call: 'users:read_factors',
      code: 'forbidden',
      status: 403,
    });
    expect(await one(enricher, 'ann')).toMatchObject({
      cached: false,
      errors: [],
      extracted: { mfa_enrolled: true },
    });
  });

  it('that cannot be looked up is neither found nor missing', async () => {
    const { enricher } = enricherOver(emulators, await fresh());
    emulators.faults.add({ vendor: 'okta', pathPattern: '/users\\?', kind: 'status', status: 403 });
    expect(await one(enricher, 'ann')).toMatchObject({
      found: null,
      success: false,
      extracted: null,
      verdict: null,
      errors: [{ field: 'extracted', call: 'users:read', code: 'forbidden', status: 403 }],
      error: {
        code: 'forbidden',
        message: 'Okta did not answer users:read: forbidden, HTTP status 403.',
      },
    });
  });

  it('is looked up again after arx wrote to it, and no other', async () => {
    const { enricher, connectors } = enricherOver(emulators, await fresh());
    await Promise.all(['annette', 'ann'].map((name) => one(enricher, name)));
    const userId = `${ids['annette@example.com']}`;
    const context = { caller: CALLER, subject: userId };
    await connectors.okta(
      'users:update',
      { userId, mode: 'merge', profile: { department: 'Sales' } },
      context,
    );
    expect(await one(enricher, 'annette')).toMatchObject({
      cached: false,
      extracted: { department: 'Sales' },
    });
    expect(await one(enricher, 'annette')).toMatchObject({ cached: true });
    expect(await one(enricher, 'ann')).toMatchObject({ cached: true });
  });

  it('of another organisation is another account', async () => {
    const store = await fresh();
    await one(enricherOver(emulators, store).enricher, 'ann');
    const other = enricherOver(emulators, store, { host: 'other.okta.com' }).enricher;
    expect(await one(other, 'ann')).toMatchObject({ cached: false });
  });

  it('is returned only to callers who may read it themselves', async () => {
    const store = await fresh();
    await one(enricherOver(emulators, store).enricher, 'ann');
    const bundle = (...operations: string[]) => ({
      bundle: () => ({
        ok: true as const,
        digest: 'd'.repeat(64),
        policies: [policy({ connector: 'okta', operations })],
      }),
    });
    const nothing = enricherOver(emulators, store, bundle('groups:read')).enricher;
    await expect(one(nothing, 'ann')).rejects.toMatchObject({ name: 'PolicyDeniedError' });
    const part = enricherOver(emulators, store, bundle('users:read', 'users:read_groups')).enricher;
    const answer = await one(part, 'ann');
    expect(answer).toMatchObject({
      cached: false,
      extracted: { login: 'ann@example.com', is_admin: null },
    });
    expect(answer.errors).toContainEqual({
      field: 'is_admin',
      call: 'users:read_roles',
      code: 'default_deny',
      status: null,
    });
  });
});

describe('the result', () => {
  it('has a verdict by the rules, and each call can be followed', async () => {
    const { borrowPglite } = await import('../../support/pglite.ts');
    const { openStore } = await import('../../../src/store/open.ts');
    const database = await borrowPglite();
    const store = await openStore({ databaseUrl: database.databaseUrl });
    await store.migrate();
    const rules = [{ field: 'is_admin', operator: 'eq', value: true, verdict: 'Suspicious' }];
    const enrichment = {
      malice_rules: { rules, not_found_verdict: 'Pending' },
      activity_window: '1h',
    };
    const { enricher } = enricherOver(emulators, store, { enrichment });
    const actor = {
      id: ids['ann@example.com'],
      type: 'User',
      alternateId: 'ann@example.com',
      displayName: 'Ann',
    };
    emulators.okta.log.add({
      eventType: 'user.session.start',
      outcome: { result: 'FAILURE', reason: 'INVALID_CREDENTIALS' },
      actor: actor as never,
      ipAddress: '192.0.2.7',
      more: { securityContext: { isProxy: true } },
    });
    const steps: CallStep[] = [];
    const [ann] = await enricher.enrich(['ann'], {
      caller: CALLER,
      watch: (step) => void steps.push(step),
    });
    expect(ann?.okta).toMatchObject({
      verdict: 'Suspicious',
      extracted: { recent_activity: { hours: 1, failed_sign_ins: 1, proxies: ['192.0.2.7'] } },
    });
    expect((await one(enricher, 'nobody')).verdict).toBe('Pending');
    expect(steps.map(({ call }) => call).toSorted()).toEqual(
      [
        'logs:read',
        'users:read',
        'users:read_factors',
        'users:read_groups',
        'users:read_roles',
      ].toSorted(),
    );
    expect(steps.every(({ ok, status }) => ok && status === 200)).toBe(true);
    await store.close();
    await database.close();
  });
});
