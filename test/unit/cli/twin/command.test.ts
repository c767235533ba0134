import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Store, StoreTransaction } from '../../../../src/store/types.ts';
import type {
  Fact,
  Gap,
  SecurityEvent,
  TimelineEntry,
  TwinUserItem,
} from '../../../../src/twin/types.ts';
import { plantedStore } from '../support/store.ts';
import { arx } from '../support/terminal.ts';

const ORG = 'example.okta.com';
const AT = new Date(Date.now() - 60_000).toISOString();
const LONG_AGO = '2020-01-01T00:00:00.000Z';
const EVIL = '=cmd|\u001b[31mred\u202e`x`|"q"';

/** What a terminal would obey, or would show in another order. */
const marks = (text: string): string[] =>
  ['\u001b', '\u202e'].filter((mark) => text.includes(mark));

const fact = (key: string, value: string, observedAt = AT): Fact => ({
  key,
  value,
  text: `${key}:${value}`,
  confidence: 'verified',
  source: 'okta:users',
  run: 'run-1',
  observedAt,
  leavesOut: null,
});
const gap = (kind: Gap['kind'], severity: Gap['severity'], subject: string): Gap => ({
  kind,
  severity,
  subject,
  name: `${subject}@example.com`,
  detail: 'no factor is ACTIVE',
  since: AT,
});
const event = (uuid: string, severity: SecurityEvent['severity'], rule: string): SecurityEvent => ({
  uuid,
  rule,
  severity,
  tactic: 'Persistence',
  technique: 'T1098',
  at: AT,
  actor: EVIL,
  target: null,
});
const listed = (id: string, status = 'ACTIVE') => ({
  id,
  login: `${id}@example.com`,
  email: null,
  status,
  department: null,
  title: EVIL,
  userType: null,
  created: LONG_AGO,
  activated: LONG_AGO,
  lastLogin: AT,
  passwordChanged: null,
});
const entry = (at: string): TimelineEntry => ({
  run: 'run-1',
  at,
  coverage: { enrolled: 2, none: 1, unknown: 0, share: 2 / 3 },
  privileged: 2,
  ssoApps: 1,
  gaps: { critical: 1, high: 1, medium: 0, low: 0 },
  drift: { admin_added: 0, mfa_lost: 0, app_added: 0, gap_opened: 0, gap_closed: 0 },
  incomplete: ['logs'],
});

/** Writes in a transaction of the journal, as a sync does. */
const inOne = (store: Store, write: (tx: StoreTransaction) => Promise<void>) =>
  store.journal.append([], write);

async function plant(store: Store): Promise<void> {
  const stamp = { org: ORG, run: 'run-1', at: AT };
  const { twin } = store;
  await twin.syncs.begin({
    run: 'run-0',
    workflowId: 'w0',
    org: 'other.okta.com',
    startedAt: LONG_AGO,
    plan: {},
  });
  await twin.syncs.begin({ run: 'run-1', workflowId: 'w1', org: ORG, startedAt: AT, plan: {} });
  const streams = (['users', 'apps', 'roles'] as const).map((name) => ({
    name,
    state: 'complete' as const,
    count: 3,
    at: AT,
    reason: null,
  }));
  const users = [listed('00ua'), listed('00ub'), listed('00uc', 'SUSPENDED')];
  await inOne(store, async (tx) => {
    await twin.groups.put(tx, stamp, [{ id: '00g1', name: 'Helpers', type: 'OKTA_GROUP' }]);
    await twin.groups.setRoles(tx, ORG, [{ id: '00g1', roles: ['HELP_DESK_ADMIN'] }]);
    await twin.users.put(tx, stamp, users);
    await twin.groups.addMembers(tx, stamp, '00g1', ['00ub']);
    await twin.users.setRoles(tx, stamp, [{ id: '00ua', roles: ['SUPER_ADMIN'] }]);
    const webauthn = [{ id: 'f', type: 'webauthn', provider: 'FIDO', status: 'ACTIVE' }];
    const factors = [
      { id: '00ua', factors: webauthn },
      { id: '00ub', factors: [] },
      { id: '00uc', factors: null },
    ];
    await twin.users.setFactors(tx, ORG, factors);
    await twin.apps.put(tx, stamp, [
      { id: '0oa1', label: EVIL, signOnMode: 'SAML_2_0', status: 'ACTIVE' },
    ]);
    const facts = [fact('mfa_coverage', '66%'), fact('sso_apps', '1', LONG_AGO)];
    await twin.facts.put(tx, ORG, { changed: facts, seen: [] });
    const opened = [gap('user_no_mfa', 'high', '00uc'), gap('admin_no_mfa', 'critical', '00ub')];
    const gaps = opened.map((one) => ({ ...one, org: ORG, closed_at: null }));
    await tx.insertInto('twin_gaps').values(gaps).execute();
    const events = [event('e1', 'high', 'one'), event('e2', 'low', 'two')];
    await twin.events.add(tx, { org: ORG, run: 'run-1' }, events);
    const posture = { org: ORG, run: 'run-1', at: AT, entry: JSON.stringify(entry(AT)) };
    await tx.insertInto('twin_timeline').values(posture).execute();
    await twin.syncs.putStreams(tx, { org: ORG, run: 'run-1' }, [
      ...streams,
      {
        name: 'logs',
        state: 'denied',
        count: 0,
        at: AT,
        reason: 'the System Log could not be read: forbidden',
      },
    ]);
    await twin.syncs.finish(tx, 'run-1', { status: 'incomplete', finishedAt: AT, result: {} });
  });
}

const { folder, env } = plantedStore('arx-twin', plant);

const run = (argv: readonly string[], extra: Record<string, string> = {}) =>
  arx(argv, { ...env(), ...extra });
async function items<Item>(...argv: string[]): Promise<Item[]> {
  const { code, out, err } = await run(['twin', ...argv, '--json']);
  expect(code, err + out).toBe(0);
  const document = JSON.parse(out) as { schema: string; org: string; items: Item[] };
  expect(document).toMatchObject({ schema: 'arx.twin/v1', view: argv[0], org: ORG });
  return document.items;
}

describe('lists of the twin', () => {
  it('reads the organisation that was synced last where none is configured, else the one configured or named', async () => {
    expect(await items('apps')).toHaveLength(1);
    const other = await run(['twin', 'apps', '--org', 'other.okta.com', '--json']);
    expect(JSON.parse(other.out)).toMatchObject({ org: 'other.okta.com', items: [] });
    const configured = await run(['twin', 'apps', '--json'], {
      OKTA_DOMAIN: 'https://third.okta.com',
    });
    expect(JSON.parse(configured.out)).toEqual({
      schema: 'arx.twin/v1',
      view: 'apps',
      org: 'third.okta.com',
      sync: null,
      items: [],
    });
  });

  it('gives facts their age: what was not seen for a week is stale', async () => {
    const facts = await items<Fact>('facts');
    expect(facts.map(({ text, confidence }) => [text, confidence])).toEqual([
      ['mfa_coverage:66%', 'verified'],
      ['sso_apps:1', 'stale'],
    ]);
    expect(facts[0]).toEqual(fact('mfa_coverage', '66%'));
  });

  it('gives users with their MFA, and the way by which they are privileged', async () => {
    const users = await items<TwinUserItem>('users');
    expect(
      users.map(({ id, mfa, roles, privileged, gone }) => ({ id, mfa, roles, privileged, gone })),
    ).toEqual([
      {
        id: '00ua',
        mfa: 'enrolled',
        roles: [{ role: 'SUPER_ADMIN', via: 'direct' }],
        privileged: true,
        gone: false,
      },
      {
        id: '00ub',
        mfa: 'none',
        roles: [{ role: 'HELP_DESK_ADMIN', via: '00g1' }],
        privileged: true,
        gone: false,
      },
      { id: '00uc', mfa: 'unknown', roles: [], privileged: false, gone: false },
    ]);
    const table = (await run(['twin', 'users'])).out;
    expect(table).toContain('HELP_DESK_ADMIN through group Helpers');
    expect(table).toContain('SUPER_ADMIN directly');
  });

  it.each([
    [['users', '--privileged'], 2],
    [['users', '--mfa', 'none,unknown'], 2],
    [['users', '--status', 'suspended'], 1],
    [['users', '--gone'], 0],
    [['users', '--no-gone'], 3],
    [['users', '--limit', '2'], 2],
    [['apps', '--sign-on', 'saml_2_0'], 1],
    [['apps', '--status', 'INACTIVE'], 0],
    [['gaps', '--severity', 'critical'], 1],
    [['gaps', '--kind', 'user_no_mfa,stale_account'], 1],
    [['gaps', '--closed'], 2],
    [['events', '--severity', 'low'], 1],
    [['events', '--rule', 'one'], 1],
    [['events', '--limit', '1'], 1],
    [['facts', '--history', 'mfa_coverage'], 1],
    [['timeline'], 1],
  ])('%j gives %i', async (argv, expected) => {
    expect(await items(...argv)).toHaveLength(expected);
  });

  it('orders gaps by severity, and has the fields that scripts rely on', async () => {
    const gaps = await items<Gap>('gaps');
    expect(gaps).toEqual([
      gap('admin_no_mfa', 'critical', '00ub'),
      gap('user_no_mfa', 'high', '00uc'),
    ]);
    const [first] = await items<SecurityEvent>('events', '--rule', 'one');
    expect(first).toEqual(event('e1', 'high', 'one'));
  });

  it('lets nothing of what Okta names reach a terminal, a spreadsheet or Markdown as more than text', async () => {
    for (const format of ['table', 'csv', 'md']) {
      for (const view of ['apps', 'events', 'users']) {
        const { out, code } = await run(['twin', view, '--format', format]);
        expect(code).toBe(0);
        expect(marks(out), `${view} ${format}`).toEqual([]);
      }
    }
    const { out: csv } = await run(['twin', 'apps', '--format', 'csv']);
    expect(csv).toContain(`"'=cmd|\\u001b[31mred\\u202e\`x\`|""q"""`);
    const { out: markdown } = await run(['twin', 'apps', '--format', 'md']);
    expect(markdown).toContain('`` =cmd¦ [31mred `x`¦"q" ``');
  });

  it('says where a table is cut, and where it is empty', async () => {
    expect((await run(['twin', 'users', '--limit', '1'])).out).toContain('There are more');
    expect((await run(['twin', 'users', '--limit', '3'])).out).not.toContain('There are more');
    expect((await run(['twin', 'users', '--gone'])).out).toBe('No users.\n');
    expect((await run(['twin', 'search', 'nobody'])).out).toBe('Nothing found.\n');
    expect((await run(['twin', 'users', '--gone', '--format', 'md'])).out).toBe('None.\n');
  });

  it('writes a file that nobody else may read, and says so', async () => {
    const file = join(folder, 'out', 'users.csv');
    const { out, err } = await run(['twin', 'users', '--format', 'csv', '--out', file]);
    expect([out, err]).toEqual(['', `Written to ${file}\n`]);
    expect(readFileSync(file, 'utf8').split('\r\n')).toHaveLength(5);
  });
});

describe('the profile', () => {
  it('is Markdown, a page, or JSON of the same figures', async () => {
    const { out: markdown } = await run(['twin', 'profile']);
    expect(markdown).toContain('**Not complete: logs.**');
    expect(markdown).toContain(
      '| MFA coverage | 50% (1 of 2 ACTIVE users whose state is known; 0 unknown) |',
    );
    expect(marks(markdown)).toEqual([]);
    const { out: page } = await run(['twin', 'profile', '--format', 'html']);
    expect(page).toContain(`<title>Identity posture – ${ORG}`);
    const [profile] = await items<object>('profile');
    expect(profile).toMatchObject({
      users: 3,
      active: 2,
      privilegedUsers: 2,
      superAdmins: 1,
      ssoApps: 1,
    });
  });
});

describe('what is not there', () => {
  const EMPTY = { DATABASE_URL: '' };

  it('has no store: the lists say what to do, and none is made for it', async () => {
    const home = join(folder, 'no-home');
    const { code, out } = await run(['twin', 'gaps'], { ...EMPTY, ARX_HOME: home });
    expect(code).toBe(0);
    expect(out).toMatch(/^No sync has run yet\. Start one with `arx okta sync`/);
    const status = await run(['okta', 'status', '--json'], { ...EMPTY, ARX_HOME: home });
    expect(JSON.parse(status.out)).toMatchObject({
      schema: 'arx.okta/v1',
      configured: false,
      org: null,
      credential: null,
      sync: null,
      problem: { code: 'missing_variable', remedy: expect.any(String) as string },
    });
    expect(() => readFileSync(home)).toThrow(/ENOENT/);
  });

  it.each(['csv', 'md'])('is an error for %s, which could not say so', async (format) => {
    const { code, err } = await run([
      'twin',
      'gaps',
      '--format',
      format,
      '--org',
      'fourth.okta.com',
    ]);
    expect(code).toBe(1);
    expect(err).toContain('No sync of fourth.okta.com has run yet');
  });
});

describe('the status', () => {
  it('says how complete and how old each stream is, and never the secret', async () => {
    const given = { OKTA_DOMAIN: `https://${ORG}`, OKTA_API_TOKEN: '00statusTokenCanary' };
    const { code, out } = await run(['okta', 'status', '--json'], given);
    expect(code).toBe(0);
    const status = JSON.parse(out) as { streams: { name: string; state: string; age: number }[] };
    expect(status).toMatchObject({
      configured: true,
      org: ORG,
      credential: 'ssws',
      source: 'environment',
      problem: null,
      sync: { run: 'run-1', status: 'incomplete' },
    });
    expect(status.streams.map(({ name, state }) => [name, state])).toEqual([
      ['users', 'complete'],
      ['apps', 'complete'],
      ['logs', 'denied'],
      ['roles', 'complete'],
    ]);
    expect(status.streams.every(({ age }) => age >= 60 && age < 600)).toBe(true);
    const text = (await run(['okta', 'status'], given)).out;
    expect(text).toContain('could not be read: forbidden');
    expect(text + out).not.toContain('Canary');
  });

  it('tells a service app from a token', async () => {
    const key = JSON.stringify({ kty: 'RSA', d: 'privateCanary' });
    const app = {
      OKTA_DOMAIN: `https://${ORG}`,
      OKTA_CLIENT_ID: '0oaClientId12',
      OKTA_PRIVATE_KEY: key,
    };
    const { out } = await run(['okta', 'status', '--json'], app);
    expect(JSON.parse(out)).toMatchObject({ configured: true, credential: 'service_app' });
    expect(out).not.toContain('privateCanary');
  });
});
