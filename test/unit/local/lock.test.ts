import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isLocked, withLock } from '../../../src/local/lock.ts';
import { accepts, freePort } from '../../../src/local/ports.ts';
import { startChild } from '../../../src/local/children.ts';
import {
  endProcess,
  isAlive,
  ownProcess,
  startTime,
  systemEnv,
} from '../../../src/local/processes.ts';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'arx-lock-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('has only one holder at a time, even if the work fails', async () => {
  const path = join(root, 'deep/lock');
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside--;
    throw new Error('work failed');
  };
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => withLock(path, work)));
  expect(outcomes.every((outcome) => outcome.status === 'rejected')).toBe(true);
  expect(most).toBe(1);
  expect(existsSync(path)).toBe(false);
});

test.each([
  ['of a dead process', JSON.stringify({ pid: spawnSync('true').pid, started: 'x' })],
  ['of a pid that was given to another', JSON.stringify({ pid: process.pid, started: 'earlier' })],
  ['that is garbage', 'garbage'],
  ['that names no process', JSON.stringify({ pid: 0, started: null })],
  ['without a start time', JSON.stringify({ pid: process.pid, started: '' })],
])('a lock %s is broken', async (_, text) => {
  const path = join(root, 'lock');
  writeFileSync(path, text);
  expect(await Promise.all([1, 2, 3].map((n) => withLock(path, () => Promise.resolve(n))))).toEqual(
    [1, 2, 3],
  );
});

test('a process that is stopped while it breaks a stale lock is left alone, and a killed one is not waited for', async () => {
  const path = join(root, 'lock');
  writeFileSync(path, 'garbage');
  writeFileSync(`${path}.breaker`, JSON.stringify(ownProcess()));
  utimesSync(`${path}.breaker`, 0, 0);
  let taken = false;
  const waiting = withLock(path, () => Promise.resolve((taken = true)));
  expect(taken).toBe(false);
  expect(existsSync(`${path}.breaker`)).toBe(true);
  writeFileSync(`${path}.breaker`, JSON.stringify({ pid: spawnSync('true').pid, started: 'x' }));
  expect(await waiting).toBe(true);
  expect(readdirSync(root)).toEqual([]);
});

test('waiting for a live holder can be interrupted, and holds back the signal until then', async () => {
  const path = join(root, 'lock');
  const interrupt = new AbortController();
  let held = 0;
  const hold = () => {
    held += 1;
    return () => (held -= 1);
  };
  await withLock(path, async () => {
    const waiting = withLock(
      path,
      () => Promise.resolve(),
      () => interrupt.abort(),
      { signal: interrupt.signal, hold },
    );
    expect(isLocked(path)).toBe(true);
    await expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
    expect(held).toBe(0);
  });
  expect(isLocked(path)).toBe(false);
});

test('a process is identified by pid and start time, and is killed if it ignores SIGTERM', async () => {
  expect(isAlive(ownProcess())).toBe(true);
  expect(startTime(2 ** 22 + 1)).toBeNull();
  const outFile = join(root, 'out');
  const script = 'trap "" TERM; echo up; while :; do sleep 0.1; done';
  const child = await startChild({
    command: 'sh',
    args: ['-c', script],
    env: process.env,
    outFile,
    errFile: outFile,
  });
  await endProcess({ pid: child.pid, started: 'not that one' }, 100);
  expect(child.running()).toBe(true);
  await expect.poll(() => readFileSync(outFile, 'utf8')).toBe('up\n');
  await endProcess(child, 100);
  expect(await child.ended).toBe('SIGKILL');
  expect(isAlive(child)).toBe(false);
});

test('a command that does not exist is an error, not a crash', async () => {
  const outFile = join(root, 'out');
  const start = startChild({
    command: join(root, 'nothing'),
    args: [],
    env: {},
    outFile,
    errFile: outFile,
  });
  await expect(start).rejects.toThrow('ENOENT');
});

test('third-party programs get only the variables that they need', () => {
  const env = {
    PATH: 'p',
    HOME: 'h',
    GOPROXY: 'g',
    https_proxy: 'x',
    OKTA_API_TOKEN: 's',
    DATABASE_URL: 's',
  };
  expect(Object.keys(systemEnv(env)).sort()).toEqual(['GOPROXY', 'HOME', 'PATH', 'https_proxy']);
});

test('free ports can be listened on, and none is returned twice', async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, freePort));
  expect(new Set(ports).size).toBe(20);
  expect(await accepts(`127.0.0.1:${ports[0]}`)).toBe(false);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(ports[0], '127.0.0.1', resolve));
  expect(await accepts(`127.0.0.1:${ports[0]}`)).toBe(true);
  server.close();
});
