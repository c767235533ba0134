import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { vendorEnvironment } from '../../src/cli/demo/home.ts';
import { accountVendors } from '../../src/config/env/account-vendors.ts';
import { readEnv } from '../../src/config/env/env.ts';
import type { Connectors } from '../../src/connectors/types.ts';
import { startEmulators } from '../../emulators/start.ts';
import type { RunningEmulators } from '../../emulators/start.ts';
import type { FaultKind, FaultRule } from '../../emulators/types.ts';
import { directoryWith } from '../support/config.ts';
import { accountHarness, grant } from '../unit/connectors/support/accounts.ts';
import { context, failureOf } from '../unit/connectors/support/harness.ts';
import type { ConnectorError } from '../../src/connectors/errors.ts';

const SECRETS = {
  entraClientSecret: 'emu8Q~canary-secret-4242',
  salesforceClientSecret: 'canarySalesforceSecret4242',
};
const PHONE = '+1 555 4242 4242';
const LOGIN = 'canary-4242@northwind.example';
const VENDORS = ['entra', 'google', 'salesforce'] as const;

let emulators: RunningEmulators;
let ids: {
  entra: string;
  administrator: string;
  group: string;
  google: string;
  salesforce: string;
};
beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty', tokens: SECRETS });
  const { entra, google, salesforce } = emulators;
  const user = entra.addUser({ userPrincipalName: LOGIN, mail: LOGIN, mobilePhone: PHONE });
  const administrator = entra.addUser({
    userPrincipalName: 'root@northwind.example',
    roles: ['Global Administrator'],
  });
  ids = {
    entra: user.id,
    administrator: administrator.id,
    group: entra.addGroup({ displayName: 'MFA' }).id,
    google: google.addUser({ primaryEmail: LOGIN, recoveryPhone: PHONE }).id,
    salesforce: salesforce.addUser({ username: LOGIN, email: LOGIN, mobilePhone: PHONE }).id,
  };
});
afterAll(() => emulators.close());
beforeEach(() => emulators.faults.clear());

/** Connectors built from the environment variables of arx. */
const connect = () => {
  const cwd = directoryWith({});
  const vendors = accountVendors(
    readEnv({ env: vendorEnvironment(emulators.document), cwd, userHome: cwd }),
  );
  return accountHarness('http://127.0.0.1:9', { ...vendors, timeoutMs: 5_000 });
};
const asked = <Output>() => context<Output>({ grant });
const fieldsOf = async (promise: Promise<unknown>) =>
  ((await failureOf(promise)) as ConnectorError).fields;

const readers = (connectors: Connectors) => ({
  entra: () => connectors.entra('users:read', { user: ids.entra }, asked()),
  google: () => connectors.google('users:read', { user: ids.google }, asked()),
  salesforce: () => connectors.salesforce('users:read', { user: ids.salesforce }, asked()),
});
const writers = (connectors: Connectors) => ({
  entra: () => connectors.entra('users:disable', { userId: ids.entra }, asked()),
  google: () => connectors.google('users:suspend', { user: ids.google }, asked()),
  salesforce: () => connectors.salesforce('users:deactivate', { userId: ids.salesforce }, asked()),
});

describe('the account connectors against the emulators', () => {
  it('read, block, unblock and sign out Entra ID users', async () => {
    const { entra } = connect().connectors;
    const enabled = async (user: string) =>
      (await entra('users:read', { user }, asked())).output.accountEnabled;
    expect(await enabled(LOGIN)).toBe(true);
    await entra('users:disable', { userId: ids.entra }, asked());
    expect(await enabled(ids.entra)).toBe(false);
    await entra('users:enable', { userId: ids.entra }, asked());
    expect(await enabled(ids.entra)).toBe(true);
    expect(
      (await entra('users:revoke_sessions', { userId: ids.entra }, asked())).output,
    ).toBeNull();
    const refused = await fieldsOf(entra('users:disable', { userId: ids.administrator }, asked()));
    expect(refused).toMatchObject({
      code: 'forbidden',
      message: expect.stringMatching(/Privileged Authentication/) as string,
    });
  });

  it('add and remove group members, and accept an existing member', async () => {
    const { entra } = connect().connectors;
    const membership = { groupId: ids.group, userId: ids.entra };
    const steps = [];
    for (const operation of ['groups:add_member', 'groups:remove_member'] as const) {
      for (let time = 0; time < 2; time += 1) {
        steps.push((await entra(operation, membership, asked())).output.already);
        steps.push((await entra('groups:read', membership, asked())).output.member);
      }
    }
    expect(steps).toEqual([false, true, true, true, false, false, true, false]);
  });

  it('find a member on the third page', async () => {
    const { entra } = connect().connectors;
    const crowd = Array.from(
      { length: 2_000 },
      (_, at) => emulators.entra.addUser({ userPrincipalName: `u${at}@crowd.example` }).id,
    );
    const groupId = emulators.entra.addGroup({ displayName: 'Crowd', members: crowd }).id;
    const read = async (userId: string) =>
      (await entra('groups:read', { groupId, userId }, asked())).output.member;
    expect([await read(crowd.at(-1) ?? ''), await read(ids.entra)]).toEqual([true, false]);
    emulators.faults.add({
      vendor: 'entra',
      kind: 'foreignNextLink',
      pathPattern: '/members',
      url: 'http://127.0.0.1:9/v1.0',
    });
    expect(
      await fieldsOf(entra('groups:read', { groupId, userId: ids.entra }, asked())),
    ).toMatchObject({
      code: 'malformed',
    });
  });

  it('read, disable and enable Google and Salesforce users', async () => {
    const { google, salesforce } = connect().connectors;
    expect((await google('users:suspend', { user: ids.google }, asked())).output.suspended).toBe(
      true,
    );
    expect((await google('users:read', { user: LOGIN }, asked())).output).toMatchObject({
      id: ids.google,
      suspended: true,
    });
    expect((await google('users:unsuspend', { user: LOGIN }, asked())).output.suspended).toBe(
      false,
    );
    const active = async (user: string) =>
      (await salesforce('users:read', { user }, asked())).output.active;
    await salesforce('users:deactivate', { userId: ids.salesforce }, asked());
    expect([await active(LOGIN), await active(ids.salesforce.slice(0, 15))]).toEqual([
      false,
      false,
    ]);
    await salesforce('users:activate', { userId: ids.salesforce }, asked());
    expect(await active(ids.salesforce)).toBe(true);
  });

  it.each(VENDORS)('%s: use one token for fifty calls at once', async (vendor) => {
    const { connectors, events } = connect();
    await Promise.all(Array.from({ length: 50 }, () => readers(connectors)[vendor]()));
    expect(events.filter(({ operation }) => operation === 'oauth:token')).toHaveLength(1);
    expect(events).toHaveLength(51);
  });

  it.each(VENDORS)('%s: replace an invalid token once', async (vendor) => {
    const { connectors, events } = connect();
    await readers(connectors)[vendor]();
    emulators[vendor].tokens.expire();
    await readers(connectors)[vendor]();
    expect(events.map(({ operation, status }) => `${operation} ${status}`)).toEqual([
      ...[
        'oauth:token 200',
        'users:read 200',
        'users:read 401',
        'oauth:token 200',
        'users:read 200',
      ],
    ]);
  });
});

const FAULTS: [Partial<FaultRule> & { kind: FaultKind }, object][] = [
  [
    { kind: 'status', status: 500 },
    { code: 'unavailable', ambiguous: true },
  ],
  [{ kind: 'html200' }, { code: 'malformed', ambiguous: true }],
  [{ kind: 'truncated' }, { ambiguous: true }],
  [
    { kind: 'reset', moment: 'after' },
    { code: 'unavailable', ambiguous: true },
  ],
  [
    { kind: 'redirect', url: 'http://127.0.0.1:9/' },
    { code: 'malformed', ambiguous: true },
  ],
  [{ kind: 'unauthorized' }, { code: 'unauthenticated', ambiguous: false }],
  [
    { kind: 'rateLimited', retryAfter: 1 },
    { code: 'rate_limited', ambiguous: false },
  ],
];

describe.each(VENDORS)('%s under faults', (vendor) => {
  const path = { entra: '/v1.0/', google: '/admin/', salesforce: '/services/data/' }[vendor];
  const needles = () => [
    ...[
      LOGIN,
      PHONE,
      SECRETS.entraClientSecret,
      SECRETS.salesforceClientSecret,
      'BEGIN PRIVATE KEY',
      'Bearer ',
    ],
    encodeURIComponent(LOGIN),
  ];

  it.each(FAULTS)(
    '$kind $status: is reported with its code, without secrets or personal data',
    async (fault, expected) => {
      const { connectors, journal, events } = connect();
      emulators.faults.add({ vendor, pathPattern: path, ...fault });
      const error = await failureOf(writers(connectors)[vendor]());
      // A 204 has no body that could be cut off or replaced.
      if (fault.kind !== 'truncated')
        expect((error as ConnectorError).fields).toMatchObject(expected);
      const traces = [connectors, journal.drafts, events, error, error.stack, error.cause];
      const text = traces
        .map((one) => inspect(one, { depth: 20, showHidden: true }) + JSON.stringify(one))
        .join('\n');
      expect(needles().filter((needle) => text.includes(needle))).toEqual([]);
    },
  );
});
