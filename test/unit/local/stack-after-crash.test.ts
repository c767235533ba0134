import { setTimeout } from 'node:timers/promises';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { withLock } from '../../../src/local/lock.ts';
import { endProcess, isAlive, startTime } from '../../../src/local/processes.ts';
import { readState, stackFiles, usersOf, writeState } from '../../../src/local/stack-state.ts';
import { endIfUnused } from '../../../src/local/stack-unused.ts';
import { stopStack } from '../../../src/local/stack.ts';
import { startTestChild } from '../../support/children.ts';
import { StackCommands } from '../../support/stack-commands.ts';
import type { ProcessId } from '../../../src/local/processes.ts';

vi.setConfig({ testTimeout: 120_000 });

const SECONDS = { timeout: 30_000 };
const commands = new StackCommands();
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'arx-crash-'));
});

afterEach(async () => {
  await commands.killAll();
  await stopStack(home);
  rmSync(home, { recursive: true, force: true });
});

const parts = () => Object.values(readState(home)?.processes ?? {}) as ProcessId[];
const living = (ids: ProcessId[]) => ids.filter(isAlive).length;
const guard = () => readState(home)?.processes.guard as ProcessId;

test('after SIGKILL of all its commands a stack ends in order, and its record is removed', async () => {
  const [one, two] = [commands.start(home), commands.start(home)];
  await Promise.all([one.said, two.said]);
  const started = parts();
  expect(living(started)).toBe(4);
  one.kill();
  await one.ended;
  expect(await endIfUnused(home, guard().pid)).toBe('needed');
  two.kill();
  await expect.poll(() => living(started), SECONDS).toBe(0);
  expect(readFileSync(join(home, 'worker-ended'), 'utf8')).toBe('temporal true, store true\n');
  expect(existsSync(stackFiles(home).state)).toBe(false);
});

test('after SIGKILL of a command that is starting a stack nothing is left of it', async () => {
  const starting = commands.start(home, { STAND_IN_SLOW: '1' });
  await expect.poll(() => parts().length, SECONDS).toBe(4);
  const started = parts();
  expect(readState(home)?.complete).toBe(false);
  starting.kill();
  await expect.poll(() => living(started), SECONDS).toBe(0);
  await expect.poll(() => existsSync(stackFiles(home).state), SECONDS).toBe(false);
});

test('a kept stack survives the kill of its commands', async () => {
  const [keeper, killed] = [commands.start(home), commands.start(home)];
  await Promise.all([keeper.said, killed.said]);
  keeper.send('keep');
  await keeper.ended;
  killed.kill();
  await killed.ended;
  expect(usersOf(home)).toEqual([]);
  expect(await endIfUnused(home, guard().pid)).toBe('needed');
  expect(living(parts())).toBe(4);
});

test('a command that is stopped still uses its stack', async () => {
  const stopped = commands.start(home);
  await stopped.said;
  stopped.kill('SIGSTOP');
  expect(await endIfUnused(home, guard().pid)).toBe('needed');
  stopped.kill('SIGCONT');
  stopped.send('close');
  expect(await stopped.ended).toBe(0);
  expect(parts()).toEqual([]);
});

test('nothing is ended while a command starts, joins or ends the stack', async () => {
  writeState(home, record({ guard: { pid: process.pid, started: 'x' } }));
  await withLock(stackFiles(home).lock, async () => {
    expect(await endIfUnused(home, process.pid)).toBe('needed');
  });
  expect(await endIfUnused(home, process.pid)).toBe('over');
  expect(readState(home)).toBeNull();
});

test('the guard of a stack leaves alone another stack that replaced it', async () => {
  const other = record({ guard: { pid: process.pid + 1, started: 'x' } });
  writeState(home, other);
  expect(await endIfUnused(home, process.pid)).toBe('over');
  expect(readState(home)).toEqual(other);
  rmSync(home, { recursive: true });
  expect(await endIfUnused(home, process.pid)).toBe('over');
});

test.each([
  ['the folder of a running stack was moved', () => renameSync(home, `${home}-moved`)],
  [
    'the folder of a running stack was removed',
    () => rmSync(home, { recursive: true, maxRetries: 5 }),
  ],
  ['the record of a running stack was removed', () => rmSync(stackFiles(home).state)],
  [
    'the record of a running stack was damaged',
    () => writeFileSync(stackFiles(home).state, '{"fingerprint": "a"'),
  ],
])('where %s, its guard ends what it remembers, and itself', async (_, lose) => {
  const user = commands.start(home);
  await user.said;
  const started = parts();
  expect(living(started)).toBe(4);
  // The worker of this test is ready at once; a real one gives the guard seconds to see it
  // recorded.
  await setTimeout(300);
  lose();
  const before = existsSync(home);
  await expect.poll(() => living(started), SECONDS).toBe(0);
  expect(existsSync(home)).toBe(before);
  user.send('close');
  expect(await user.ended).toBe(0);
  expect(existsSync(home)).toBe(before);
  rmSync(stackFiles(home).state, { force: true });
  rmSync(`${home}-moved`, { recursive: true, force: true });
});

test('the processes that a guard remembers are left alone while a command holds the lock, and if the record names them', async () => {
  const [shared, left] = [sleeper(), sleeper()];
  const memory = () => ({ processes: { worker: left, store: shared }, missedAt: -Infinity });
  await withLock(stackFiles(home).lock, async () => {
    expect(await endIfUnused(home, process.pid, memory())).toBe('needed');
  });
  expect(living([shared, left])).toBe(2);
  writeState(home, record({ guard: { pid: process.pid + 1, started: 'x' }, store: shared }));
  expect(await endIfUnused(home, process.pid, memory())).toBe('over');
  expect([shared, left].map(isAlive)).toEqual([true, false]);
  rmSync(stackFiles(home).state);
  expect(await endIfUnused(home, process.pid, memory())).toBe('over');
  expect(isAlive(shared)).toBe(false);
});

test('a record that is missing for a moment ends nothing', async () => {
  const store = sleeper();
  const own = record({ guard: { pid: process.pid, started: 'x' }, store });
  const memory = { processes: { store }, missedAt: null };
  expect(await endIfUnused(home, process.pid, memory)).toBe('needed');
  expect(memory.missedAt).not.toBeNull();
  writeState(home, { ...own, kept: true });
  expect(await endIfUnused(home, process.pid, memory)).toBe('needed');
  expect(memory).toEqual({ processes: { store }, missedAt: null });
  expect(isAlive(store)).toBe(true);
});

test('a user that is registering is not mistaken for a dead one', () => {
  writeState(home, record({}));
  writeFileSync(join(home, '17.entering.new'), '');
  expect(usersOf(home)).toEqual([]);
  expect(existsSync(join(home, '17.entering.new'))).toBe(true);
});

test('a guard that was killed is replaced by the next command', async () => {
  const first = commands.start(home);
  await first.said;
  const killed = guard();
  await endProcess(killed, 0);
  const second = commands.start(home);
  await second.said;
  const started = parts();
  expect(guard()).not.toEqual(killed);
  expect(living(started)).toBe(4);
  first.kill();
  second.kill();
  await expect.poll(() => living(started), SECONDS).toBe(0);
});

/** A process that does nothing. */
function sleeper(): ProcessId {
  const { pid = 0 } = startTestChild(process.execPath, ['-e', 'setInterval(() => {}, 60_000)'], {
    stdio: 'ignore',
  });
  return { pid, started: startTime(pid) ?? '' };
}

function record(processes: { guard?: ProcessId; store?: ProcessId }) {
  return {
    fingerprint: 'x',
    complete: true,
    kept: false,
    temporal: { address: '127.0.0.1:1', namespace: 'default', uiUrl: null },
    databaseUrl: null,
    workerMetricsUrl: null,
    processes,
  };
}
