import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { CheckResult } from '../../../../src/cli/doctor/check.ts';
import { vendorChecks } from '../../../../src/cli/doctor/vendors.ts';
import { createIo } from '../../../../src/cli/kit/io.ts';
import { loadSettings } from '../../../../src/cli/kit/settings.ts';
import { requireVendors, vendorsFingerprint } from '../../../../src/cli/kit/stack.ts';
import { openStore } from '../../../../src/store/open.ts';
import type { Store } from '../../../../src/store/types.ts';
import { startEmulatorProcess } from '../../../support/emulators.ts';
import type { EmulatorProcess } from '../../../support/emulators.ts';
import { borrowPglite } from '../../../support/pglite.ts';
import type { TestDatabase } from '../../../support/pglite.ts';

const folder = mkdtempSync(join(tmpdir(), 'arx-doctor-'));
const SPECIFIED = ['chat:write', 'channels:history'];
let emulators: EmulatorProcess;
let database: TestDatabase;
let store: Store;

beforeAll(async () => {
  emulators = await startEmulatorProcess({ profile: 'plain', users: 5, rateLimit: 1_000_000 });
  database = await borrowPglite();
  store = await openStore({ databaseUrl: database.databaseUrl });
  await store.migrate();
});
beforeEach(() => emulators.slackSettings({ scopes: SPECIFIED }));
afterAll(async () => {
  await store.close();
  await database.close();
  await emulators.stop();
  rmSync(folder, { recursive: true, force: true });
});

const EVERY_POLICY = [`${resolve('policies')}/*.yaml`];

async function settingsOf(
  change: Record<string, string | undefined>,
  more = '',
  policies = EVERY_POLICY,
) {
  const config = join(folder, 'arx.yaml');
  writeFileSync(config, `version: 1\npolicies: ${JSON.stringify(policies)}\n${more}`);
  const env = { ...emulators.env, ...change };
  const io = createIo({
    out: process.stdout,
    err: process.stderr,
    env,
    signal: new AbortController().signal,
  });
  return loadSettings(io, { config });
}

async function checksOf(...given: Partial<Parameters<typeof settingsOf>>): Promise<CheckResult[]> {
  const found: CheckResult[] = [];
  for await (const check of vendorChecks(
    await settingsOf(given[0] ?? {}, given[1], given[2]),
    store,
  ))
    found.push(check);
  return found;
}
const channelOf = (checks: readonly CheckResult[]) =>
  checks.find(({ name }) => name === 'slack channel');

it('passes with exactly the scopes that a run needs', async () => {
  const checks = await checksOf();
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(channelOf(checks)?.detail).toContain(emulators.env['SLACK_CHANNEL']);
});

it('does not fail for what nothing uses', async () => {
  const unset = Object.fromEntries(
    Object.keys(emulators.env)
      .filter((name) => name.startsWith('JIRA_'))
      .map((name) => [name, '']),
  );
  const named = (checks: readonly CheckResult[]) => checks.find(({ name }) => name === 'jira');
  expect(named(await checksOf(unset, 'tickets: { mode: none }\n'))).toMatchObject({
    ok: true,
    state: 'not_set_up',
  });
  expect(named(await checksOf(unset))).toMatchObject({ ok: false });
});

it('cannot check a name with them, says so, and recommends the id', async () => {
  expect(channelOf(await checksOf({ SLACK_CHANNEL: '#security-mfa' }))).toMatchObject({
    ok: true,
    detail: expect.stringMatching(/not checked.*channels:read.*id/),
  });
  await emulators.slackSettings({ scopes: [...SPECIFIED, 'channels:read'] });
  expect(channelOf(await checksOf({ SLACK_CHANNEL: '#hidden' }))).toMatchObject({ ok: true });
});

it('checks a name where it can be looked up', async () => {
  await emulators.slackSettings({ scopes: [...SPECIFIED, 'channels:read', 'groups:read'] });
  const named = async (name: string) => channelOf(await checksOf({ SLACK_CHANNEL: name }));
  expect(await named('#security-mfa')).toMatchObject({
    ok: true,
    detail: expect.stringContaining('#security-mfa (C'),
  });
  expect(await named('#general')).toMatchObject({
    ok: false,
    remedy: expect.stringContaining('/invite'),
  });
  expect(await named('#nowhere')).toMatchObject({
    ok: false,
    remedy: expect.stringContaining('the id of a channel'),
  });
});

it('says that a channel is archived, by name and by id', async () => {
  const channel = { id: `${emulators.env['SLACK_CHANNEL']}`, name: 'security-mfa' };
  await emulators.slackSettings({
    scopes: [...SPECIFIED, 'channels:read', 'groups:read'],
    channels: [{ ...channel, isArchived: true }],
  });
  const archived = {
    ok: false,
    detail: '#security-mfa is archived',
    remedy: expect.stringContaining('unarchive it'),
  };
  expect(channelOf(await checksOf({ SLACK_CHANNEL: '#security-mfa' }))).toMatchObject(archived);
  expect(channelOf(await checksOf())).toMatchObject(archived);
  await emulators.slackSettings({ channels: [{ ...channel, isArchived: false }] });
});

it.each([
  ['no such channel', 'C0NOWHERE00', SPECIFIED, /the id of a channel/],
  ['no scope for the history', undefined, ['chat:write'], /channels:history/],
])('fails for %s, with what to do', async (_, channel, scopes, remedy) => {
  await emulators.slackSettings({ scopes });
  const check = channelOf(await checksOf(channel === undefined ? {} : { SLACK_CHANNEL: channel }));
  expect(check).toMatchObject({ ok: false, remedy: expect.stringMatching(remedy) });
});

const LOGS_DENIED = {
  vendor: 'okta',
  pathPattern: '/api/v1/logs',
  kind: 'status',
  status: 403,
} as const;

it('names the scope of what governed operations read, a failure once approvers are configured', async () => {
  const named = async (more?: string) =>
    (await checksOf({}, more)).find(({ name }) => name === 'okta governed reads');
  expect(await named()).toMatchObject({
    ok: true,
    detail: expect.stringContaining('okta.logs.read'),
    remedy: null,
  });
  await emulators.fault(LOGS_DENIED);
  try {
    const denied = {
      detail: expect.stringContaining('not allowed: logs:read'),
      remedy: expect.stringContaining('okta.logs.read'),
    };
    expect(await named()).toMatchObject({ ok: true, ...denied });
    expect(await named("approvals: { default_approvers: ['user:ann@example.com'] }")).toMatchObject(
      { ok: false, ...denied },
    );
  } finally {
    await emulators.clearFaults();
  }
});

const APPROVING = [...SPECIFIED, 'users:read', 'users:read.email', 'channels:read'];
const buttonsOf = (checks: readonly CheckResult[]) =>
  checks.filter(({ name }) => name === 'slack signing secret' || name === 'slack button scopes');

it.each([
  ['set and all scopes', { SLACK_SIGNING_SECRET: '0f'.repeat(16) }, APPROVING, [true, true], []],
  [
    'a private channel',
    { SLACK_SIGNING_SECRET: '0f'.repeat(16) },
    [...APPROVING.slice(0, 4), 'groups:read'],
    [true, true],
    [],
  ],
  [
    'not set, as nobody uses the server',
    {},
    SPECIFIED,
    [true, true],
    [/Basic Information/, /Add users:read, users:read\.email, channels:read or groups:read/],
  ],
  [
    'not set, and the server is used',
    { ARX_SERVER_ADDRESS: '127.0.0.1:8480' },
    APPROVING,
    [false, true],
    [/Basic Information/],
  ],
  [
    'of another kind of secret',
    { SLACK_SIGNING_SECRET: 'xoxb-1234' },
    APPROVING,
    [false, true],
    [/Basic Information/],
  ],
  [
    'set, without the scope for addresses',
    { SLACK_SIGNING_SECRET: '0f'.repeat(16) },
    APPROVING.filter((scope) => scope !== 'users:read.email'),
    [true, false],
    [/^Add users:read\.email to/],
  ],
])('looks at what buttons in Slack need: %s', async (_, env, scopes, oks, remedies) => {
  await emulators.slackSettings({ scopes });
  const found = buttonsOf(await checksOf(env));
  expect(found.map(({ ok }) => ok)).toEqual(oks);
  const told = found.flatMap(({ remedy }) => (remedy === null ? [] : [remedy]));
  expect(told).toEqual(remedies.map((remedy) => expect.stringMatching(remedy)));
  for (const { detail } of found) expect(detail).not.toContain('xoxb-1234');
});

it('does not ask for what buttons need where no policy names a channel and no server is used', async () => {
  const policies = resolve('policies/mfa-enforcement-check.yaml');
  const doctor = resolve('policies/doctor.yaml');
  const checks = await checksOf({}, '', [policies, doctor]);
  expect(buttonsOf(checks)).toEqual([]);
});

it('never sends whoever ran it to itself', async () => {
  for (const vendor of ['okta', 'jira', 'slack'] as const) {
    await emulators.fault({ vendor, pathPattern: '/', kind: 'status', status: 500 });
  }
  const failed = (await checksOf()).filter(({ ok }) => !ok);
  await emulators.clearFaults();
  expect(failed.length).toBeGreaterThan(3);
  for (const { remedy } of failed) expect(remedy).not.toMatch(/arx doctor/);
}, 30_000);

it('takes the credentials of a file, as the stack does, and tells stacks by what is in it', async () => {
  const file = join(folder, 'okta.yaml');
  const { OKTA_DOMAIN: domain, OKTA_API_TOKEN } = emulators.env;
  const none = { OKTA_DOMAIN: undefined, OKTA_API_TOKEN: undefined };
  const more = 'credentials: { okta: { vault: ./okta.yaml } }\n';
  const fingerprint = async (token: string) => {
    writeFileSync(file, JSON.stringify({ domain, api_token: token }), { mode: 0o600 });
    const settings = await settingsOf(none, more);
    return vendorsFingerprint(settings.raw, await requireVendors(settings, { dryRun: false }));
  };
  expect(await fingerprint('00other')).not.toBe(await fingerprint(`${OKTA_API_TOKEN}`));
  expect((await checksOf(none, more)).filter(({ ok }) => !ok)).toEqual([]);
});
