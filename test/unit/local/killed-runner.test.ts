import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isAlive } from '../../../src/local/processes.ts';
import { descendantsOf, startTestChild } from '../../support/children.ts';
import { SHARED_SERVERS } from '../../support/shared.ts';
import type { ProcessId } from '../../../src/local/processes.ts';

vi.setConfig({ testTimeout: 240_000 });

const VITEST = resolve('node_modules/vitest/vitest.mjs');
const CONFIG = join(import.meta.dirname, 'stand-ins/runner-config.ts');
const started: ProcessId[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'arx-killed-'));
});
afterEach(() => {
  for (const { pid } of started.splice(0).filter(isAlive)) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/**
 * A test runner whose test has started servers of every kind; returns all processes below it,
 * including those that were detached.
 */
async function startRunner() {
  const file = join(folder, 'started.json');
  const child = startTestChild(process.execPath, [VITEST, 'run', '--config', CONFIG], {
    // With its own shared servers.
    env: { ...process.env, [SHARED_SERVERS]: undefined, ARX_TEST_STARTED: file },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (piece) => (output += String(piece)));
  await expect
    .poll(() => existsSync(file) || child.exitCode !== null, { timeout: 180_000 })
    .toBe(true);
  expect(existsSync(file), output).toBe(true);
  const { fork, named } = JSON.parse(readFileSync(file, 'utf8')) as {
    fork: number;
    named: ProcessId[];
  };
  const below = descendantsOf(child.pid ?? 0);
  const known = new Set(below.map(({ pid }) => pid));
  started.push(...below, ...named.filter(({ pid }) => !known.has(pid)));
  return { child, fork, all: [...started] };
}

test.each(['the test runner', 'the process of a test file'])(
  'after SIGKILL of %s no process keeps running',
  async (killed) => {
    const { child, fork, all } = await startRunner();
    // Runner's fork, guard, Temporal, time-skipping server, PostgreSQL, emulators twice, a command,
    // worker, server.
    expect(all.filter(isAlive).length).toBeGreaterThanOrEqual(10);
    process.kill(killed === 'the test runner' ? (child.pid ?? 0) : fork, 'SIGKILL');
    await expect.poll(() => all.filter(isAlive), { timeout: 20_000 }).toEqual([]);
  },
);
