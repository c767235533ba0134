import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmulators } from '../../../emulators/start.ts';
import type { RunningEmulators } from '../../../emulators/start.ts';
import { caller, nextLink, oktaCalls } from '../../support/vendor-calls.ts';
import type { PlainCall } from '../../support/vendor-calls.ts';
import { assertProperty } from '../../support/properties.ts';

let emulators: RunningEmulators;
let okta: PlainCall;

beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty', rateLimit: 0 });
  okta = oktaCalls(emulators.document);
});
afterAll(() => emulators.close());

function people(count: number, status = 'ACTIVE'): string[] {
  emulators.okta.clearUsers();
  return Array.from({ length: count }, (_, index) => {
    return emulators.okta.addUser({ login: `person.${index}@users.example`, status }).id;
  });
}

async function listAllPages(first: string): Promise<{ ids: string[]; pages: number }> {
  const ids: string[] = [];
  let pages = 0;
  for (let next: string | null = first; next !== null; pages += 1) {
    const page = await okta('GET', next);
    ids.push(...(page.body as { id: string }[]).map(({ id }) => id));
    next = nextLink(page);
  }
  return { ids, pages };
}

describe('listing users', () => {
  it('returns every user exactly once, for any size and limit', async () => {
    await assertProperty(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 1, max: 25 }),
        async (count, limit) => {
          const ids = people(count);
          const found = await listAllPages(`/api/v1/users?limit=${limit}`);
          expect(found.ids).toEqual(ids);
          expect(found.pages).toBe(Math.max(1, Math.ceil(count / limit)));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('continues after a cursor whose user has been deleted', async () => {
    const ids = people(10);
    const first = await okta('GET', '/api/v1/users?limit=4');
    emulators.okta.removeUser(emulators.okta.user(ids[3] ?? '')!);
    const rest = await listAllPages(nextLink(first) ?? '');
    expect(rest.ids).toEqual(ids.slice(4));
  });

  it('returns at most 200 per page and refuses invalid limits', async () => {
    people(201);
    expect((await okta('GET', '/api/v1/users?limit=1000')).body).toHaveLength(200);
    expect((await okta('GET', '/api/v1/users?limit=none')).body).toMatchObject({
      errorCode: 'E0000001',
    });
    expect((await okta('GET', '/api/v1/users?after=invented')).body).toMatchObject({
      errorCode: 'E0000031',
    });
  });

  it('uses absolute links to the host of the request', async () => {
    people(3);
    const answer = await okta('GET', '/api/v1/users?limit=2&search=status%20pr');
    const next = new URL(nextLink(answer) ?? '');
    expect(next.origin).toBe(emulators.document.okta);
    expect(next.searchParams.get('search')).toBe('status pr');
    expect(next.searchParams.get('limit')).toBe('2');
  });
});

describe('filter and search', () => {
  const FOUND: readonly (readonly [string, string[]])[] = [
    ['status eq "ACTIVE"', ['ann', 'svc']],
    ['status eq "ACTIVE" or status eq "LOCKED_OUT"', ['ann', 'bob', 'svc']],
    ['(status eq "ACTIVE") and profile.login sw "svc"', ['svc']],
    ['profile.login eq "ANN@find.example"', ['ann']],
    ['profile.email eq "bob@find.example"', ['bob']],
    [
      'profile.department eq "Sales" and (status eq "LOCKED_OUT" or status eq "DEPROVISIONED")',
      ['bob', 'cid'],
    ],
    ['lastUpdated gt "2030-01-01T00:00:00.000Z"', []],
    ['profile.department pr', ['ann', 'bob', 'cid']],
  ];

  beforeAll(() => {
    emulators.okta.clearUsers();
    const sales = { department: 'Sales' };
    emulators.okta.addUser({ login: 'ann@find.example', profile: sales });
    emulators.okta.addUser({ login: 'bob@find.example', status: 'LOCKED_OUT', profile: sales });
    emulators.okta.addUser({ login: 'cid@find.example', status: 'DEPROVISIONED', profile: sales });
    emulators.okta.addUser({ login: 'svc@find.example' });
  });

  async function names(query: string): Promise<string[]> {
    const { body } = await okta('GET', `/api/v1/users?${query}`);
    return (body as { profile: { login: string } }[]).map(({ profile }) =>
      profile.login.replace(/@.*/, ''),
    );
  }

  it.each(FOUND)('%s', async (expression, expected) => {
    expect(await names(`search=${encodeURIComponent(expression)}`)).toEqual(expected);
    expect(await names(`filter=${encodeURIComponent(expression)}`)).toEqual(expected);
  });

  it('omits deprovisioned users only without a query', async () => {
    expect(await names('')).toEqual(['ann', 'bob', 'svc']);
  });

  it.each(['status eq', 'eq "x"', 'status zz "x"', '(status pr', 'status pr )', 'status eq "x" §'])(
    'refuses %s',
    async (expression) => {
      const answer = await okta('GET', `/api/v1/users?search=${encodeURIComponent(expression)}`);
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ errorCode: 'E0000031' });
    },
  );
});

describe('single users', () => {
  it('are found by id and by login', async () => {
    const [id] = people(1);
    expect((await okta('GET', `/api/v1/users/${id}`)).body).toMatchObject({ id, status: 'ACTIVE' });
    expect((await okta('GET', '/api/v1/users/Person.0@users.example')).body).toMatchObject({ id });
  });

  it('that vanished are listed, and otherwise answer 404', async () => {
    const [id] = people(1);
    emulators.okta.patchUser(emulators.okta.user(id ?? '')!, { vanish: true });
    expect((await okta('GET', '/api/v1/users')).body).toHaveLength(1);
    for (const path of ['', '/factors', '/groups']) {
      const answer = await okta('GET', `/api/v1/users/${id}${path}`);
      expect([answer.status, answer.body]).toEqual([
        404,
        expect.objectContaining({ errorCode: 'E0000007' }),
      ]);
    }
  });

  it('with denied factors answer 403 E0000006 only for factors', async () => {
    const [id] = people(1);
    emulators.okta.patchUser(emulators.okta.user(id ?? '')!, { denyFactors: true });
    expect((await okta('GET', `/api/v1/users/${id}`)).status).toBe(200);
    expect((await okta('GET', `/api/v1/users/${id}/factors`)).body).toMatchObject({
      errorCode: 'E0000006',
    });
  });

  it('contain canaries where real answers contain secrets', async () => {
    const planted = await startEmulators({
      profile: 'empty',
      canaries: {
        phone: '+1-555-CANARY',
        email: 'canary@leak.example',
        totpSeed: 'CANARYSEED234567',
      },
    });
    const factors = [
      { type: 'sms' },
      { type: 'email' },
      { type: 'token:software:totp', status: 'PENDING_ACTIVATION' },
    ];
    const { id } = planted.okta.addUser({ login: 'planted@users.example', factors });
    const { body } = await oktaCalls(planted.document)('GET', `/api/v1/users/${id}/factors`);
    await planted.close();
    expect(body).toMatchObject([
      { profile: { phoneNumber: '+1-555-CANARY' } },
      { profile: { email: 'canary@leak.example' } },
      { _embedded: { activation: { sharedSecret: 'CANARYSEED234567' } } },
    ]);
  });
});

describe('tokens', () => {
  it.each(['', 'SSWS wrong', 'Bearer wrong', 'Basic abc'])(
    '%j is refused with 401 E0000011',
    async (authorization) => {
      const answer = await caller(emulators.document.okta, authorization)('GET', '/api/v1/users');
      expect([answer.status, answer.body]).toEqual([
        401,
        expect.objectContaining({ errorCode: 'E0000011' }),
      ]);
    },
  );

  it('denied paths answer 403', async () => {
    emulators.okta.settings.denyPaths = ['/groups'];
    expect((await okta('GET', '/api/v1/groups')).body).toMatchObject({ errorCode: 'E0000006' });
    emulators.okta.settings.denyPaths = [];
    expect((await okta('GET', '/api/v1/groups')).status).toBe(200);
  });
});
