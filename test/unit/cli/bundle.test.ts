import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleCommandLine } from '../../../build/command-line.js';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../../..');
let folder: string;

// Within the repository, where the packages are found.
beforeAll(async () => {
  const cache = join(ROOT, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, 'arx-bundle-'));
  await bundleCommandLine(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const outputOf = async (entry: string, ...words: string[]) => {
  const args = ['--disable-warning=ExperimentalWarning', entry, ...words];
  return run(process.execPath, args).catch((failed: { stdout: string; stderr: string }) => failed);
};

test.each([
  [['--help']],
  [['--version']],
  [['approvals', 'list', '--help']],
  [['policy', 'explain', 'okta:users:list', '--json']],
  [['config', 'check', '--json']],
  [['runs', '--limit', 'none']],
])('the bundle says what the sources say to %j', async (words) => {
  const [bundled, source] = await Promise.all([
    outputOf(join(folder, 'cli.js'), ...words),
    outputOf(join(ROOT, 'src/cli.ts'), ...words),
  ]);
  expect(bundled.stdout + bundled.stderr).toBe(source.stdout + source.stderr);
  expect(bundled.stdout + bundled.stderr).not.toBe('');
});
