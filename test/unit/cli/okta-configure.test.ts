import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { createIo } from '../../../src/cli/kit/io.ts';
import { loadSettings } from '../../../src/cli/kit/settings.ts';
import { oktaSettings } from '../../../src/config/env/credentials.ts';
import { openStore } from '../../../src/store/open.ts';
import { startEmulatorProcess } from '../../support/emulators.ts';
import type { EmulatorProcess } from '../../support/emulators.ts';
import { borrowPglite } from '../../support/pglite.ts';
import type { TestDatabase } from '../../support/pglite.ts';

const root = mkdtempSync(join(tmpdir(), 'arx-okta-configure-'));
let emulators: EmulatorProcess;
let database: TestDatabase;
let folder: string;
let token: string;
let domain: string;

beforeAll(async () => {
  emulators = await startEmulatorProcess({ profile: 'plain', users: 3, rateLimit: 1_000_000 });
  database = await borrowPglite();
  token = emulators.document.tokens.okta;
  domain = emulators.document.okta;
});
beforeEach(async () => {
  await emulators.clearFaults();
  folder = mkdtempSync(join(root, 'case-'));
  writeFileSync(join(folder, 'arx.yaml'), plainConfig());
  writeFileSync(join(folder, 'token'), `${token}\n`);
});
afterAll(async () => {
  await database.close();
  await emulators.stop();
  rmSync(root, { recursive: true, force: true });
});

const plainConfig = (): string => `version: 1\npolicies: ["${resolve('policies')}/*.yaml"]\n`;
const home = (): string => join(folder, 'home');
const stored = (): string => join(home(), 'okta.json');
const modeOf = (path: string): number => statSync(path).mode & 0o777;

interface Typed {
  text: string;
  env?: Record<string, string>;
  terminal?: boolean;
}

/**
 * Runs arx in this process; where `terminal` is set each line is typed once its question has been
 * asked.
 */
async function arx(argv: readonly string[], typed: Typed = { text: '' }) {
  const out = new PassThrough();
  const err = new PassThrough();
  const input = new PassThrough();
  const terminal = { isTTY: typed.terminal === true };
  const pieces = { out: '', err: '' };
  out.on('data', (piece: Buffer) => (pieces.out += piece.toString()));
  const lines = typed.text.split('\n');
  err.on('data', (piece: Buffer) => {
    pieces.err += piece.toString();
    if (terminal.isTTY && /: $/.test(piece.toString())) input.write(`${lines.shift() ?? ''}\r`);
  });
  if (!terminal.isTTY) input.end(typed.text);
  const env = {
    ARX_HOME: home(),
    DATABASE_URL: database.databaseUrl,
    ARX_CONFIG: join(folder, 'arx.yaml'),
    ...typed.env,
  };
  const io = createIo({
    out,
    err: Object.assign(err, terminal),
    input: () => Object.assign(input, terminal),
    env,
    signal: new AbortController().signal,
  });
  const code = await main(['okta', ...argv], io);
  return { code, ...pieces, io };
}

const configure = (more: readonly string[] = [], typed?: Typed) =>
  arx(['configure', '--domain', domain, '--token-file', join(folder, 'token'), ...more], typed);

it('stores what Okta accepts for its owner alone, and the commands that follow use it', async () => {
  const { code, out, err } = await configure();
  expect(code, err).toBe(0);
  expect(out).toBe('');
  expect([modeOf(stored()), modeOf(home())]).toEqual([0o600, 0o700]);
  expect(readdirSync(home())).toEqual(['okta.json']);
  expect(err).toContain('arx uses it from now on');
  const tested = await arx(['test', '--json']);
  expect(tested.code, tested.out + tested.err).toBe(0);
  expect(tested.err).toContain(`stored by arx okta configure in ${stored()}`);
  expect(tested.err + tested.out).not.toContain(token);
  const { out: status } = await arx(['status', '--json']);
  expect(JSON.parse(status)).toMatchObject({
    configured: true,
    source: 'stored',
    credential: 'ssws',
    problem: null,
  });
});

it('says that Okta variables take precedence over what was stored', async () => {
  const other = { OKTA_DOMAIN: 'other.okta.com', OKTA_API_TOKEN: '00other' };
  const { code, out, err } = await configure([], { text: '', env: other });
  expect(code, err).toBe(0);
  expect(err).toContain('not used yet');
  expect(out).toBe('credentials:\n  okta:\n    vault: ./home/okta.json\n');
  const { out: status, err: said } = await arx(['status', '--json'], { text: '', env: other });
  expect(JSON.parse(status)).toMatchObject({ org: 'other.okta.com', source: 'environment' });
  expect(said).not.toContain('okta.json');
});

it('prints what works in arx.yaml where the file is not the usual one', async () => {
  const { code, out, err, io } = await configure(['--out', join(folder, 'home', 'mine.json')]);
  expect(code, err).toBe(0);
  expect(out + err).not.toContain(token);
  expect(out).toBe('credentials:\n  okta:\n    vault: ./home/mine.json\n');
  const config = join(folder, 'arx.yaml');
  writeFileSync(config, plainConfig() + out);
  const { arx: env, ...settings } = await loadSettings(io, { config });
  const okta = await oktaSettings({ env, ...settings });
  expect(okta.origin).toBe(domain);
  expect(okta.credential.kind === 'ssws' && okta.credential.token.reveal()).toBe(token);
});

it('makes a configuration valid that has no variables of Okta', async () => {
  const { out, io } = await configure();
  const config = join(folder, 'arx.yaml');
  writeFileSync(config, plainConfig() + out);
  const pieces: string[] = [];
  const checked = new PassThrough().on('data', (piece: Buffer) => pieces.push(piece.toString()));
  expect(
    await main(['config', 'check', '--config', config, '--json'], { ...io, out: checked }),
  ).toBe(0);
  const { valid, environment } = JSON.parse(pieces.join('')) as {
    valid: boolean;
    environment: { problems: { vendor: string }[] };
  };
  expect(valid).toBe(true);
  expect(environment.problems.map(({ vendor }) => vendor)).toEqual(['jira', 'slack']);
  expect(pieces.join('')).not.toContain(token);
});

it('takes the token from standard input, makes the folders of --out, and gives a document', async () => {
  const file = join(folder, 'secrets', 'deep', 'okta.json');
  const argv = ['configure', '--domain', domain, '--token-file', '-', '--out', file, '--json'];
  const { code, out, err } = await arx(argv, { text: `${token}\n` });
  expect(code, out).toBe(0);
  expect(JSON.parse(out)).toEqual({
    schema: 'arx.okta-configured/v1',
    domain,
    file,
    vault: './secrets/deep/okta.json',
    tested: true,
    used: false,
  });
  expect(out + err).not.toContain(token);
  expect([modeOf(dirname(file)), modeOf(dirname(dirname(file)))]).toEqual([0o700, 0o700]);
});

it('asks at a terminal and does not show the token', async () => {
  const { code, err, out } = await arx(['configure'], {
    text: `${domain}\n${token}`,
    terminal: true,
  });
  expect(code, err).toBe(0);
  expect(err).toContain(`Okta domain (such as example.okta.com): ${domain}`);
  expect(err).toContain('API token');
  expect(err + out).not.toContain(token);
  expect(existsSync(stored())).toBe(true);
});

it('ends as interrupted on Ctrl-C at a question', async () => {
  const { code } = await arx(['configure', '--domain', domain], { text: '\u0003', terminal: true });
  expect(code).toBe(130);
  expect(existsSync(stored())).toBe(false);
});

it('stores nothing where Okta refuses the token: exit 4', async () => {
  const wrong = '00wrongTokenThatMustNotShow';
  writeFileSync(join(folder, 'token'), wrong);
  const { code, out, err } = await configure(['--json']);
  expect(code, out).toBe(4);
  expect(JSON.parse(out)).toMatchObject({ schema: 'arx.error/v1', code: 'unauthenticated' });
  expect(out).toContain('Nothing was stored');
  expect(out + err).not.toContain(wrong);
  expect(existsSync(home())).toBe(false);
});

it.each([
  ['the call is forbidden', { status: 403, body: { errorCode: 'E0000006' } }, 'forbidden'],
  ['no user is listed', { status: 200, body: [] }, 'no_users_listed'],
])('says which permission is missing where %s', async (_, answer, code) => {
  await emulators.fault({ vendor: 'okta', pathPattern: '/users\\?', kind: 'status', ...answer });
  const { code: exit, out } = await configure(['--json']);
  expect(exit).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    code,
    remedy: expect.stringMatching(/Read-only Administrator.*users:read/),
  });
  expect(existsSync(stored())).toBe(false);
});

it('leaves entries of the doctor in the trail', async () => {
  await configure();
  const store = await openStore({ databaseUrl: database.databaseUrl });
  try {
    const entries = await store.audit.list({});
    expect(entries.at(-1)?.entry).toMatchObject({
      operation: 'okta:users:read',
      actor: { principal: 'workflow:doctor' },
      surface: 'cli',
    });
    expect(JSON.stringify(entries)).not.toContain(token);
  } finally {
    await store.close();
  }
});

it.each([
  ['an administrator host', ['--domain', 'example-admin.okta.com'], /administrator pages.*-admin/s],
  ['plain http', ['--domain', 'http://example.okta.com'], /plain http/],
  ['a path', ['--domain', 'https://example.okta.com/app'], /has a path/],
  [
    'a token file that is not there',
    ['--token-file', '/nowhere/token'],
    /cannot be read \(ENOENT\)/,
  ],
])('refuses %s: exit 2', async (_, more, says) => {
  const { code, err } = await configure(more);
  expect(code).toBe(2);
  expect(err).toMatch(says);
  expect(existsSync(stored())).toBe(false);
});

it.each([
  ['SSWS before it', 'SSWS 00canary', /begins with SSWS/],
  ['white space in it', '00canary 00canary', /white space/],
  ['nothing', '\n', /contains no token/],
])('refuses a token with %s, without repeating it', async (_, text, says) => {
  writeFileSync(join(folder, 'token'), text);
  const { code, err } = await configure();
  expect(code).toBe(2);
  expect(err).toMatch(says);
  expect(err).not.toContain('00canary');
});

it('asks for flags where there is no terminal', async () => {
  const { code, err } = await arx(['configure', '--domain', domain]);
  expect(code).toBe(2);
  expect(err).toContain('--token-file');
});

it('keeps a file that is there, unless told to replace it', async () => {
  mkdirSync(home());
  writeFileSync(stored(), 'mine', { mode: 0o644 });
  const { code, err } = await configure();
  expect(code).toBe(2);
  expect(err).toContain('--force');
  expect(readFileSync(stored(), 'utf8')).toBe('mine');
  expect((await configure(['--force'])).code).toBe(0);
  expect(JSON.parse(readFileSync(stored(), 'utf8'))).toEqual({ domain, api_token: token });
  expect(modeOf(stored())).toBe(0o600);
});
