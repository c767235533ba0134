import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Capability } from '../../../src/services/integrations/capabilities.ts';
import { openStore } from '../../../src/store/open.ts';
import { startEmulatorProcess } from '../../support/emulators.ts';
import type { EmulatorProcess } from '../../support/emulators.ts';
import { borrowPglite } from '../../support/pglite.ts';
import type { TestDatabase } from '../../support/pglite.ts';
import { arx } from './support/terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'arx-okta-test-'));
const config = join(folder, 'arx.yaml');
let emulators: EmulatorProcess;
let database: TestDatabase;

beforeAll(async () => {
  emulators = await startEmulatorProcess({ profile: 'demo', users: 30, rateLimit: 1_000_000 });
  database = await borrowPglite();
});
beforeEach(async () => {
  writeFileSync(config, `version: 1\npolicies: ["${resolve('policies')}/*.yaml"]\n`);
  await emulators.clearFaults();
  await emulators.oktaSettings({ denyPaths: [] });
});
afterAll(async () => {
  await database.close();
  await emulators.stop();
  rmSync(folder, { recursive: true, force: true });
});

const environment = (): Record<string, string> => ({
  ...emulators.env,
  ARX_HOME: join(folder, 'home'),
  ARX_CONFIG: config,
  DATABASE_URL: database.databaseUrl,
});

interface Permissions {
  schema: string;
  capabilities: Capability[];
  items: Capability[];
}

async function tested(extra: Record<string, string> = {}) {
  const { code, out, err } = await arx(['okta', 'test', '--json'], { ...environment(), ...extra });
  expect(err).toBe('');
  const document = JSON.parse(out) as Permissions;
  return {
    code,
    out,
    document,
    failed: document.capabilities.filter(({ state }) => state !== 'ok'),
  };
}

it('tries every permission that a sync needs, with status, latency and limit', async () => {
  const { code, document } = await tested();
  expect(code).toBe(0);
  expect(document.schema).toBe('arx.permissions/v1');
  expect(document.items).toEqual(document.capabilities);
  expect(document.capabilities.map(({ name }) => name)).toEqual([
    'users',
    'factors',
    'groups',
    'apps',
    'logs',
    'roles',
  ]);
  for (const one of document.capabilities) {
    expect(one).toMatchObject({ state: 'ok', http: 200, limit: 1_000_000, reason: null });
    expect(one.latencyMs).toBeGreaterThanOrEqual(0);
  }
});

it.each([
  ['/api/v1/users$', 'users', 'users:read'],
  ['/factors$', 'factors', 'users:read_factors'],
  ['/api/v1/groups$', 'groups', 'groups:read'],
  ['/api/v1/groups/[^/]+/users', 'groups', 'groups:read_members'],
  ['/api/v1/apps$', 'apps', 'apps:read'],
  ['/api/v1/apps', 'apps', 'apps:read'],
  ['/api/v1/apps/[^/]+/users', 'apps', 'apps:read_users'],
  ['/api/v1/apps/[^/]+/groups', 'apps', 'apps:read_groups'],
  ['/api/v1/logs', 'logs', 'logs:read'],
  ['/api/v1/iam/', 'roles', 'iam:read_assignees'],
  ['/api/v1/users/[^/]+/roles', 'roles', 'users:read_roles'],
  ['/api/v1/groups/[^/]+/roles', 'roles', 'groups:read_roles'],
])(
  'where %s is denied names %s alone, and the call that says so: exit 7',
  async (pattern, name, operation) => {
    await emulators.oktaSettings({ denyPaths: [pattern] });
    const { code, failed } = await tested();
    expect(code).toBe(7);
    expect(failed.map((one) => one.name)).toEqual([name]);
    expect(failed[0]).toMatchObject({ state: 'denied', http: 403, operation, code: 'forbidden' });
  },
);

it('says so where nothing at all is allowed, having tried each', async () => {
  await emulators.oktaSettings({ denyPaths: ['/api/v1/'] });
  const { code, document } = await tested();
  expect(code).toBe(7);
  const states = Object.fromEntries(document.capabilities.map(({ name, state }) => [name, state]));
  expect(states).toEqual({
    users: 'denied',
    groups: 'denied',
    apps: 'denied',
    logs: 'denied',
    roles: 'denied',
    // Without anybody to try it with nothing can be said.
    factors: 'error',
  });
});

const SCOPES = [
  'okta.users.read',
  'okta.groups.read',
  'okta.apps.read',
  'okta.logs.read',
  'okta.roles.read',
];

it.each([
  ['okta.users.read', ['users', 'factors']],
  ['okta.groups.read', ['groups']],
  ['okta.apps.read', ['apps']],
  ['okta.logs.read', ['logs']],
  ['okta.roles.read', ['roles']],
  ['nothing', []],
])('of a service app without %s names what needs it, and the scope', async (scope, names) => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const scopes = SCOPES.filter((one) => one !== scope);
  await emulators.oktaSettings({
    oauth: { clientId: '0oaServiceApp', jwk: publicKey.export({ format: 'jwk' }), scopes },
  });
  const key = JSON.stringify(privateKey.export({ format: 'jwk' }));
  const { code, failed } = await tested({
    OKTA_API_TOKEN: '',
    OKTA_CLIENT_ID: '0oaServiceApp',
    OKTA_PRIVATE_KEY: key,
  });
  expect(code).toBe(names.length === 0 ? 0 : 7);
  expect(failed.map(({ name }) => name)).toEqual(names);
  for (const one of failed) expect(one).toMatchObject({ state: 'denied', http: 400, scope });
});

it('takes an empty list of users for what it is', async () => {
  await emulators.fault({
    vendor: 'okta',
    pathPattern: '^/api/v1/users\\?',
    kind: 'status',
    status: 200,
    body: [],
  });
  const { code, failed } = await tested();
  expect(code).toBe(7);
  expect(failed).toMatchObject([{ name: 'users', state: 'denied', http: 200, code: 'empty' }]);
});

it('ends with 4 where the credential itself is refused, and never shows it', async () => {
  const token = '00wrongTokenThatMustNotShow';
  const { code, out, document } = await tested({ OKTA_API_TOKEN: token });
  expect(code).toBe(4);
  expect(document.capabilities.every(({ state }) => state === 'error')).toBe(true);
  expect(document.capabilities[0]).toMatchObject({ http: 401, code: 'unauthenticated' });
  expect(out).not.toContain(token);
});

it('is held to the policy of the sync: what it does not grant is denied without a call', async () => {
  const policies = join(folder, 'policies.yaml');
  writeFileSync(
    policies,
    "- { name: part, connector: okta, principals: ['workflow:okta-sync'], operations: ['users:*', 'groups:*'], risk_max: low, approval: none }\n",
  );
  writeFileSync(config, `version: 1\npolicies: ["${policies}"]\n`);
  const { code, failed } = await tested();
  expect(code).toBe(7);
  expect(failed.map(({ name, http, code: why }) => [name, http, why])).toEqual([
    ['apps', null, 'policy_denied'],
    ['logs', null, 'policy_denied'],
    ['roles', null, 'policy_denied'],
  ]);
});

it('tries the next group after one that Okta never serves', async () => {
  const members = { vendor: 'okta', pathPattern: '/groups/[^/]+/users', times: 1 } as const;
  await emulators.fault({ ...members, kind: 'status', status: 501 });
  expect((await tested()).failed).toEqual([]);
});

it('goes on after a fault, which is an error and no denial', async () => {
  await emulators.fault({ vendor: 'okta', pathPattern: '/logs', kind: 'status', status: 500 });
  const { code, failed } = await tested();
  expect(code).toBe(1);
  expect(failed).toMatchObject([{ name: 'logs', state: 'error', http: 500 }]);
});

it('tells a person what to do, and leaves entries of the sync in the trail', async () => {
  await emulators.oktaSettings({ denyPaths: ['/api/v1/logs'] });
  const { code, out } = await arx(['okta', 'test'], environment());
  expect(code).toBe(7);
  expect(out).toMatch(/logs denied:.*\n.*scope okta\.logs\.read/);
  expect(out).not.toContain('\u001b[');
  const store = await openStore({ databaseUrl: database.databaseUrl });
  const entries = await store.audit.list({ limit: 1_000 });
  await store.close();
  const last = entries.at(-1)?.entry;
  expect(last).toMatchObject({
    operation: 'okta:logs:read',
    actor: { principal: 'workflow:okta-sync' },
    surface: 'cli',
  });
  expect(entries.every(({ entry }) => !`${entry.operation}`.match(/create|update|delete/))).toBe(
    true,
  );
});

it('asks for settings of Okta where there are none: exit 2', async () => {
  const { code, out } = await arx(['okta', 'test', '--json'], {
    ARX_HOME: join(folder, 'home'),
    ARX_CONFIG: config,
  });
  expect(code).toBe(2);
  expect(JSON.parse(out)).toMatchObject({ schema: 'arx.error/v1', code: 'missing_variable' });
});
