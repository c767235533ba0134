import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { CheckResult } from '../../../src/cli/doctor/check.ts';
import { vendorChecks } from '../../../src/cli/doctor/vendors.ts';
import { loadSettings } from '../../../src/cli/kit/settings.ts';
import { openStore } from '../../../src/store/open.ts';
import type { Store } from '../../../src/store/types.ts';
import { startEmulatorProcess } from '../../support/emulators.ts';
import type { EmulatorProcess } from '../../support/emulators.ts';
import { borrowPglite } from '../../support/pglite.ts';
import type { TestDatabase } from '../../support/pglite.ts';
import { ioOf } from './governed/support.ts';

const folder = mkdtempSync(join(tmpdir(), 'arx-doctor-flows-'));
let emulators: EmulatorProcess;
let database: TestDatabase;
let store: Store;

beforeAll(async () => {
  emulators = await startEmulatorProcess({ profile: 'plain', users: 1, rateLimit: 1_000_000 });
  database = await borrowPglite();
  store = await openStore({ databaseUrl: database.databaseUrl });
  await store.migrate();
});
beforeEach(() => {
  for (const name of ['routing.yaml', 'resource_sets.yaml'])
    rmSync(join(folder, name), { force: true });
});
afterAll(async () => {
  await store.close();
  await database.close();
  await emulators.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function flowChecks(
  tenants: Record<string, string[]> = {},
): Promise<Map<string, CheckResult>> {
  const config = join(folder, 'arx.yaml');
  const content = {
    version: 1,
    policies: [`${resolve('policies')}/*.yaml`],
    remediation: { tenants },
  };
  writeFileSync(config, JSON.stringify(content));
  const { io } = ioOf(emulators.env);
  const found = new Map<string, CheckResult>();
  for await (const check of vendorChecks(await loadSettings(io, { config }), store))
    if (check.name.startsWith('flow ')) found.set(check.name, check);
  return found;
}
const assign = (flows: string[]) =>
  store.flowSettings.putSet(null, {
    name: 'S',
    flows,
    members: ['user:ann@example.com'],
    permissions: ['run'],
  });

it('what nobody may run fails nothing, and is told with how to begin', async () => {
  const checks = await flowChecks();
  expect([...checks.values()].filter(({ ok }) => !ok)).toEqual([]);
  expect(checks.get('flow files')?.detail).toBe('9 flows, all enabled except Delegated Flow');
  expect(checks.get('flow sets')).toMatchObject({
    ok: true,
    remedy: expect.stringContaining('resource_sets.yaml'),
  });
  expect(checks.get('flow events Okta')?.detail).toMatch(/^from 127\.0\.0\.1/);
});

it('what somebody may run has to have its inputs, be enabled, and have its tenants named', async () => {
  await assign(['*']);
  const checks = await flowChecks();
  expect(checks.get('flow sets')?.detail).toBe('1 resource set, for every enabled flow');
  expect(checks.get('flow routes')).toMatchObject({
    ok: false,
    detail: 'Okta, Okta: Add User to a Group: the input group is missing',
    remedy: expect.stringContaining('routing.yaml'),
  });
  for (const product of ['AAD', 'Google Workspace', 'Salesforce.com'])
    expect(checks.get(`flow events ${product}`)).toMatchObject({
      ok: false,
      detail: 'refused: no tenant is configured',
    });

  await assign(['Suspend Okta Account']);
  expect([...(await flowChecks()).values()].filter(({ ok }) => !ok)).toEqual([]);
  await store.flowSettings.switch(null, 'Suspend Okta Account', false);
  expect((await flowChecks()).get('flow routes')).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/disabled$/),
  });
  await store.flowSettings.switch(null, 'Suspend Okta Account', true);
});

it('the tenants have to be those that are connected', async () => {
  await assign(['*']);
  const salesforce = new URL(`${emulators.env['SALESFORCE_LOGIN_URL']}`).host;
  const right = await flowChecks({
    AAD: [`${emulators.env['ENTRA_TENANT_ID']}`],
    'Google Workspace': ['northwind.example'],
    'Salesforce.com': [salesforce],
  });
  for (const product of ['AAD', 'Google Workspace', 'Salesforce.com'])
    expect(right.get(`flow events ${product}`)).toMatchObject({ ok: true, remedy: null });
  const other = await flowChecks({
    AAD: ['00000000-0000-0000-0000-000000000001'],
    'Google Workspace': ['other.example'],
    'Salesforce.com': ['other.my.salesforce.com'],
  });
  for (const product of ['AAD', 'Google Workspace', 'Salesforce.com'])
    expect(other.get(`flow events ${product}`)).toMatchObject({
      ok: false,
      detail: expect.stringContaining('connected'),
    });
  const named = await flowChecks({ AAD: ['contoso.example'] });
  expect(named.get('flow events AAD')).toMatchObject({
    ok: true,
    remedy: expect.stringContaining('same tenant'),
  });
});

it('files with something wrong in them are told with their place', async () => {
  writeFileSync(join(folder, 'routing.yaml'), '- product: Okta\n  titles: [A]\n  flow: Nope\n');
  expect((await flowChecks()).get('flow files')).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/^1 problem: .*unknown flow \(routing\.yaml:3\)$/),
  });
});
