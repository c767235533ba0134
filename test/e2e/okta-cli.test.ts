import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { OktaStatus } from '../../src/services/twin/okta-status.ts';
import type {
  Fact,
  Gap,
  SecurityEvent,
  TimelineEntry,
  TwinApp,
  TwinUserItem,
} from '../../src/twin/types.ts';
import type { SearchHit } from '../../src/store/twin-types.ts';
import type { OktaSyncResult } from '../../src/workflows/messages.ts';
import { CommandLine } from '../support/command-line.ts';
import { startEmulatorProcess } from '../support/emulators.ts';
import type { EmulatorProcess } from '../support/emulators.ts';

const folder = mkdtempSync(join(tmpdir(), 'arx-okta-cli-'));
const USERS = 60;
let emulators: EmulatorProcess;
let cli: CommandLine;
let up: Awaited<ReturnType<CommandLine['up']>>;

interface Twin<Item> {
  schema: string;
  view: string;
  org: string | null;
  sync: { run: string; status: string } | null;
  items: Item[];
}
type Sync = OktaSyncResult & { items: OktaSyncResult['streams'] };
const NAMES = ['users', 'apps', 'logs', 'roles'];

beforeAll(async () => {
  emulators = await startEmulatorProcess({ profile: 'demo', users: USERS, rateLimit: 1_000_000 });
  const quota = '{ share: 1, reserve: 0, warning_threshold: false }';
  const files = { policies: `${resolve('policies')}/*.yaml`, rules: `${resolve('rules')}/*.yaml` };
  writeFileSync(
    join(folder, 'arx.yaml'),
    `version: 1\npolicies: ["${files.policies}"]\nquota: ${quota}\ntwin: { event_rules: ["${files.rules}"] }\n`,
  );
  cli = new CommandLine(folder, { ...emulators.env, ARX_HOME: join(folder, 'home') });
  up = await cli.up();
}, 120_000);
afterEach(async () => {
  await emulators.clearFaults();
  await emulators.oktaSettings({ denyPaths: [] });
});
afterAll(async () => {
  up.child.kill('SIGINT');
  await up.ended;
  await cli.run(['up', '--stop']);
  await emulators.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const twin = <Item>(...argv: string[]): Promise<Twin<Item>> =>
  cli.document<Twin<Item>>(['twin', ...argv]);

describe('before the first sync', () => {
  it('reports that Okta is configured and nothing has been read', async () => {
    const status = await cli.document<OktaStatus & { items: unknown }>(['okta', 'status']);
    expect(status).toMatchObject({
      schema: 'arx.okta/v1',
      configured: true,
      credential: 'ssws',
      sync: null,
    });
    expect(status.streams.map(({ name, at, age }) => ({ name, at, age }))).toEqual(
      NAMES.map((name) => ({ name, at: null, age: null })),
    );
    expect(status.items).toEqual(status.streams);
    expect(JSON.stringify(status)).not.toContain(emulators.document.tokens.okta);
  });

  it('prints a remedy for an empty twin', async () => {
    for (const view of ['facts', 'gaps', 'events', 'users', 'apps', 'timeline']) {
      const { code, out } = await cli.run(['twin', view]);
      expect(code).toBe(0);
      expect(out).toMatch(
        /No sync of 127\.0\.0\.1:\d+ has run yet\. Start one with `arx okta sync`/,
      );
    }
    expect(await twin('facts')).toMatchObject({
      schema: 'arx.twin/v1',
      view: 'facts',
      sync: null,
      items: [],
    });
    expect(await cli.document(['twin', 'profile'], 1)).toMatchObject({
      schema: 'arx.error/v1',
      code: 'no_sync',
    });
  }, 60_000);
});

describe('a sync', () => {
  let first: Sync;

  it('reads everything, shows progress and prints the result', async () => {
    const { code, out, err } = await cli.run(['okta', 'sync', '--local']);
    expect(code, err).toBe(0);
    expect(out).toMatch(/Okta sync 127\.0\.0\.1:\d+: complete/);
    expect(out).toContain('mfa_coverage:');
    expect(err).toMatch(/(starting|reading|judging): \d+ of \d+ users/);
    expect(out + err).not.toContain('\u001b[');
  }, 60_000);

  it('prints one document, with the streams as its items', async () => {
    first = await cli.document<Sync>(['okta', 'sync', '--local', '--hours-back', '168']);
    expect(first).toMatchObject({ schema: 'arx.sync/v1', status: 'complete' });
    expect(first.items).toEqual(first.streams);
    expect(first.streams.map(({ name, state }) => [name, state])).toEqual(
      NAMES.map((name) => [name, 'complete']),
    );
    const [stream] = first.streams;
    expect(Object.keys(stream ?? {}).toSorted()).toEqual([
      'at',
      'count',
      'exceptionCount',
      'exceptions',
      'name',
      'reason',
      'state',
    ]);
    const status = await cli.document<OktaStatus>(['okta', 'status']);
    expect(status.sync).toMatchObject({ run: first.run, status: 'complete' });
    for (const { state, age, at } of status.streams) {
      expect(state).toBe('complete');
      expect(at).toBe(first.startedAt);
      expect(age).toBeLessThan(60);
    }
  }, 60_000);

  it('lists the content of the emulator, in the shapes that scripts rely on', async () => {
    const { users, groups } = await emulators.state('users', 'groups');
    const facts = await twin<Fact>('facts');
    expect(facts.sync).toMatchObject({ run: first.run });
    expect(facts.items.map(({ key }) => key)).toEqual(
      expect.arrayContaining(
        [
          'tool:okta',
          'mfa_coverage',
          'sso_apps',
          'apps_federated',
          'apps_password',
          'privileged_users',
        ].concat(['stale_accounts', 'mfa_factor:push']),
      ),
    );
    expect(Object.keys(facts.items[0] ?? {})).toEqual(
      expect.arrayContaining(['key', 'value', 'confidence', 'source', 'run', 'observedAt']),
    );
    const listed = await twin<TwinUserItem>('users');
    expect(listed.items.map(({ login }) => login).toSorted()).toEqual(
      users.map(({ login }) => login).toSorted(),
    );
    const admin = listed.items.find(({ roles }) => roles?.some(({ via }) => via === 'direct'));
    expect(Object.keys(admin ?? {})).toEqual(
      expect.arrayContaining(['id', 'login', 'status', 'mfa', 'factors', 'roles', 'gone']),
    );
    const direct = users.filter(({ roles }) => roles.length > 0).map(({ login }) => login);
    const privileged = await twin<TwinUserItem>('users', '--privileged');
    expect(privileged.items.map(({ login }) => login)).toEqual(expect.arrayContaining(direct));
    const apps = await twin<TwinApp>('apps');
    expect(Object.keys(apps.items[0] ?? {}).toSorted()).toEqual(
      ['id', 'label', 'signOnMode', 'status', 'users', 'groups', 'gone'].toSorted(),
    );
    const gaps = await twin<Gap>('gaps');
    expect(Object.keys(gaps.items[0] ?? {})).toEqual(
      expect.arrayContaining(['kind', 'severity', 'subject', 'detail', 'since']),
    );
    const events = await twin<SecurityEvent>('events');
    expect(events.items.length).toBe(
      (await twin<SecurityEvent>('events', '--limit', '100000')).items.length,
    );
    const timeline = await twin<TimelineEntry>('timeline');
    expect(timeline.items).toHaveLength(2);
    expect(timeline).toHaveProperty('changes', []);
    const hits = await twin<SearchHit>('search', `${groups.at(-1)?.name}`);
    expect(hits.items[0]).toMatchObject({ kind: 'group', label: groups.at(-1)?.name });
  }, 120_000);

  it('applies the usual filters', async () => {
    const { users } = await emulators.state('users');
    const suspended = await twin<TwinUserItem>('users', '--status', 'suspended,deprovisioned');
    const expected = users.filter(({ status }) => ['SUSPENDED', 'DEPROVISIONED'].includes(status));
    expect(suspended.items).toHaveLength(expected.length);
    const none = await twin<TwinUserItem>('users', '--mfa', 'none', '--status', 'ACTIVE');
    const gaps = await twin<Gap>('gaps', '--kind', 'user_no_mfa,admin_no_mfa');
    expect(gaps.items.map(({ subject }) => subject).toSorted()).toEqual(
      none.items.map(({ id }) => id).toSorted(),
    );
    const severe = await twin<Gap>('gaps', '--severity', 'critical,high');
    expect(new Set(severe.items.map(({ severity }) => severity))).toEqual(
      new Set(['critical', 'high'].filter((one) => first.gaps[one as 'critical' | 'high'] > 0)),
    );
    expect((await twin('users', '--gone')).items).toEqual([]);
    expect((await twin('users', '--limit', '3')).items).toHaveLength(3);
    const wrong = await cli.document(['twin', 'gaps', '--kind', 'nonsense'], 2);
    expect(wrong).toMatchObject({
      schema: 'arx.error/v1',
      message: expect.stringContaining('admin_no_mfa') as string,
    });
    const versions = await twin<Fact & { version: number }>('facts', '--history', 'mfa_coverage');
    expect(versions.items).toMatchObject([{ key: 'mfa_coverage', version: 1 }]);
  }, 60_000);

  it('writes tables, CSV, Markdown and pages', async () => {
    const table = await cli.run(['twin', 'users']);
    expect(table.out).toContain('last sign-in');
    const csv = await cli.run(['twin', 'users', '--format', 'csv']);
    expect(csv.out.trimEnd().split('\r\n')).toHaveLength(1 + first.streams[0]!.count);
    const markdown = await cli.run(['twin', 'gaps', '--format', 'md']);
    expect(markdown.out).toMatch(/^\| severity \| kind \|/);
    const profile = await cli.run(['twin', 'profile']);
    expect(profile.out).toMatch(/^# Identity posture of `127\.0\.0\.1:\d+`/);
    const fact = first.facts.find(({ key }) => key === 'mfa_coverage');
    expect(profile.out).toContain(`${fact?.value} (`);
    const page = join(folder, 'profile.html');
    const written = await cli.run(['twin', 'profile', '--format', 'html', '--out', page]);
    expect(written.code, written.err).toBe(0);
    expect(readFileSync(page, 'utf8')).toContain('<h1>Identity posture</h1>');
    const { items } = await twin<{ coverageText: string; gapCounts: object }>('profile');
    expect(items[0]).toMatchObject({ coverageText: fact?.value, gapCounts: first.gaps });
  }, 60_000);
});

describe('a sync that cannot read everything', () => {
  it('exits with 7 and completes the other streams', async () => {
    await emulators.oktaSettings({ denyPaths: ['/api/v1/logs'] });
    const result = await cli.document<Sync>(['okta', 'sync', '--local'], 7);
    expect(result.status).toBe('incomplete');
    const states = Object.fromEntries(result.streams.map(({ name, state }) => [name, state]));
    expect(states).toEqual({
      users: 'complete',
      apps: 'complete',
      roles: 'complete',
      logs: 'denied',
    });
    const status = await cli.document<OktaStatus>(['okta', 'status']);
    expect(status.streams.find(({ name }) => name === 'logs')).toMatchObject({
      state: 'denied',
      reason: expect.stringContaining('forbidden') as string,
    });
    const text = await cli.run(['okta', 'sync', '--local', '--no-users', '--no-apps']);
    expect(text.code).toBe(7);
    expect(text.out).toMatch(/FAILED|INCOMPLETE/);
  }, 60_000);

  it('reads only the requested streams', async () => {
    const result = await cli.document<Sync>(['okta', 'sync', '--local', '--no-users', '--no-logs']);
    expect(result.streams.map(({ name, state }) => [name, state])).toEqual([['apps', 'complete']]);
  }, 60_000);

  it.each([
    [['--hours-back', '2161'], /1 to 2160/],
    [['--hours-back', '0'], /1 to 2160/],
    [['--no-users', '--no-apps', '--no-logs'], /would read nothing/],
    [['--no-logs', '--hours-back', '5'], /cannot be combined/],
    [['--attach', 'x', '--detach'], /cannot be combined/],
  ])('refuses %s with 2', async (argv, says) => {
    const { code, out } = await cli.run(['okta', 'sync', '--local', ...argv, '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({
      schema: 'arx.error/v1',
      message: expect.stringMatching(says) as string,
    });
  });

  it('detaches by option and by Ctrl-C, and is followed again', async () => {
    const started = await cli.document<Sync>(['okta', 'sync', '--local', '--detach']);
    expect(started).toMatchObject({ schema: 'arx.sync/v1', status: 'running', items: [] });
    const followed = await cli.document<Sync>([
      'okta',
      'sync',
      '--local',
      '--attach',
      started.workflowId,
    ]);
    expect(followed).toMatchObject({ run: started.run, status: 'complete' });
    await emulators.fault({
      vendor: 'okta',
      pathPattern: '/factors',
      kind: 'latency',
      ms: 2_000,
      times: 40,
    });
    const running = cli.start(['okta', 'sync', '--local']);
    await running.says(/reading: /);
    running.child.kill('SIGINT');
    const { code, err } = await running.ended;
    await emulators.clearFaults();
    expect(code).toBe(130);
    const [, workflowId = ''] = /arx okta sync --local --attach (\S+?)`/.exec(err) ?? [];
    const ended = await cli.document<Sync>(['okta', 'sync', '--local', '--attach', workflowId]);
    expect(ended.status).toBe('complete');
  }, 90_000);
});
