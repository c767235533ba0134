import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EstimateDocument } from '../../src/cli/run/estimate/document.ts';
import type { RunDocument } from '../../src/mfa/document.ts';
import { storeUrlIn } from '../support/command-line.ts';
import { startTestChild } from '../support/children.ts';
import { startEmulatorProcess } from '../support/emulators.ts';
import type { EmulatorProcess } from '../support/emulators.ts';

const CLI = resolve('src/cli.ts');
const USERS = 40;
const folder = mkdtempSync(join(tmpdir(), 'arx-cli-'));
const config = join(folder, 'arx.yaml');
const check = ['run', 'mfa-enforcement-check'];

interface Outcome {
  code: number | null;
  out: string;
  err: string;
}

let emulators: EmulatorProcess;
let env: Record<string, string>;
let up: { child: ChildProcess; document: UpDocument };
interface UpDocument {
  schema: string;
  temporal: { address: string; namespace: string };
  ui: string;
  server: string;
  databaseUrl: string;
  home: string;
}

function launch(argv: readonly string[], extra: Record<string, string> = {}): ChildProcess {
  const { PATH, HOME, TEMPORAL_CLI_PATH } = process.env;
  const machine = { PATH, HOME, ...(TEMPORAL_CLI_PATH ? { TEMPORAL_CLI_PATH } : {}) };
  return startTestChild(process.execPath, [CLI, ...argv], {
    cwd: folder,
    env: { ...machine, ...env, ...extra },
  });
}

function collect(child: ChildProcess): { out: () => string; err: () => string } {
  const pieces = { out: '', err: '' };
  child.stdout!.setEncoding('utf8').on('data', (piece: string) => (pieces.out += piece));
  child.stderr!.setEncoding('utf8').on('data', (piece: string) => (pieces.err += piece));
  return { out: () => pieces.out, err: () => pieces.err };
}

async function arx(argv: readonly string[], extra: Record<string, string> = {}): Promise<Outcome> {
  const child = launch(argv, extra);
  const { out, err } = collect(child);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out: out(), err: err() };
}

/** Runs a command that must succeed and returns its one document. */
async function document<Shape>(
  argv: readonly string[],
  expected = 0,
  extra: Record<string, string> = {},
): Promise<Shape> {
  const { code, out, err } = await arx([...argv, '--json'], extra);
  expect(code, err + out).toBe(expected);
  return JSON.parse(out) as Shape;
}

/** Starts `arx up` and waits for its document. */
async function startUp(): Promise<typeof up> {
  const child = launch(['up', '--json']);
  const { out, err } = collect(child);
  while (!out().endsWith('}\n')) {
    const ended = once(child, 'close').then(() => 'ended');
    const next = await Promise.race([ended, once(child.stdout!, 'data').then(() => 'more')]);
    if (next === 'ended') throw new Error(`arx up ended: ${err()}${out()}`);
  }
  return { child, document: JSON.parse(out()) as UpDocument };
}

beforeAll(async () => {
  emulators = await startEmulatorProcess({
    profile: 'plain',
    users: USERS,
    weakShare: 0.1,
    rateLimit: 1_000_000,
  });
  env = { ...emulators.env, ARX_HOME: join(folder, 'home') };
  const policies = JSON.stringify([`${resolve('policies')}/*.yaml`]);
  const quota = '{ share: 1, reserve: 0, warning_threshold: false }';
  writeFileSync(config, `version: 1\npolicies: ${policies}\nquota: ${quota}\n`);
  up = await startUp();
}, 120_000);

afterAll(async () => {
  up.child.kill('SIGINT');
  const [code] =
    up.child.exitCode === null
      ? ((await once(up.child, 'close')) as [number | null])
      : [up.child.exitCode];
  // A detached run asked the stack to stay; `arx up` still ended it.
  const stopped = await document<{ state: string }>(['up', '--stop']);
  await emulators.stop();
  expect({ code, ...stopped }).toMatchObject({ code: 0, state: 'absent' });
}, 60_000);

const created = async (): Promise<number> =>
  (await emulators.log()).filter(
    ({ operation, accepted }) => operation === 'issues:create' && accepted,
  ).length;

describe('on a stack kept running by arx up', () => {
  let first: RunDocument;
  let weak: number;

  it('up names its parts, without a password', () => {
    expect(up.document).toMatchObject({
      schema: 'arx.up/v1',
      home: env.ARX_HOME,
      temporal: { namespace: 'default' },
    });
    expect(up.document.ui).toMatch(/^http:\/\/127\.0\.0\.1:\d+/);
    expect(up.document.server).toMatch(/^http:\/\/127\.0\.0\.1:\d+/);
    expect(new URL(up.document.databaseUrl).password).toBe('***');
  });

  it('a dry run writes nothing and prints what it would have done', async () => {
    const run = await document<RunDocument>([...check, '--local', '--dry-run']);
    weak = run.counts.weak_only;
    expect(run).toMatchObject({
      schema: 'arx.run/v1',
      status: 'complete',
      dryRun: true,
      slack: null,
    });
    expect(run.tickets).toMatchObject({ created: 0, wouldCreate: weak });
    expect(weak).toBe(USERS / 10);
    expect((await emulators.log()).filter(({ write }) => write)).toEqual([]);
  });

  it('a run opens one ticket per finding, and lists its users', async () => {
    first = await document<RunDocument>([...check, '--local']);
    expect(first).toMatchObject({
      status: 'complete',
      dryRun: false,
      tickets: { created: weak, kept: 0 },
    });
    expect(first.users).toHaveLength(USERS);
    expect(Object.keys(first.users[0]!)).toEqual(
      expect.arrayContaining(['id', 'login', 'verdict', 'reason', 'factors', 'ticket']),
    );
    expect(await created()).toBe(weak);
  });

  it('a second run makes the calls estimated from the first, keeps the tickets, and exits with 3 for --fail-on', async () => {
    const asked = (await emulators.log()).length;
    const estimate = await document<EstimateDocument>([...check, '--local', '--estimate']);
    expect(await emulators.log()).toHaveLength(asked);
    expect(estimate).toMatchObject({
      users: USERS,
      calls: USERS + 1,
      ticketCalls: 0,
      basis: { run: first.run },
    });
    const run = await document<RunDocument>(
      [...check, '--local', '--no-users', '--fail-on', 'weak_only,none'],
      3,
    );
    expect(run.tickets).toMatchObject({ created: 0, kept: weak });
    expect(run.calls.okta).toBe(estimate.calls);
    expect(run).not.toHaveProperty('users');
    expect(await created()).toBe(weak);
  });

  it('prints a table, and progress separately', async () => {
    const { code, out, err } = await arx([...check, '--local', '--users', '--fail-on', 'none']);
    expect(code, err).toBe(0);
    expect(out).toContain('MFA enforcement check');
    expect(out).toContain(first.users[0]!.login);
    expect(err).toMatch(/40 of 40 users/);
    expect(out + err).not.toContain('\u001b[');
  });

  it('accepts a group, and refuses one that does not exist', async () => {
    await emulators.addGroups([{ name: 'Pilots' }]);
    const run = await document<RunDocument>(
      [...check, '--local', '--dry-run', '--group', 'Pilots'],
      7,
    );
    expect(run.scope.groups.map(({ name }) => name)).toEqual(['Pilots']);
    expect(await document([...check, '--local', '--dry-run', '--group', 'Nobody'], 2)).toBeTypeOf(
      'object',
    );
  });

  it('detaches, and follows the run again', async () => {
    const started = await document<RunDocument>([...check, '--local', '--dry-run', '--detach']);
    expect(started).toMatchObject({ schema: 'arx.run/v1', status: 'running' });
    const followed = await document<RunDocument>([
      ...check,
      '--local',
      '--attach',
      started.workflowId,
    ]);
    expect(followed).toMatchObject({ run: started.run, status: 'complete' });
  });

  it('lists runs and reports one in every format', async () => {
    const runs = await document<{ schema: string; items: RunDocument[] }>(['runs']);
    expect(runs.schema).toBe('arx.runs/v1');
    expect(runs.items.length).toBeGreaterThanOrEqual(5);
    expect(runs.items[0]).not.toHaveProperty('users');
    expect(await document(['report', first.run])).toEqual(first);
    expect((await document<RunDocument>(['report', 'latest', '--format', 'json'])).run).toBe(
      runs.items[0]!.run,
    );
    const csv = (await arx(['report', first.run, '--format', 'csv'])).out;
    expect(csv.trimEnd().split('\r\n')).toHaveLength(USERS + 1);
    const page = join(folder, 'out', 'report.html');
    expect((await arx(['report', first.workflowId, '--format', 'html', '--out', page])).code).toBe(
      0,
    );
    expect(readFileSync(page, 'utf8')).toContain(first.run);
    expect((await arx(['report', first.run])).out).toContain('coverage 90.0 %');
    expect(await document(['report', 'no-such-run'], 1)).toMatchObject({
      schema: 'arx.error/v1',
      code: 'no_such_run',
    });
  });

  it('lists, verifies and exports the audit trail, and detects a flipped byte', async () => {
    const list = await document<{ entries: object[]; items: object[] }>([
      'audit',
      'list',
      '--run',
      first.run,
      '--kind',
      'user.checked',
    ]);
    expect(list.entries).toHaveLength(USERS);
    expect(list.items).toEqual(list.entries);
    const verified = await document<{ entries: number; head: string }>(['audit', 'verify']);
    expect(verified).toMatchObject({ schema: 'arx.verify/v1', ok: true });
    const file = join(folder, 'audit.jsonl');
    expect((await arx(['audit', 'export', '--out', file])).code).toBe(0);
    // An export contains no checkpoints; they are in the store.
    const copied = await document(['audit', 'verify', '--file', file]);
    expect(copied).toEqual({ ...verified, checkpoints: 0 });
    const lines = readFileSync(file, 'utf8').split('\n');
    lines[3] = lines[3]!.replace('"surface":"w', '"surface":"W');
    writeFileSync(file, lines.join('\n'));
    const broken = await document<{ firstBad: object }>(['audit', 'verify', '--file', file], 1);
    expect(broken.firstBad).toMatchObject({
      index: 3,
      id: expect.any(String),
      reason: expect.any(String),
    });
    expect((await arx(['audit', 'export', '--format', 'csv'])).out).toMatch(/^index,id,/);
  });

  it('the doctor finds nothing wrong', async () => {
    const report = await document<{ checks: { name: string; ok: boolean }[] }>([
      'doctor',
      '--local',
    ]);
    expect(report.checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'node',
        'policies',
        'temporal',
        'store',
        'okta users:read_factors',
        'jira project',
        'slack channel',
        'clock',
      ]),
    );
    const servers = { TEMPORAL_ADDRESS: up.document.temporal.address };
    const names = (await document<typeof report>(['doctor'], 0, servers)).checks.map(
      ({ name }) => name,
    );
    expect(names).toEqual(expect.arrayContaining(['temporal namespace', 'worker']));
  });

  it('registers one schedule, updates it and removes it', async () => {
    const servers = { TEMPORAL_ADDRESS: up.document.temporal.address };
    const schedule = (argv: string[]) =>
      document<{ state: string; paused: boolean; next: string[] }>(argv, 0, servers);
    const registered = await schedule(['register', '--paused']);
    expect(registered).toMatchObject({ schema: 'arx.schedule/v1', state: 'created', paused: true });
    for (const time of registered.next) {
      expect(new Date(time).getUTCDay()).toBe(1);
      expect(time).toMatch(/T08:00:00\.000Z$/);
    }
    expect(registered.next.length).toBeGreaterThan(0);
    expect(await schedule(['register'])).toMatchObject({ state: 'updated', paused: true });
    expect(await schedule(['unregister'])).toMatchObject({ state: 'removed' });
    expect(await schedule(['unregister'])).toMatchObject({ state: 'absent' });
  });

  it('runs on external servers too', async () => {
    const servers = {
      TEMPORAL_ADDRESS: up.document.temporal.address,
      DATABASE_URL: storeUrlIn(env.ARX_HOME ?? ''),
    };
    const run = await document<RunDocument>([...check, '--dry-run'], 0, servers);
    expect(run.status).toBe('complete');
  });

  it('detaches on Ctrl-C with 130 and prints how to return', async () => {
    await emulators.fault({
      vendor: 'okta',
      pathPattern: '/factors',
      kind: 'latency',
      ms: 2_000,
      times: 40,
    });
    const child = launch([...check, '--local', '--dry-run']);
    const { err } = collect(child);
    const closed = once(child, 'close');
    while (!/checking factors/.test(err())) await once(child.stderr!, 'data');
    child.kill('SIGINT');
    const [code] = (await closed) as [number | null];
    await emulators.clearFaults();
    expect(code).toBe(130);
    expect(err()).toMatch(/arx run mfa-enforcement-check --local --attach \S+/);
  });

  it('refuses other credentials on the same stack', async () => {
    const other = await document([...check, '--local'], 2, { OKTA_API_TOKEN: '00other' });
    expect(other).toMatchObject({ schema: 'arx.error/v1', code: 'stack_differs' });
  });
});

describe('on a separate stack', () => {
  it('a refused token exits with 4, also in the doctor, and is never printed', async () => {
    const extra = { ARX_HOME: join(folder, 'wrong-token'), OKTA_API_TOKEN: '00wrongTokenCanary' };
    const run = await arx([...check, '--local', '--json'], extra);
    expect(run.code, run.err).toBe(4);
    expect(JSON.parse(run.out)).toHaveProperty('schema');
    const doctor = await arx(['doctor', '--local', '--json'], extra);
    expect(doctor.code).toBe(4);
    const { checks } = JSON.parse(doctor.out) as {
      checks: { name: string; ok: boolean; remedy: string | null }[];
    };
    expect(checks.find(({ name }) => name === 'okta users:read')).toMatchObject({
      ok: false,
      remedy: expect.stringContaining('OKTA_API_TOKEN'),
    });
    expect(checks.find(({ name }) => name === 'slack auth')).toMatchObject({ ok: true });
    expect(run.out + run.err + doctor.out + doctor.err).not.toContain('00wrongTokenCanary');
  }, 120_000);

  it('an unreachable Temporal server is reported with a remedy', async () => {
    const extra = { TEMPORAL_ADDRESS: '127.0.0.1:1', DATABASE_URL: storeUrlIn(env.ARX_HOME ?? '') };
    const error = await document<{ message: string; remedy: string }>(check, 1, extra);
    expect(error).toMatchObject({ schema: 'arx.error/v1', code: 'temporal_unreachable' });
    expect(error.message).toContain('127.0.0.1:1');
    expect(error.remedy).toContain('TEMPORAL_ADDRESS');
  });
});
