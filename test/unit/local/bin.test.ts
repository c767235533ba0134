import { execFile, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const run = promisify(execFile);
let root: string;
let elsewhere: string;

/** A miniature checkout whose command line prints how it was called. */
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'arx bin-')));
  elsewhere = realpathSync(mkdtempSync(join(tmpdir(), 'arx-cwd-')));
  for (const folder of ['bin', 'src', 'node_modules/.bin', 'path'])
    mkdirSync(join(root, folder), { recursive: true });
  copyFileSync(join(import.meta.dirname, '../../../bin/arx'), join(root, 'bin/arx'));
  writeFileSync(
    join(root, 'src/cli.ts'),
    `const args: string[] = process.argv.slice(2);
     if (args[0] === 'exit') process.exit(Number(args[1]));
     if (args[0] === 'wait') { process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000); }
     console.log(JSON.stringify({ args, cwd: process.cwd(), node: process.execPath, pid: process.pid }));`,
  );
  symlinkSync(process.execPath, join(root, 'node_modules/.bin/node'));
});

afterEach(() => {
  for (const folder of [root, elsewhere]) rmSync(folder, { recursive: true, force: true });
});

const told = ({ stdout }: { stdout: string }) =>
  JSON.parse(stdout) as { args: string[]; cwd: string; pid: number };

function fakeNode(folder: string, version: string): void {
  rmSync(join(root, folder, 'node'), { force: true });
  writeFileSync(
    join(root, folder, 'node'),
    `#!/bin/sh\n[ "$1" = --version ] && echo ${version} || echo "fake $*"\n`,
  );
  chmodSync(join(root, folder, 'node'), 0o755);
}

test('passes arguments and working directory on, prints no warnings, and works through relative and absolute links', async () => {
  symlinkSync(join(root, 'bin/arx'), join(elsewhere, 'one'));
  symlinkSync('one', join(elsewhere, 'two'));
  for (const path of [join(root, 'bin/arx'), join(elsewhere, 'two')]) {
    const answer = await run(path, ['a b', '', '*', '--x=$HOME'], { cwd: elsewhere });
    expect(told(answer)).toMatchObject({ args: ['a b', '', '*', '--x=$HOME'], cwd: elsewhere });
    expect(answer.stderr).toBe('');
  }
});

test('keeps the exit code, and is itself the process that gets the signal', async () => {
  await expect(run(join(root, 'bin/arx'), ['exit', '7'])).rejects.toMatchObject({ code: 7 });
  const child = spawn(join(root, 'bin/arx'), ['wait'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise<string>((resolve) =>
    child.stdout.once('data', (chunk) => resolve(String(chunk))),
  );
  expect(told({ stdout: line }).pid).toBe(child.pid);
  child.kill('SIGTERM');
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(7);
});

test.each([
  ['v22.18.9', 'v22.19.0', true],
  ['v20.19.0', 'v24.0.0', true],
  ['v22.18.9', 'v9.99.0', false],
])('with Node %s of its own and %s in PATH: runs %s', async (own, machine, runs) => {
  fakeNode('node_modules/.bin', own);
  fakeNode('path', machine);
  const env = { PATH: `${join(root, 'path')}:/usr/bin:/bin` };
  const outcome = run(join(root, 'bin/arx'), ['x'], { env });
  if (runs) expect((await outcome).stdout).toContain(`${root}/src/cli.ts x`);
  else
    await expect(outcome).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('needs Node 22.19'),
    });
});

describe('the bundle in dist', () => {
  const at = (path: string, seconds: number) => {
    const file = join(root, path);
    if (!existsSync(file)) writeFileSync(file, `console.log('${path}');`);
    utimesSync(file, seconds, seconds);
  };
  const entryThatRuns = async () => (await run(join(root, 'bin/arx'))).stdout.trim();

  beforeEach(() => {
    mkdirSync(join(root, 'dist'));
    rmSync(join(root, 'src/cli.ts'));
    at('dist/cli.js', 2_000_000_000);
    at('src/cli.ts', 1_000_000_000);
    writeFileSync(join(root, 'package.json'), '{"type":"module"}');
    at('package.json', 1_000_000_000);
    utimesSync(join(root, 'src'), 1_000_000_000, 1_000_000_000);
  });

  test('runs if nothing has changed since it was made', async () => {
    expect(await entryThatRuns()).toBe('dist/cli.js');
  });

  test.each(['src/cli.ts', 'src/another.ts', 'package.json'])(
    'gives way to the sources if %s is newer',
    async (path) => {
      at(path, 2_000_000_001);
      expect(await entryThatRuns()).toBe('src/cli.ts');
    },
  );

  test('gives way to the sources if one was removed', async () => {
    utimesSync(join(root, 'src'), 2_000_000_001, 2_000_000_001);
    expect(await entryThatRuns()).toBe('src/cli.ts');
  });
});
