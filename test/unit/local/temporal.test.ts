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
import { findTemporal, startTemporal } from '../../../src/local/temporal.ts';
import type { AddressInfo } from 'node:net';
import type { InstallContext } from '../../../src/local/temporal-install.ts';

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

test('the order is: named, PATH, cache, download, build', async () => {
  const count = join(root, 'count');
  const named = executable('named', 'my-temporal');
  const onPath = executable('one', 'temporal');
  executable('go', 'go', BUILDING_GO.replace('$COUNT', count));
  const find = (env: Record<string, string>, download = noInternet as typeof downloading) =>
    findTemporal({ env, cacheDir, log, download });

  expect(await find({ TEMPORAL_CLI_PATH: named, PATH: path('one') })).toEqual({
    path: named,
    how: 'TEMPORAL_CLI_PATH',
  });
  expect(await find({ PATH: path('empty', 'one') })).toEqual({ path: onPath, how: 'PATH' });
  const cached = join(cacheDir, 'temporal');
  expect(await find({ PATH: path('go') })).toEqual({ path: cached, how: 'go install' });
  expect(readFileSync(count, 'utf8')).toBe('install github.com/temporalio/cli/cmd/temporal@v1.5.1\n');
  expect(lines[0]).toContain('building the Temporal CLI with Go');
  expect(await find({ PATH: path('go') })).toEqual({ path: cached, how: 'cache' });
  rmSync(cached);
  expect(await find({ PATH: path('go') }, downloading)).toEqual({ path: cached, how: 'SDK download' });
  expect(readdirSync(cacheDir)).toEqual(['temporal']);
});

test('two searches at once build once', async () => {
  const count = join(root, 'count');
  executable('go', 'go', BUILDING_GO.replace('$COUNT', count));
  const find = () => findTemporal({ env: { PATH: path('go') }, cacheDir, log, download: noInternet });
  const found = await Promise.all([find(), find()]);
  expect(found.map(({ how }) => how).sort()).toEqual(['cache', 'go install']);
  expect(readFileSync(count, 'utf8').trim().split('\n')).toHaveLength(1);
  expect(lines.join('\n')).toContain('waiting for process');
});

test('one error lists what was tried and how to install', async () => {
  executable('go', 'go', 'echo "no route to host" >&2; exit 1');
  const find = (env: Record<string, string>) => findTemporal({ env, cacheDir, log, download: noInternet });
  const failed = await find({ PATH: path('go') }).catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: 'temporal_cli_missing', remedy: expect.stringContaining('TEMPORAL_ADDRESS') });
  const { message } = failed as Error;
  for (const told of ['TEMPORAL_CLI_PATH: not set', 'PATH: no temporal', 'cache: no', 'SDK download: no internet']) {
    expect(message).toContain(told);
  }
  expect(message).toContain('go install: no route to host');
  expect(readdirSync(cacheDir)).toEqual([]);
  await expect(findTemporal({ env: { PATH: join(root, 'x') }, cacheDir, log, download: noInternet })).rejects.toThrow(
    'no go in PATH',
  );
  await expect(find({ TEMPORAL_CLI_PATH: join(root, 'go'), PATH: path() })).rejects.toMatchObject({
    code: 'temporal_cli_path',
  });
});

test('a file that cannot be executed, or a folder of that name, is passed over', async () => {
  chmodSync(executable('plain', 'temporal'), 0o644);
  mkdirSync(join(root, 'folder/temporal'), { recursive: true });
  const good = executable('good', 'temporal');
  const env = { PATH: path('plain', 'folder', 'good') };
  expect(await findTemporal({ env, cacheDir, log, download: noInternet })).toEqual({ path: good, how: 'PATH' });
});

test('the cache follows XDG_CACHE_HOME', () => {
  expect(cacheDirectory({ XDG_CACHE_HOME: '/x', HOME: '/h' })).toBe('/x/arx');
  expect(cacheDirectory({ HOME: '/h' })).toBe('/h/.cache/arx');
});

test('a server keeps its state in its file, takes search attributes again, serves the UI and gets no credentials', async () => {
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
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'arx-test' });
  expect(Object.keys(customAttributes ?? {})).toContain('ArxRun');
  await connection.close();
  await first.close();
  expect(isAlive(first.process)).toBe(false);
  expect(readFileSync(environment, 'utf8')).not.toContain('canary');
  const second = await start();
  expect(existsSync(join(root, 'temporal.db'))).toBe(true);
  await second.close();
});

test('a server that does not start says why, and its port being taken is told', async () => {
  const broken = executable('broken', 'temporal', 'echo "unknown flag --ip" >&2; exit 3');
  const start = startTemporal({ path: broken, dbFile: null, uiPort: null, namespace: 'x', env: process.env });
  await expect(start).rejects.toMatchObject({
    code: 'temporal_start',
    message: expect.stringContaining('unknown flag'),
  });
  await expect(start).rejects.toThrow('exit code 3');

  const { path: cli } = await findTemporal({ env: process.env, cacheDir: cacheDirectory(process.env), log });
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const { port } = holder.address() as AddressInfo;
  const taken = startTemporal({ path: cli, dbFile: null, port, uiPort: null, namespace: 'x', env: process.env });
  await expect(taken).rejects.toThrow('address already in use');
  holder.close();
});
