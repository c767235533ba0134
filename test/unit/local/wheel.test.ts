import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CLI_WHEEL } from '../../../src/local/temporal-install.ts';
import { installWheel } from '../../../src/local/wheel.ts';
import { TEST_SERVER_WHEEL } from '../../support/time-skipping-server.ts';
import type { Wheel } from '../../../src/local/wheel.ts';

const FILE = 'some_tool-1.2.3-py3-none-any.whl';
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'arx-wheel-'));
  mkdirSync(join(root, 'index'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Creates a wheel in a folder that serves pip as an index; returns its hash. */
function makeWheel(script: string): string {
  const tree = join(root, 'tree');
  mkdirSync(join(tree, 'some_tool-1.2.3.data/scripts'), { recursive: true });
  mkdirSync(join(tree, 'some_tool-1.2.3.dist-info'));
  writeFileSync(join(tree, 'some_tool-1.2.3.data/scripts/tool'), script);
  const info = (name: string, text: string) =>
    writeFileSync(join(tree, 'some_tool-1.2.3.dist-info', name), text);
  info('METADATA', 'Metadata-Version: 2.1\nName: some-tool\nVersion: 1.2.3\n');
  info('WHEEL', 'Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-any\n');
  info('RECORD', '');
  const file = join(root, 'index', FILE);
  execFileSync('python3', [
    '-m',
    'zipfile',
    '-c',
    file,
    ...readdirSync(tree).map((name) => join(tree, name)),
  ]);
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function install(sha256: string): Promise<void> {
  const wheel: Wheel = {
    name: 'some-tool',
    version: '1.2.3',
    executable: 'tool',
    megabytes: 1,
    sha256: { here: sha256, elsewhere: '0'.repeat(64) },
  };
  const env = { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: join(root, 'index') };
  return installWheel(wheel, { env, target: join(root, 'tool'), log: () => undefined });
}

test('the executable of a wheel with one of the pinned hashes is installed', async () => {
  await install(makeWheel('#!/bin/sh\necho it runs\n'));
  expect(execFileSync(join(root, 'tool'), { encoding: 'utf8' })).toBe('it runs\n');
  expect(readdirSync(root).sort()).toEqual(['index', 'tool', 'tree']);
});

test('a wheel with any other hash is refused, and nothing is left behind', async () => {
  makeWheel('#!/bin/sh\necho evil\n');
  const failed = await install('1'.repeat(64)).catch((error: unknown) => error);
  expect((failed as { stderr: string }).stderr).toContain('DO NOT MATCH THE HASHES');
  expect(readdirSync(root).sort()).toEqual(['index', 'tree']);
});

test.each([CLI_WHEEL, TEST_SERVER_WHEEL])(
  '$name is pinned for every platform of the README',
  ({ sha256 }) => {
    expect(Object.keys(sha256).sort()).toEqual([
      'darwin-arm64',
      'darwin-x64',
      'linux-arm64',
      'linux-x64',
    ]);
    expect(new Set(Object.values(sha256)).size).toBe(4);
    for (const hash of Object.values(sha256)) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  },
);
