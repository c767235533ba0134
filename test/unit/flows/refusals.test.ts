import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  needsSuperAdministrators,
  refuseAge,
  refuseLastSuperAdministrator,
  refuseOwn,
  refuseProduct,
  refuseProtected,
  refuseTarget,
  refuseTenant,
} from '../../../src/flows/refusals.ts';
import type { SuperAdministrator, RefusalFacts } from '../../../src/flows/refusals.ts';
import { isOwnTenant, ownTenants, tenantName } from '../../../src/flows/tenants.ts';
import type { AccountConnector, AccountState } from '../../../src/flows/types.ts';
import { assertProperty } from '../../support/properties.ts';

const account = (given: Partial<AccountState> = {}): AccountState => ({
  connector: 'okta',
  id: '00u1abcdefghijklmnop',
  login: 'ann@example.com',
  emails: ['ann.other@example.com'],
  status: 'ACTIVE',
  administrator: null,
  ...given,
});
const SUSPEND = ['okta:users:suspend'];
const nobody = { names: [], oktaId: null };

describe('refuseAge', () => {
  const now = Date.parse('2024-06-10T00:00:00Z');
  const code = (at: string) => refuseAge({ at }, { now, maxAgeMs: 86_400_000 })?.code ?? null;

  it('accepts events up to the age limit, and from a clock that is slightly ahead', () => {
    expect(
      ['2024-06-09T00:00:00Z', '2024-06-10T00:00:00Z', '2024-06-10T00:05:00Z'].map(code),
    ).toEqual([null, null, null]);
  });
  it('refuses older events, events from the future, and invalid times', () => {
    for (const at of ['2024-06-08T23:59:59.999Z', '2024-06-10T00:05:01Z', 'soon', ''])
      expect(code(at)).toBe('stale_event');
  });
});

describe('tenants', () => {
  const own = ownTenants({
    oktaDomain: 'https://Example.Okta.com/',
    tenants: {
      aad: ['T-1', 'contoso.com'],
      'Google Workspace': ['example.com'],
      Okta: ['evil.okta.com'],
      AWS: ['1'],
    },
  });
  it.each([
    ['Okta', 'example.okta.com', true],
    ['okta', 'HTTPS://EXAMPLE.OKTA.COM./', true],
    ['Okta', 'other.okta.com', false],
    ['Okta', 'evil.okta.com', false],
    ['Okta', 'example.okta.com.evil.com', false],
    ['Okta', 'example.okta.com/path', false],
    ['AAD', 't-1', true],
    ['AAD', 'Contoso.COM', true],
    ['AAD', 'example.com', false],
    ['Google Workspace', 'example.com', true],
    ['Salesforce.com', 'example.com', false],
    ['AWS', '1', false],
    ['constructor', 'example.com', false],
    ['Okta', '', false],
  ])('of %s, %j: configured %j', (product, tenant, ours) => {
    expect(isOwnTenant({ product, tenant }, own)).toBe(ours);
    expect(refuseTenant({ product, tenant }, own)?.code ?? null).toBe(
      ours ? null : 'foreign_tenant',
    );
  });
  it('include a host with and without its port, and nothing if none is set', () => {
    const local = ownTenants({ oktaDomain: 'http://127.0.0.1:4010', tenants: {} });
    expect(local.Okta).toEqual(['127.0.0.1:4010', '127.0.0.1']);
    expect(ownTenants({ oktaDomain: null, tenants: {} })).toEqual({
      Okta: [],
      AAD: [],
      'Google Workspace': [],
      'Salesforce.com': [],
    });
    expect(tenantName(' https://A.b./ ')).toBe('a.b');
  });
});

describe('refuseProduct', () => {
  it('compares with the product of the flow, if it has one', () => {
    expect(refuseProduct({ product: 'AAD' }, { product: 'Okta' })?.code).toBe('wrong_product');
    expect(refuseProduct({ product: 'AAD' }, { product: ' aad' })).toBeNull();
    expect(refuseProduct({ product: null }, { product: 'Okta' })).toBeNull();
  });
});

describe('refuseProtected', () => {
  const groups = [{ id: '00g1', name: 'Break Glass' }];
  const code = (list: string[], given: Partial<AccountState> = {}) =>
    refuseProtected({ account: account(given), groups }, list)?.code ?? null;
  it.each([
    ['login', ' ANN@example.com '],
    ['address', 'Ann.Other@Example.com'],
    ['id', '00u1abcdefghijklmnop'],
    ['group id', '00g1'],
    ['group name', 'Break Glass'],
    ['wide letters', 'ａnn@example.com'],
  ])('recognises an account by its %s', (_what, entry) => {
    expect(code(['x', entry])).toBe('protected');
  });
  it.each(['entra', 'google', 'salesforce'] as AccountConnector[])(
    'looks at login and addresses in %s, too',
    (connector) => {
      expect(code(['ann@example.com'], { connector, id: 'other' })).toBe('protected');
      expect(code(['bob@example.com'], { connector, id: 'other' })).toBeNull();
    },
  );
  it('accepts other accounts', () => {
    expect(code([])).toBeNull();
    expect(code(['an@example.com', 'break', '', '00u1'])).toBeNull();
  });
});

describe('refuseOwn', () => {
  it('recognises the caller by login and address in every product, and by id only in Okta', () => {
    const caller = { names: ['ANN.other@example.com'], oktaId: '00u9' };
    for (const connector of ['okta', 'entra', 'google', 'salesforce'] as const)
      expect(refuseOwn(account({ connector }), caller)?.code).toBe('own_account');
    const stranger = account({ id: '00u9', login: 'bob@example.com', emails: [] });
    expect(refuseOwn(stranger, caller)?.code).toBe('own_account');
    expect(refuseOwn({ ...stranger, connector: 'google' }, caller)).toBeNull();
    expect(
      refuseOwn({ ...stranger, id: 'x', login: null }, { names: [], oktaId: null }),
    ).toBeNull();
  });
});

describe('refuseLastSuperAdministrator', () => {
  const me = { id: account().id, status: 'ACTIVE' };
  const code = (holders: SuperAdministrator[], operations = SUSPEND) =>
    refuseLastSuperAdministrator(account(), { operations, holders })?.code ?? null;
  it('protects the only active one', () => {
    expect(code([me])).toBe('last_super_administrator');
    expect(code([me, { id: '2', status: 'SUSPENDED' }, { id: '3', status: 'LOCKED_OUT' }])).toBe(
      'last_super_administrator',
    );
    expect(code([me], ['okta:groups:add_member', 'okta:users:deactivate'])).toBe(
      'last_super_administrator',
    );
  });
  it('accepts if another one is active, if the target is not one, and if the operation takes no access away', () => {
    expect(code([me, { id: '2', status: 'ACTIVE' }])).toBeNull();
    expect(code([{ id: '2', status: 'SUSPENDED' }])).toBeNull();
    expect(code([me], ['okta:users:expire_password'])).toBe('last_super_administrator');
    expect(code([me], ['okta:users:unsuspend', 'okta:groups:add_member'])).toBeNull();
    expect(needsSuperAdministrators(account({ connector: 'entra' }), ['entra:users:disable'])).toBe(
      false,
    );
  });
});

// An organisation: people with accounts in some products, super administrators, a protected list, a
// caller.
const person = fc.record({
  at: fc.integer({ min: 0, max: 30 }),
  status: fc.constantFrom('ACTIVE', 'SUSPENDED', 'LOCKED_OUT', 'PASSWORD_EXPIRED', 'STAGED'),
  superAdmin: fc.boolean(),
  groups: fc.subarray(['00gA', '00gB', '00gC']),
});
const org = fc.record({
  people: fc.uniqueArray(person, { selector: ({ at }) => at, minLength: 1, maxLength: 12 }),
  target: fc.nat(),
  caller: fc.nat(),
  list: fc.subarray([
    'user1@example.com',
    'USER2@EXAMPLE.COM',
    'alias3@example.com',
    'id4',
    '00gA',
    'Group 00gB',
  ]),
  connector: fc.constantFrom('okta', 'entra', 'google', 'salesforce'),
  operations: fc.constantFrom(
    SUSPEND,
    ['okta:users:deactivate'],
    ['okta:groups:add_member'],
    ['entra:users:disable'],
  ),
  known: fc.boolean(),
});
type Person = { at: number; status: string; superAdmin: boolean; groups: string[] };

describe('refuseTarget', () => {
  it('refuses protected accounts, the caller and the last super administrator, and nothing else', () => {
    assertProperty(
      fc.property(org, ({ people, target, caller, list, connector, operations, known }) => {
        const [victim, asks] = [people[target % people.length]!, people[caller % people.length]!];
        const facts = factsOf(victim, { people, asks, list, connector, operations, known });
        const isProtected =
          [`user${victim.at}@example.com`, `alias${victim.at}@example.com`, `id${victim.at}`].some(
            (name) => list.some((entry) => entry.toLowerCase() === name),
          ) ||
          (connector === 'okta' &&
            list.some((entry) =>
              victim.groups.some((id) => entry === id || entry === `Group ${id}`),
            ));
        const out = connector === 'okta' && operations[0] !== 'okta:groups:add_member';
        const othersLeft = people.some(
          (one) => one.superAdmin && one.status === 'ACTIVE' && one.at !== victim.at,
        );
        const last = out && (known ? victim.superAdmin && !othersLeft : true);
        const must = isProtected
          ? 'protected'
          : victim.at === asks.at
            ? 'own_account'
            : last
              ? 'last_super_administrator'
              : null;
        expect(refuseTarget(facts)?.code ?? null).toBe(must);
      }),
      { numRuns: 1_000 },
    );
  });

  it('never contains personal data', () => {
    const target = { account: account(), groups: [] };
    const said = [
      refuseTarget({
        target,
        protectedList: ['ann@example.com'],
        caller: nobody,
        operations: SUSPEND,
        holders: [],
      }),
      refuseTarget({
        target,
        protectedList: [],
        caller: { names: ['ann@example.com'], oktaId: null },
        operations: SUSPEND,
        holders: [],
      }),
      refuseTarget({
        target,
        protectedList: [],
        caller: nobody,
        operations: SUSPEND,
        holders: null,
      }),
    ];
    expect(said.map((one) => one?.code)).toEqual([
      'protected',
      'own_account',
      'last_super_administrator',
    ]);
    expect(JSON.stringify(said)).not.toMatch(/ann|00u1/);
  });
});

interface Given {
  people: readonly Person[];
  asks: Person;
  list: string[];
  connector: AccountConnector;
  operations: readonly string[];
  known: boolean;
}

function factsOf(
  victim: Person,
  { people, asks, list, connector, operations, known }: Given,
): RefusalFacts {
  const groups =
    connector === 'okta' ? victim.groups.map((id) => ({ id, name: `Group ${id}` })) : [];
  return {
    target: {
      account: account({
        connector,
        id: `id${victim.at}`,
        login: `User${victim.at}@example.com`,
        emails: [`alias${victim.at}@example.com`],
        status: victim.status,
      }),
      groups,
    },
    protectedList: list,
    caller: {
      names: [`user${asks.at}@example.com`, `mail${asks.at}@example.com`],
      oktaId: `id${asks.at}`,
    },
    operations,
    holders: known
      ? people.filter((one) => one.superAdmin).map(({ at, status }) => ({ id: `id${at}`, status }))
      : null,
  };
}
