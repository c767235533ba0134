import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { storeUrlIn } from '../support/command-line.ts';
import { startTestChild } from '../support/children.ts';
import { startEmulatorProcess } from '../support/emulators.ts';
import type { EmulatorProcess } from '../support/emulators.ts';

const folder = mkdtempSync(join(tmpdir(), 'arx-bad-inputs-'));
const check = ['run', 'mfa-enforcement-check', '--json'];
const local = [...check, '--local'];
const SHIPPED = resolve('policies/*.yaml');
const CANARY = 'canary-00aBcDeFsEcReT';

interface Outcome {
  code: number | null;
  out: string;
  err: string;
}

interface Problem {
  schema: string;
  code: string;
  message: string;
  remedy: string;
  where?: { file?: string; line?: number; path?: string };
  status?: string;
  reasons?: string[];
}

let emulators: EmulatorProcess;
let up: { child: ChildProcess; temporal: string; databaseUrl: string };

function file(name: string, content: string | object): string {
  const path = join(folder, name);
  // The folder of a configuration may also be the ARX_HOME of its test.
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  writeFileSync(path, typeof content === 'string' ? content : stringify(content));
  return path;
}

/** The configuration of the stack, with short waits and the shipped policies. */
const configuration = (more: object = {}): object => ({
  version: 1,
  policies: [SHIPPED],
  quota: { share: 1, reserve: 0, warning_threshold: false },
  ...more,
});

function launch(
  argv: readonly string[],
  extra: Record<string, string> = {},
  cwd = folder,
): ChildProcess {
  const { PATH, HOME, TEMPORAL_CLI_PATH } = process.env;
  const machine = { PATH, HOME, ...(TEMPORAL_CLI_PATH ? { TEMPORAL_CLI_PATH } : {}) };
  const own = { ...emulators.env, ARX_HOME: join(folder, 'home'), ...extra };
  const env = Object.fromEntries(
    Object.entries({ ...machine, ...own }).filter(([, value]) => value !== ''),
  );
  return startTestChild(resolve('bin/arx'), argv, { cwd, env });
}

function collect(child: ChildProcess): Outcome {
  const outcome: Outcome = { code: null, out: '', err: '' };
  child.stdout!.setEncoding('utf8').on('data', (piece: string) => (outcome.out += piece));
  child.stderr!.setEncoding('utf8').on('data', (piece: string) => (outcome.err += piece));
  return outcome;
}

async function arx(
  argv: readonly string[],
  extra?: Record<string, string>,
  cwd?: string,
): Promise<Outcome> {
  const child = launch(argv, extra, cwd);
  const outcome = collect(child);
  [outcome.code] = (await once(child, 'close')) as [number | null];
  return outcome;
}

/** Keeps one stack running for the whole file, which the commands join. */
async function startUp(): Promise<typeof up> {
  const child = launch(['up', '--json']);
  const outcome = collect(child);
  while (!outcome.out.endsWith('}\n')) {
    const ended = once(child, 'close').then(() => 'ended');
    if ((await Promise.race([ended, once(child.stdout!, 'data')])) === 'ended')
      throw new Error(outcome.err + outcome.out);
  }
  const { temporal } = JSON.parse(outcome.out) as { temporal: { address: string } };
  const databaseUrl = storeUrlIn(join(folder, 'home'));
  return { child, temporal: temporal.address, databaseUrl };
}

/** The writes that Jira and Slack accepted. */
const written = async () =>
  (await emulators.log({ write: true }))
    .filter(({ accepted }) => accepted)
    .map(({ operation }) => operation);

/** Runs of a store that have not ended. */
async function unfinished(extra: Record<string, string> = {}): Promise<unknown[]> {
  const { code, out, err } = await arx(['runs', '--json'], extra);
  expect(code, err + out).toBe(0);
  const { items } = JSON.parse(out) as { items: { status: string; finishedAt: string | null }[] };
  return items.filter(({ status, finishedAt }) => status === 'running' || finishedAt === null);
}

/** The document with its code, exit code, message and remedy. */
function problemOf({ code, out, err }: Outcome, exit: number): Problem {
  expect(code, err + out).toBe(exit);
  const problem = JSON.parse(out) as Problem;
  expect(out + err).not.toContain(CANARY);
  expect(out + err).not.toMatch(/^\s+at .*\.ts:\d+/m);
  return problem;
}

beforeAll(async () => {
  emulators = await startEmulatorProcess({
    profile: 'plain',
    users: 10,
    weakShare: 0.2,
    rateLimit: 1_000_000,
  });
  file('arx.yaml', configuration({ policies: [SHIPPED, 'later/*.yaml'] }));
  up = await startUp();
}, 120_000);

afterEach(async () => {
  await emulators.clearFaults();
  await emulators.oktaSettings({ token: `${emulators.env['OKTA_API_TOKEN']}` });
});

afterAll(async () => {
  const closed = once(up.child, 'close');
  up.child.kill('SIGINT');
  await closed;
  await emulators.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

/** The mistake, the exit code, the code of the document, its message and its position. */
interface Row {
  what: string;
  exit: number;
  code: string;
  message: RegExp;
  where?: object;
  argv?: (string | { config: string | object })[];
  env?: Record<string, string>;
  cwd?: Record<string, string>;
}

const named = (config: string | object): { config: string | object } => ({ config });
const servers = (): Record<string, string> => ({
  TEMPORAL_ADDRESS: up.temporal,
  DATABASE_URL: up.databaseUrl,
});

const ROWS: Row[] = [
  {
    what: 'invalid YAML',
    exit: 2,
    code: 'yaml',
    message: /./,
    argv: [named('version: 1\npolicies: [a\n')],
    where: { line: 3 },
  },
  {
    what: 'an unknown key',
    exit: 2,
    code: 'unknown_key',
    message: /tickest/,
    argv: [named('version: 1\ntickest: {}\n')],
    where: { line: 2, column: 1, path: 'tickest' },
  },
  {
    what: 'a wrong type',
    exit: 2,
    code: 'wrong_value',
    message: /window/,
    argv: [named('version: 1\nscan: { window: many }\n')],
    where: { line: 2, path: 'scan.window' },
  },
  {
    what: 'an exemption without a reason',
    exit: 2,
    code: 'missing_key',
    message: /reason/,
    argv: [named({ version: 1, exemptions: [{ user: CANARY, owner: 'o', until: '2027-01-01' }] })],
  },
  {
    what: 'no such file',
    exit: 2,
    code: 'no_file',
    message: /nowhere\.yaml/,
    argv: ['--config', 'nowhere.yaml'],
  },
  {
    what: 'no token',
    exit: 2,
    code: 'missing_variable',
    message: /OKTA_API_TOKEN/,
    env: { OKTA_API_TOKEN: '' },
  },
  {
    what: 'no domain',
    exit: 2,
    code: 'missing_variable',
    message: /OKTA_DOMAIN/,
    env: { OKTA_DOMAIN: '' },
  },
  {
    what: 'no project',
    exit: 2,
    code: 'missing_variable',
    message: /JIRA_PROJECT_KEY/,
    env: { JIRA_PROJECT_KEY: '' },
  },
  {
    what: 'no channel',
    exit: 2,
    code: 'missing_variable',
    message: /SLACK_CHANNEL/,
    env: { SLACK_CHANNEL: '' },
  },
  {
    what: 'a domain in plain http',
    exit: 2,
    code: 'invalid_variable',
    message: /OKTA_DOMAIN/,
    env: { OKTA_DOMAIN: 'http://example.okta.com' },
    where: { path: 'OKTA_DOMAIN' },
  },
  {
    what: 'the address of the admin console',
    exit: 2,
    code: 'invalid_variable',
    message: /OKTA_DOMAIN/,
    env: { OKTA_DOMAIN: 'https://example-admin.okta.com' },
  },
  {
    what: 'a token with a line break',
    exit: 2,
    code: 'invalid_variable',
    message: /SLACK_BOT_TOKEN/,
    env: { SLACK_BOT_TOKEN: `xoxb-${CANARY}\nmore` },
  },
  {
    what: 'a token given twice',
    exit: 2,
    code: 'conflicting_variables',
    message: /OKTA_API_TOKEN/,
    env: { OKTA_API_TOKEN_FILE: 'token' },
  },
  {
    what: 'an okta.yaml that the SDK would read',
    exit: 2,
    code: 'okta_sdk_settings',
    message: /okta\.yaml/,
    cwd: { 'okta.yaml': `okta: { client: { token: ${CANARY} } }\n` },
  },
  {
    what: 'an unknown flag',
    exit: 2,
    code: 'usage',
    message: /--frobnicate/,
    argv: ['--frobnicate'],
  },
  {
    what: 'an unknown verdict',
    exit: 2,
    code: 'usage',
    message: /weak/,
    argv: ['--fail-on', 'weak'],
  },
  {
    what: 'flags that contradict',
    exit: 2,
    code: 'usage',
    message: /cannot be combined/,
    argv: ['--attach', 'x', '--detach'],
  },
  {
    what: 'an unknown run',
    exit: 1,
    code: 'no_such_run',
    message: /nobody/,
    argv: ['--attach', 'nobody'],
  },
  {
    what: 'other credentials',
    exit: 2,
    code: 'stack_differs',
    message: /./,
    env: { OKTA_API_TOKEN: CANARY },
  },
  {
    what: 'a group that does not exist',
    exit: 2,
    code: 'configuration',
    message: /--group/,
    argv: ['--group', 'Nobody'],
  },
];

describe('a bad input', () => {
  it.each(ROWS)(
    '$what is refused as $code before anything starts',
    async ({ argv = [], env, cwd = {}, ...row }) => {
      const given = argv.flatMap((one) =>
        typeof one === 'string'
          ? [one]
          : [
              '--config',
              file(`bad-${ROWS.findIndex(({ what }) => what === row.what)}.yaml`, one.config),
            ],
      );
      const place = Object.keys(cwd).length > 0 ? join(folder, 'elsewhere') : folder;
      for (const [name, text] of Object.entries(cwd)) file(join('elsewhere', name), text);
      const problem = problemOf(await arx([...local, ...given], env, place), row.exit);
      expect(problem).toMatchObject({
        schema: 'arx.error/v1',
        code: row.code,
        message: expect.stringMatching(row.message),
      });
      expect(problem.remedy.length).toBeGreaterThan(10);
      if (row.where) expect(problem.where).toMatchObject(row.where);
      expect(await written()).toEqual([]);
    },
  );

  it.each([
    [
      'an unreachable database',
      { DATABASE_URL: 'postgres://arx@127.0.0.1:1/arx' },
      1,
      'store_unavailable',
    ],
    [
      'an address that is not a database',
      { DATABASE_URL: 'mysql://arx@127.0.0.1/arx' },
      2,
      'invalid_variable',
    ],
    ['no database', { DATABASE_URL: '' }, 2, 'missing_variable'],
    [
      'an unreachable Temporal server',
      { TEMPORAL_ADDRESS: '127.0.0.1:1' },
      1,
      'temporal_unreachable',
    ],
  ])('%s is reported with a remedy', async (_, wrong: Record<string, string>, exit, code) => {
    const problem = problemOf(await arx(check, { ...servers(), ...wrong }), exit);
    expect(problem).toMatchObject({ schema: 'arx.error/v1', code });
    expect(problem.message + problem.remedy).toMatch(new RegExp(Object.keys(wrong)[0]!));
    expect(await written()).toEqual([]);
  });

  it('leaves no unfinished run behind', async () => {
    expect(await unfinished()).toEqual([]);
  });
});

describe('a vendor with bad responses', () => {
  it.each([
    [
      'refuses the token',
      async () => emulators.oktaSettings({ token: '00another' }),
      4,
      'unauthenticated',
    ],
    [
      'refuses the list',
      async () =>
        void (await emulators.fault({
          vendor: 'okta',
          pathPattern: '/users\\?',
          kind: 'status',
          status: 403,
        })),
      1,
      'forbidden',
    ],
  ])(
    'that %s ends the run as failed, with no ticket and one message',
    async (_, spoil, exit, reason) => {
      const before = (await written()).length;
      await spoil();
      const failed = problemOf(await arx(local), exit);
      expect(failed).toMatchObject({ schema: 'arx.run/v1', status: 'failed', reasons: [reason] });
      // The message, and the signed checkpoint as a reply to it.
      expect((await written()).slice(before)).toEqual(['chat:write', 'chat:write']);
      const { messages } = await emulators.state('messages');
      expect(messages.some(({ text }) => text.includes('FAILED'))).toBe(true);
      expect(await unfinished()).toEqual([]);
    },
    30_000,
  );
});

describe('a run that is not allowed', () => {
  it('by arx.yaml, which does not list an operation, ends before the first read', async () => {
    const config = configuration({ connectors: { jira: { operations: ['issues:read'] } } });
    const before = (await written()).length;
    const problem = problemOf(await arx([...local, '--config', file('narrow.yaml', config)]), 5);
    expect(problem).toMatchObject({ schema: 'arx.error/v1', code: 'policy_denied' });
    expect(problem.message).toContain('jira:issues:create');
    expect((await written()).slice(before)).toEqual([]);
  });

  it('by a policy added while the worker ran ends before the first read', async () => {
    const loaded = async (): Promise<number> => {
      const { out } = await arx(['audit', 'list', '--kind', 'policy.loaded', '--json']);
      return (JSON.parse(out) as { entries: object[] }).entries.length;
    };
    const [before, seen] = [(await written()).length, await loaded()];
    const deny = {
      name: 'no-tickets',
      connector: 'jira',
      operations: ['issues:read'],
      deny: ['issues:create'],
    };
    file('later/deny.yaml', [{ ...deny, risk_max: 'low' }]);
    await vi.waitFor(async () => expect(await loaded()).toBe(seen + 1), { timeout: 20_000 });
    const problem = problemOf(await arx(local), 5);
    expect(problem).toMatchObject({ schema: 'arx.error/v1', code: 'policy_denied' });
    expect(problem.message).toMatch(/jira:issues:create.*explicit_deny/);
    expect((await written()).slice(before)).toEqual([]);
    expect(await unfinished()).toEqual([]);
  }, 60_000);
});

/** These change the settings of the worker itself, so each has a separate stack. */
describe('a misconfigured worker', () => {
  async function alone(name: string, config: object, extra: Record<string, string> = {}) {
    const home = { ARX_HOME: join(folder, name) };
    const before = (await written()).length;
    const path = file(`${name}/arx.yaml`, config);
    const outcome = await arx([...local, '--config', path], { ...home, ...extra });
    expect(await unfinished(home)).toEqual([]);
    return { outcome, wrote: (await written()).slice(before) };
  }

  it('with invalid policies is never started, and the position is reported', async () => {
    file(
      'broken/policies/p.yaml',
      '- name: broken\n  connector: okta\n  operation: ["users:read"]\n',
    );
    const { outcome, wrote } = await alone(
      'broken',
      configuration({ policies: ['policies/*.yaml'] }),
    );
    const problem = problemOf(outcome, 2);
    expect(problem).toMatchObject({ schema: 'arx.error/v1' });
    expect(problem.where).toMatchObject({ file: expect.stringContaining('p.yaml'), line: 3 });
    expect(wrote).toEqual([]);
    const place = problemOf(
      await arx(['config', 'check', '--json', '--config', join(folder, 'broken/arx.yaml')]),
      2,
    );
    expect(place.where).toMatchObject({ file: expect.stringContaining('p.yaml'), line: 3 });
  }, 60_000);

  it('with a project and a channel that do not exist is complete, and lists what failed', async () => {
    const wrong = { JIRA_PROJECT_KEY: 'NOPE', SLACK_CHANNEL: 'C0NOWHERE00' };
    const { outcome, wrote } = await alone('nowhere', configuration(), wrong);
    const run = problemOf(outcome, 0);
    const failed = { key: null, code: 'invalid', fields: ['project'] };
    expect(run).toMatchObject({
      schema: 'arx.run/v1',
      status: 'complete',
      tickets: { created: 0, failed: [failed, failed], failedCount: 2 },
      slack: null,
      slackFailed: { channel: 'C0NOWHERE00', code: 'not_found', message: 'channel_not_found' },
    });
    expect(run.reasons).toEqual(['the Slack summary could not be posted']);
    expect(wrote).toEqual([]);
  }, 60_000);
});
