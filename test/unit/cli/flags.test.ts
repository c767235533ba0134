import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { arx } from './support/terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'arx-flags-'));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const broken = file('broken.yaml', 'version: 1\nscan: { window: 0 }\nunknown_key: 1\n');
const badPolicy = '- name: x\n  connector: okta\n  operations: ["*:read"]\n  risk_max: enormous\n';
const policyless = file(
  'policyless.yaml',
  `version: 1\npolicies: ["${file('bad-policy.yaml', badPolicy)}"]\n`,
);
const env = { ARX_HOME: join(folder, 'home') };
const check = ['run', 'mfa-enforcement-check'];
const call = ['call', 'okta', 'users:suspend', '--param', 'userId=00u1a2b3c4d5e6f7g8h9'];

/** Command line → exit code and what the message says. None of these may start anything. */
const BAD: [argv: string[], code: number, message: RegExp][] = [
  [['frobnicate'], 2, /unknown command 'frobnicate'/],
  [['--frobnicate'], 2, /unknown option '--frobnicate'/],
  [['run'], 2, /`arx run` needs a command: /],
  [['run', 'mfa'], 2, /unknown command 'mfa'/],
  [['run', 'workflow.py'], 2, /workflow\.py is a Python file/],
  [['register', 'workflow.py'], 2, /is a Python file/],
  [[...check, '--fail-on', 'weak'], 2, /'weak' is not a verdict/],
  [[...check, '--fail-on', ''], 2, /'' is not a verdict/],
  [[...check, '--fail-on'], 2, /argument missing/],
  [[...check, '--group', ' '], 2, /Expected a name or an id/],
  [[...check, 'extra'], 2, /too many arguments/],
  [[...check, '--attach', 'x', '--detach'], 2, /cannot be combined/],
  [[...check, '--attach', 'x', '--dry-run'], 2, /cannot change it/],
  [[...check, '--estimate', '--detach'], 2, /--detach cannot be used with it/],
  [[...check, '--estimate', '--attach', 'x'], 2, /--attach cannot be used with it/],
  [[...check, '--estimate', '--dry-run'], 2, /--dry-run cannot be used with it/],
  [[...check, '--estimate', '--fail-on', 'none'], 2, /--fail-on cannot be used with it/],
  [[...check, '--estimate', '--no-users'], 2, /cannot be used with it/],
  [[...check, '--estimate', '--assume-users', '0'], 2, /whole number from 1 to/],
  [[...check, '--estimate', '--config', broken], 2, /window|unknown_key/],
  [[...check, '--estimate'], 2, /OKTA_DOMAIN is not set/],
  [[...check, '--assume-users', '9'], 2, /needs --estimate/],
  [[...check, '--config', join(folder, 'missing.yaml')], 2, /does not exist/],
  [[...check, '--config', broken], 2, /window|unknown_key/],
  [[...check, '--config', policyless], 2, /enormous|risk_max/],
  [[...check, '--local', '--config', policyless], 2, /enormous|risk_max/],
  [check, 2, /DATABASE_URL is not set/],
  [[...check, '--local'], 2, /OKTA_DOMAIN is not set/],
  [['register', '--config', broken], 2, /window|unknown_key/],
  [['runs', '--limit', '0'], 2, /whole number from 1 to 1000/],
  [['runs', '--limit', '1e3'], 2, /whole number/],
  [['report'], 2, /missing required argument 'run'/],
  [['report', 'latest'], 1, /There is no store yet/],
  [['report', ''], 2, /Expected a value/],
  [['report', 'latest', '--format', 'pdf'], 2, /Allowed choices are table, json, csv, html/],
  [['report', 'latest', '--out', ''], 2, /Expected a value/],
  [['audit'], 2, /`arx audit` needs a command: /],
  [['audit', 'list', '--after', '-1'], 2, /whole number/],
  [['audit', 'export', '--format', 'xml'], 2, /Allowed choices are jsonl, ocsf, csv/],
  [['audit', 'verify', '--file', join(folder, 'missing.jsonl')], 2, /cannot be read \(ENOENT\)/],
  [['config', 'check', '--config', broken], 2, /window|unknown_key/],
  [['completion', 'tcsh'], 2, /Allowed choices are bash, zsh, fish/],
  [['emulate', '--users', 'many'], 2, /whole number/],
  [['emulate', '--weak-share', '2'], 2, /number from 0 to 1/],
  [['demo', '--users', '3'], 2, /whole number from 20/],
  [['up'], 2, /OKTA_DOMAIN is not set/],
  [['call', 'okta', 'users:suspend'], 2, /required option '--reason <text>' not specified/],
  [[...call, '--reason', ' '], 2, /a reason of 1 to 1,000/],
  [
    ['call', 'github', 'users:suspend', '--reason', 'x'],
    2,
    /Allowed choices are okta, jira, slack/,
  ],
  [['call', 'okta', '../groups', '--reason', 'x'], 2, /Expected an operation/],
  [[...call, '--reason', 'x', '--param', 'userId'], 2, /name=value/],
  [[...call, '--reason', 'x', '--param', 'a=1', '--param', 'a=2'], 2, /given twice/],
  [[...call, '--reason', 'x', '--param', 'a=[1'], 2, /starts like JSON/],
  [
    [...call, '--reason', 'x', '--params-file', join(folder, 'missing.json')],
    2,
    /cannot be read \(ENOENT\)/,
  ],
  [[...call, '--reason', 'x', '--policies', folder], 2, /--policies needs --local/],
  [[...call, '--reason', 'x', '--local', '--policies', broken], 2, /list|policies|expected/],
  [[...call, '--reason', 'x'], 2, /DATABASE_URL is not set/],
  [[...call, '--reason', 'x', '--local'], 2, /OKTA_DOMAIN is not set/],
  [['approvals'], 2, /`arx approvals` needs a command: /],
  [['approvals', 'list'], 1, /There is no store yet/],
  [['approvals', 'list', '--limit', '0'], 2, /whole number from 1/],
  [['approvals', 'show'], 2, /missing required argument 'request'/],
  [['approvals', 'why', ''], 2, /Expected a value/],
  [['approvals', 'approve', 'x'], 2, /ARX_SERVER_URL is not set/],
  [['approvals', 'sign', 'x'], 2, /missing required argument 'verdict'/],
  [['approvals', 'sign', 'x', 'maybe'], 2, /Allowed choices are approve, deny/],
  [['keys'], 2, /`arx keys` needs a command: /],
  [['keys', 'create'], 2, /required option '--name <name>' not specified/],
  [['keys', 'create', '--name', 'Ann Smith'], 2, /1 to 64 lower-case letters/],
  [['keys', 'create', '--name', 'ann', '--for', 'two words'], 2, /--for needs the login/],
  [['keys', 'revoke'], 2, /missing required argument 'name'/],
  [[...check, '--users', '--no-users'], 2, /--users and --no-users cannot be combined/],
  [['twin', 'users', '--gone', '--no-gone'], 2, /--gone and --no-gone cannot be combined/],
  [['twin', 'apps', '--no-gone', '--gone'], 2, /--gone and --no-gone cannot be combined/],
];

describe.each(BAD)('arx %j', (argv, code, message) => {
  it('says so as one error document', async () => {
    const outcome = await arx(['--json', ...argv], env);
    const document = JSON.parse(outcome.out) as Record<string, unknown>;
    expect(document).toMatchObject({
      schema: 'arx.error/v1',
      code: expect.stringMatching(/^[a-z_]+$/),
    });
    expect(document.message).toMatch(message);
    expect(String(document.remedy).length).toBeGreaterThan(5);
    expect(outcome).toMatchObject({ code, err: '' });
  });

  it('says so to a person, without a stack', async () => {
    const outcome = await arx(argv, env);
    expect(outcome).toMatchObject({ code, out: '' });
    expect(outcome.err).not.toMatch(/^\s+at .*\.ts:\d+/m);
    if (!message.source.includes('needs a command')) expect(outcome.err).toMatch(message);
  });
});

it.each([
  ['--json', ...check],
  ['run', '--json', 'mfa-enforcement-check'],
  [...check, '--json'],
])('--json is understood wherever it stands: %s %s %s', async (...argv) => {
  expect(JSON.parse((await arx(argv, env)).out)).toMatchObject({
    schema: 'arx.error/v1',
    code: 'missing_variable',
  });
});

it.each([
  [['report', 'latest'], 'csv'],
  [['report', 'latest', '--out', 'x.html'], 'html'],
  [['audit', 'export'], 'csv'],
  [['twin', 'profile'], 'md'],
  ...['facts', 'gaps', 'events', 'users', 'apps', 'timeline', 'search x'].map((view) => [
    ['twin', ...view.split(' ')],
    'table',
  ]),
] as [string[], string][])('%j refuses --json beside --format %s', async (argv, format) => {
  for (const both of [
    [...argv, '--json', '--format', format],
    ['--json', ...argv, '--format', format],
  ]) {
    const { code, out } = await arx(both, env);
    expect(code).toBe(2);
    const message = `--json and --format ${format} cannot be combined.`;
    expect(JSON.parse(out)).toMatchObject({ schema: 'arx.error/v1', code: 'usage', message });
  }
});

it('--json goes with --format json, and with an export that is written to a file', async () => {
  const list = await arx(['twin', 'facts', '--json', '--format', 'json'], env);
  expect([list.code, JSON.parse(list.out)]).toMatchObject([0, { schema: 'arx.twin/v1' }]);
  const exported = await arx(
    ['audit', 'export', '--json', '--format', 'csv', '--out', join(folder, 'x.csv')],
    env,
  );
  expect(JSON.parse(exported.out)).toMatchObject({ code: 'no_store' });
});

describe('places', () => {
  it('are named for errors of a file, and its other errors follow', async () => {
    const { out } = await arx(['config', 'check', '--config', broken, '--json'], env);
    const document = JSON.parse(out) as { where: object; others: { where: object }[] };
    expect(document.where).toMatchObject({
      file: expect.stringContaining('broken.yaml'),
      line: 2,
      column: expect.any(Number),
    });
    expect(document.others).toHaveLength(1);
    expect(document.others[0]?.where).toMatchObject({ line: 3 });
  });
});

describe('a policy that does not load', () => {
  it.each([[check], [[...check, '--local']]])(
    'stops %j with its place, before anything starts',
    async (argv) => {
      const { code, out } = await arx([...argv, '--config', policyless, '--json'], env);
      expect({ code, document: JSON.parse(out) as unknown }).toMatchObject({
        code: 2,
        document: {
          schema: 'arx.error/v1',
          where: {
            file: expect.stringContaining('bad-policy.yaml'),
            line: 4,
            column: expect.any(Number),
          },
        },
      });
      expect(existsSync(env.ARX_HOME)).toBe(false);
    },
  );
});

describe('where nothing was stored yet', () => {
  const empty = async (argv: readonly string[]): Promise<unknown> => {
    const { code, out, err } = await arx([...argv, '--json'], env);
    expect(code, err + out).toBe(0);
    expect(existsSync(env.ARX_HOME)).toBe(false);
    return JSON.parse(out);
  };

  it('there are no runs and no entries, and the trail is whole', async () => {
    expect(await empty(['runs'])).toEqual({ schema: 'arx.runs/v1', items: [] });
    expect(await empty(['audit', 'list'])).toEqual({
      schema: 'arx.audit/v1',
      entries: [],
      items: [],
    });
    expect(await empty(['audit', 'verify'])).toEqual({
      schema: 'arx.verify/v1',
      ok: true,
      entries: 0,
      head: '0'.repeat(64),
      checkpoints: 0,
    });
    expect((await arx(['runs'], env)).out).toContain('There are no runs yet');
  });
});

describe('an ARX_HOME that cannot be used', () => {
  const okta = { OKTA_DOMAIN: 'example.okta.com', OKTA_API_TOKEN: '00token' };
  it.each([
    [['runs'], file('home-file', '')],
    [['up', '--stop'], file('home-file', '')],
    [['audit', 'verify'], join(file('home-file', ''), 'below')],
    [['demo'], join(file('home-file', ''), 'below')],
    [[...check, '--local', '--dry-run'], join(file('home-file', ''), 'below')],
    [['okta', 'sync', '--local'], '/proc/nope'],
    [['demo'], '/proc/nope/below'],
  ])('is named by %j', async (argv, ARX_HOME) => {
    const { code, out } = await arx([...argv, '--json'], { ...okta, ARX_HOME });
    const document = JSON.parse(out) as Record<string, unknown>;
    expect({ code, document }).toMatchObject({
      code: 2,
      document: {
        code: 'arx_home',
        message: expect.stringContaining('ARX_HOME'),
        where: { path: 'ARX_HOME' },
      },
    });
    expect(document.remedy).toMatch(/Set ARX_HOME to a folder/);
  });
});

describe('help', () => {
  it('lists the commands and the exit codes, and is no error', async () => {
    const outcome = await arx(['--help'], env);
    expect(outcome.code).toBe(0);
    expect(outcome.out).toMatch(/doctor[\s\S]*130 {2}interrupted/);
  });

  it('tells the version', async () => {
    expect(await arx(['--version'], env)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });
});
