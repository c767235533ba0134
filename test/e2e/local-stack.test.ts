import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { isAlive } from '../../src/local/processes.ts';
import { readState } from '../../src/local/stack-state.ts';
import { descendantsOf } from '../support/children.ts';
import { CommandLine } from '../support/command-line.ts';
import { startEmulatorProcess } from '../support/emulators.ts';
import type { ProcessId } from '../../src/local/processes.ts';
import type { EmulatorProcess } from '../support/emulators.ts';

vi.setConfig({ testTimeout: 180_000 });

const SECONDS = { timeout: 30_000 };
const CHECK = ['run', 'mfa-enforcement-check', '--local', '--dry-run', '--no-users', '--json'];
let folder: string;
let emulators: EmulatorProcess;
let arx: CommandLine;
let up: Awaited<ReturnType<CommandLine['up']>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'arx-local-'));
  emulators = await startEmulatorProcess({ profile: 'plain', users: 20, rateLimit: 0 });
  arx = new CommandLine(folder, { ...emulators.env, ARX_HOME: join(folder, 'home') });
  up = await arx.up();
}, 180_000);

afterAll(async () => {
  await arx.run(['up', '--stop']);
  await emulators.stop();
  rmSync(folder, { recursive: true, force: true });
});

const processes = () => readState(join(folder, 'home'))?.processes ?? {};
const living = (ids: readonly ProcessId[]) => ids.filter(isAlive);

test('a check waits for a slow Temporal server, and prints a document if the wait is interrupted', async () => {
  const before = processes();
  const temporal = before.temporal?.pid ?? 0;
  process.kill(temporal, 'SIGSTOP');
  try {
    const interrupted = arx.start(CHECK);
    await interrupted.says(/waiting for the Temporal server .*not answering.*`arx up --stop`/);
    interrupted.child.kill('SIGINT');
    const { code, out } = await interrupted.ended;
    expect({ code, document: JSON.parse(out) as unknown }).toMatchObject({
      code: 130,
      document: {
        schema: 'arx.error/v1',
        code: 'interrupted',
        remedy: expect.stringContaining('arx up --stop'),
      },
    });
    const patient = arx.start(CHECK);
    await patient.says(/waiting for the Temporal server/);
    process.kill(temporal, 'SIGCONT');
    const outcome = await patient.ended;
    expect(outcome.code, outcome.err + outcome.out).toBe(0);
  } finally {
    process.kill(temporal, 'SIGCONT');
  }
  expect(processes()).toEqual(before);
});

test('a read-only command waits for a slow store', async () => {
  const { store } = processes();
  process.kill(store?.pid ?? 0, 'SIGSTOP');
  const reading = arx.start(['runs', '--json']);
  await reading.says(/waiting for the store/);
  process.kill(store?.pid ?? 0, 'SIGCONT');
  const outcome = await reading.ended;
  expect(outcome.code, outcome.err + outcome.out).toBe(0);
});

test('after SIGKILL of `arx up` the stack and its HTTP server end', async () => {
  const all = descendantsOf(up.child.pid ?? 0);
  // Guard, Temporal, store, worker, HTTP server.
  expect(all.length).toBeGreaterThanOrEqual(5);
  up.child.kill('SIGKILL');
  await expect.poll(() => living(all), SECONDS).toEqual([]);
  expect(processes()).toEqual({});
});

test('after SIGKILL of a check its own stack ends', async () => {
  const check = arx.start(CHECK);
  await expect.poll(() => Object.keys(processes()).length, SECONDS).toBe(4);
  const all = descendantsOf(check.child.pid ?? 0);
  check.child.kill('SIGKILL');
  await expect.poll(() => living(all), SECONDS).toEqual([]);
});

test('after SIGKILL of `arx emulate` the emulators end', async () => {
  const emulate = arx.start(['emulate', '--users', '20', '--port', '0']);
  await emulate.prints(/arx.emulate\/v1/);
  const all = descendantsOf(emulate.child.pid ?? 0);
  expect(living(all)).toHaveLength(1);
  emulate.child.kill('SIGKILL');
  await expect.poll(() => living(all), SECONDS).toEqual([]);
});
