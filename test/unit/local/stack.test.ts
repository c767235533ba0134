import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { accepts } from '../../../src/local/ports.ts';
import { endProcess, isAlive, ownProcess } from '../../../src/local/processes.ts';
import { readState } from '../../../src/local/stack-state.ts';
import { openStack, stopStack } from '../../../src/local/stack.ts';
import { StackCommands, entries } from '../../support/stack-commands.ts';
import type { ProcessId } from '../../../src/local/processes.ts';
import type { StackOptions } from '../../../src/local/stack.ts';

// Each test starts and ends several servers, perhaps on a slow machine.
vi.setConfig({ testTimeout: 120_000 });

let home: string;
const lines: string[] = [];
const commands = new StackCommands();
const command = () => commands.start(home);

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'arx-stack-'));
  lines.length = 0;
});

afterEach(async () => {
  await commands.killAll();
  await stopStack(home);
  rmSync(home, { recursive: true, force: true });
});

function options(more: Partial<StackOptions> = {}): StackOptions {
  const log = (line: string) => lines.push(line);
  const env = { ...process.env };
  return {
    home,
    vendorsFingerprint: 'a',
    env,
    configPath: null,
    ui: false,
    log,
    entries,
    handleSignals: false,
    ...more,
  };
}

const parts = () => Object.values(readState(home)?.processes ?? {}) as ProcessId[];
const living = (ids: ProcessId[]) => ids.filter(isAlive).length;

test('a stack starts, serves and ends in order: worker, Temporal, store', async () => {
  const stack = await openStack(options());
  expect(stack).toMatchObject({ joined: false, workerMetricsUrl: 'http://127.0.0.1:9/metrics' });
  expect(stack.temporal).toMatchObject({ namespace: 'default', uiUrl: null });
  expect(await accepts(stack.temporal.address)).toBe(true);
  expect(stack.databaseUrl).toMatch(/^postgres:\/\/arx@127\.0\.0\.1:\d+\/arx$/);
  const started = parts();
  expect(living(started)).toBe(4);
  expect(statSync(join(home, 'stack.json')).mode & 0o777).toBe(0o600);
  await stack.close();
  expect(living(started)).toBe(0);
  expect(readFileSync(join(home, 'worker-ended'), 'utf8')).toBe('temporal true, store true\n');
  expect(existsSync(join(home, 'stack.json'))).toBe(false);
});

test('a second command joins; the stack ends with the last one, no matter which one started it', async () => {
  const first = await openStack(options());
  const second = await openStack(options());
  expect(second).toMatchObject({
    joined: true,
    temporal: first.temporal,
    databaseUrl: first.databaseUrl,
  });
  const started = parts();
  await first.close();
  expect(living(started)).toBe(4);
  expect(lines.join()).toContain('the stack keeps running');
  await second.close();
  expect(living(started)).toBe(0);
});

test('other vendors are refused with a remedy while the stack is in use', async () => {
  const stack = await openStack(options());
  const refused = openStack(options({ vendorsFingerprint: 'b' }));
  await expect(refused).rejects.toMatchObject({
    code: 'stack_differs',
    remedy: expect.stringContaining('ARX_HOME'),
  });
  await expect(
    openStack(options({ env: { ...process.env, TEMPORAL_NAMESPACE: 'other' } })),
  ).rejects.toThrow('other vendors');
  await stack.close();
});

test('two commands at once share one stack, and Ctrl-C on both ends it', async () => {
  const [one, two] = [command(), command()];
  const said = await Promise.all([one.said, two.said]);
  expect(said.map(({ joined }) => joined).sort()).toEqual([false, true]);
  expect(said[0]?.address).toBe(said[1]?.address);
  const started = parts();
  one.kill('SIGINT');
  expect(await one.ended).toBe(130);
  expect(living(started)).toBe(4);
  two.kill('SIGTERM');
  expect(await two.ended).toBe(143);
  expect(living(started)).toBe(0);
});

test('the remains of a killed command are ended, and the next one starts again on the same data', async () => {
  const killed = command();
  const before = await killed.said;
  const orphans = parts();
  killed.kill('SIGKILL');
  await killed.ended;
  expect(living(orphans)).toBe(4);
  const stack = await openStack(options({ vendorsFingerprint: 'b' }));
  expect(stack.joined).toBe(false);
  expect(stack.worker.pid).not.toBe(before.worker);
  expect(living(orphans)).toBe(0);
  expect(lines.join()).toContain('clearing away');
  await stack.close();
});

test('a stack survives the kill of the command that started it while another uses it', async () => {
  const killed = command();
  const { address } = await killed.said;
  const stack = await openStack(options());
  killed.kill('SIGKILL');
  await killed.ended;
  const third = await openStack(options());
  expect(third).toMatchObject({ joined: true, temporal: { address } });
  await Promise.all([stack.close(), third.close()]);
});

test('a kept stack outlives its command, is joined, and ends on request', async () => {
  const keeper = command();
  const { address } = await keeper.said;
  const started = parts();
  keeper.send('keep');
  expect(await keeper.ended).toBe(0);
  const stack = await openStack(options());
  expect(stack).toMatchObject({ joined: true, temporal: { address } });
  await stack.close();
  expect(living(started)).toBe(4);
  expect(await stopStack(home)).toBe(true);
  expect(living(started)).toBe(0);
  expect(await stopStack(home)).toBe(false);
});

test('a command that keeps a stack running until interrupted ends it, even if a detached run asked to keep it', async () => {
  const up = await openStack(options());
  const started = parts();
  const detached = await openStack(options());
  await detached.close({ keep: true });
  await up.close({ end: true });
  expect(living(started)).toBe(0);
  expect(readState(home)).toBeNull();
});

test('a command that joined such a stack meanwhile keeps it running, is named, and ends it by leaving', async () => {
  const up = await openStack(options());
  const started = parts();
  const detached = await openStack(options());
  await detached.close({ keep: true });
  const joined = await openStack(options());
  await up.close({ end: true });
  expect(living(started)).toBe(4);
  expect(lines.at(-1)).toMatch(
    new RegExp(`keeps running for process ${process.pid}, .*ends with it`),
  );
  await joined.close();
  expect(living(started)).toBe(0);
});

test('processes of others in the state file are not ended', async () => {
  const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    stdio: 'ignore',
  });
  const worker = { pid: bystander.pid, started: 'some other time' };
  const temporal = { address: '127.0.0.1:1', namespace: 'default', uiUrl: null };
  const stale = {
    fingerprint: 'x',
    complete: true,
    kept: true,
    temporal,
    databaseUrl: null,
    processes: { worker, temporal: worker },
  };
  writeFileSync(join(home, 'stack.json'), JSON.stringify(stale));
  const stack = await openStack(options());
  expect(stack.joined).toBe(false);
  expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
  bystander.kill();
  await stack.close();
});

test('stored data is available again after all parts were killed', async () => {
  const real = options({ entries: { worker: entries.worker } });
  const rows = async (databaseUrl: string, sql: string) => {
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    const answer = await client.query(sql);
    await client.end();
    return answer.rows as unknown[];
  };
  const first = await openStack(real);
  await rows(first.databaseUrl, 'create table kept (n int)');
  await rows(first.databaseUrl, 'insert into kept values (7)');
  const killed = parts();
  for (const { pid } of killed) process.kill(pid, 'SIGKILL');
  await expect.poll(() => living(killed)).toBe(0);
  // The remaining parts are not ended under a command that still uses them.
  await expect(openStack(real)).rejects.toMatchObject({
    code: 'stack_broken',
    remedy: expect.stringContaining('--stop'),
  });
  await first.close();
  const second = await openStack(real);
  expect(second.joined).toBe(false);
  expect(await rows(second.databaseUrl, 'select n from kept')).toEqual([{ n: 7 }]);
  await second.close();
});

test.each([
  '{"fingerprint": "a", "comp',
  '{}',
  '[]',
  '"x"',
  'null',
  '{"processes":{"store":{"pid":0}}}',
])('a damaged record is reported with its path and a remedy: %s', async (text) => {
  const file = join(home, 'stack.json');
  writeFileSync(file, text);
  const told = {
    name: 'ConfigError',
    code: 'stack_record',
    message: expect.stringContaining(`${file}, is damaged`),
    remedy: expect.stringContaining('remove that file'),
    where: { file },
  };
  await expect(openStack(options())).rejects.toMatchObject(told);
  await expect(stopStack(home)).rejects.toMatchObject(told);
  expect(readFileSync(file, 'utf8')).toBe(text);
  rmSync(file);
});

test('the error for a damaged record names the live processes in it', async () => {
  const file = join(home, 'stack.json');
  const processes = { store: ownProcess(), temporal: { pid: 1, started: 'x' } };
  writeFileSync(file, JSON.stringify({ processes }, null, 2).slice(0, -2));
  await expect(stopStack(home)).rejects.toMatchObject({
    remedy: expect.stringContaining(`end process ${process.pid};`),
  });
  rmSync(file);
});

test.each(['temporal', 'store'] as const)(
  'the supervisor of a stack is told that its %s was killed',
  async (part) => {
    const stack = await openStack(options({ superviseWorker: true }));
    const started = parts();
    const killed = readState(home)?.processes[part] as ProcessId;
    await endProcess(killed, 0);
    expect(await stack.ended).toEqual({
      how: 'broken',
      part: expect.stringContaining(`(process ${killed.pid})`),
    });
    await stack.close({ end: true });
    expect(living(started)).toBe(0);
    expect(readState(home)).toBeNull();
  },
);

test.each(['removed', 'damaged'])(
  'the supervisor of a stack is told that its record was %s',
  async (how) => {
    const stack = await openStack(options({ superviseWorker: true }));
    const started = parts();
    const file = join(home, 'stack.json');
    if (how === 'removed') rmSync(file);
    else writeFileSync(file, '{');
    expect(await stack.ended).toEqual({ how: 'lost' });
    await stack.close({ end: true });
    await expect.poll(() => living(started), { timeout: 30_000 }).toBe(0);
    rmSync(file, { force: true });
  },
);

test('a killed worker is restarted on request, by a joiner, and by supervision', async () => {
  const stack = await openStack(options());
  const worker = () => readState(home)?.processes.worker as ProcessId;
  const killed = worker();
  process.kill(killed.pid, 'SIGKILL');
  await stack.worker.restart();
  expect(isAlive(worker())).toBe(true);
  expect(stack.worker.pid).not.toBe(killed.pid);
  await endProcess(worker(), 0);
  const joiner = await openStack(options({ superviseWorker: true }));
  expect(joiner.joined).toBe(true);
  expect(isAlive(worker())).toBe(true);
  const third = worker();
  await endProcess(third, 0);
  await expect
    .poll(() => worker().pid !== third.pid && isAlive(worker()), { timeout: 10_000 })
    .toBe(true);
  await Promise.all([joiner.close(), stack.close()]);
});

test('the supervisor of the worker is told when another command ends the stack, and starts no worker', async () => {
  const stack = await openStack(options({ superviseWorker: true }));
  const started = parts();
  expect(await stopStack(home)).toBe(true);
  expect(await stack.ended).toEqual({ how: 'ended' });
  await stack.worker.restart();
  await stack.close({ end: true });
  expect({ state: readState(home), living: living(started), pid: stack.worker.pid }).toEqual({
    state: null,
    living: 0,
    pid: 0,
  });
  expect(lines.filter((line) => line.includes('starting another'))).toEqual([]);
  // A stack that is started afterwards is a different one.
  const old = await openStack(options({ superviseWorker: true }));
  await stopStack(home);
  const next = await openStack(options());
  await old.ended;
  const worker = readState(home)?.processes.worker;
  await old.worker.restart();
  await old.close({ end: true });
  expect(readState(home)?.processes.worker).toEqual(worker);
  await next.close();
});

test('a worker that does not start reports its own error, or its last output, and leaves nothing running', async () => {
  const schema = 'arx.error/v1';
  const said = JSON.stringify({
    schema,
    code: 'okta_token',
    message: 'no token',
    remedy: 'Set OKTA_API_TOKEN.',
  });
  const failing = (STAND_IN_ERROR: string) =>
    openStack(options({ env: { ...process.env, STAND_IN_ERROR } }));
  await expect(failing(said)).rejects.toMatchObject({
    code: 'okta_token',
    remedy: 'Set OKTA_API_TOKEN.',
  });
  await expect(failing('')).rejects.toMatchObject({
    code: 'worker_start',
    message: expect.stringContaining('a last word'),
  });
  expect(readState(home)).toBeNull();
});

test('TEMPORAL_ADDRESS and DATABASE_URL replace the embedded parts, and the password is not in the state', async () => {
  const outer = await openStack(options());
  const inner = mkdtempSync(join(tmpdir(), 'arx-stack-'));
  const host = new URL(outer.databaseUrl).host;
  const DATABASE_URL = `postgres://arx:hunter2@${host}/arx`;
  const env = { ...process.env, TEMPORAL_ADDRESS: outer.temporal.address, DATABASE_URL };
  const stack = await openStack(options({ home: inner, env }));
  expect(stack).toMatchObject({
    databaseUrl: DATABASE_URL,
    temporal: { address: outer.temporal.address },
  });
  expect(Object.keys(readState(inner)?.processes ?? {})).toEqual(['guard', 'worker']);
  expect(readFileSync(join(inner, 'stack.json'), 'utf8')).not.toContain('hunter2');
  await stack.close();
  expect(await accepts(outer.temporal.address)).toBe(true);
  await outer.close();
  rmSync(inner, { recursive: true });
});
