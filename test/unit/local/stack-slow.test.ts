import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isAlive } from '../../../src/local/processes.ts';
import { readState, usersOf } from '../../../src/local/stack-state.ts';
import { openStack, stopStack } from '../../../src/local/stack.ts';
import { StackCommands, entries } from '../../support/stack-commands.ts';
import type { ProcessId } from '../../../src/local/processes.ts';
import type { Part } from '../../../src/local/stack-state.ts';
import type { StackOptions } from '../../../src/local/stack.ts';

vi.setConfig({ testTimeout: 120_000 });

const SECONDS = { timeout: 30_000 };
const commands = new StackCommands();
const lines: string[] = [];
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'arx-slow-'));
  lines.length = 0;
});

afterEach(async () => {
  send('SIGCONT', 'temporal', 'store');
  await commands.killAll();
  await stopStack(home);
  rmSync(home, { recursive: true, force: true });
});

const options = (more: Partial<StackOptions> = {}): StackOptions => ({
  home,
  vendorsFingerprint: 'a',
  env: { ...process.env },
  configPath: null,
  ui: false,
  log: (line) => lines.push(line),
  entries,
  handleSignals: false,
  ...more,
});

const processes = () => readState(home)?.processes ?? {};
const living = (ids: (ProcessId | undefined)[]) =>
  ids.filter((id) => id !== undefined && isAlive(id)).length;

function send(signal: NodeJS.Signals, ...stopped: Part[]): void {
  for (const part of stopped) {
    const id = processes()[part];
    if (id !== undefined && isAlive(id)) process.kill(id.pid, signal);
  }
}

test.each([[['temporal']], [['store']], [['temporal', 'store']]] as const)(
  'commands started while %j is stopped wait for it, and then share the stack',
  async (stopped) => {
    const first = commands.start(home);
    const { address } = await first.said;
    const before = processes();
    send('SIGSTOP', ...stopped);
    const late = [commands.start(home), commands.start(home)];
    const here = openStack(options());
    for (const { log } of late)
      await expect.poll(log, SECONDS).toMatch(/waiting for the .* not answering/);
    expect(lines.join()).toContain('`arx up --stop` ends the stack');
    expect(living(Object.values(before))).toBe(4);
    send('SIGCONT', ...stopped);
    expect(await here).toMatchObject({ joined: true, temporal: { address } });
    for (const { said } of late)
      expect(await said).toMatchObject({ ok: true, joined: true, address });
    expect(processes()).toEqual(before);
    await (await here).close();
    for (const one of [first, ...late]) {
      one.send('close');
      expect(await one.ended).toBe(0);
    }
    expect(living(Object.values(before))).toBe(0);
  },
);

test('a wait is interrupted at once, and the stack keeps running for its users', async () => {
  const user = commands.start(home);
  await user.said;
  const before = processes();
  send('SIGSTOP', 'temporal');
  const interrupt = new AbortController();
  let holds = 0;
  const hold = () => {
    holds += 1;
    return () => (holds -= 1);
  };
  const waiting = openStack(options({ interrupts: { signal: interrupt.signal, hold } }));
  await expect.poll(() => usersOf(home), SECONDS).toContain(process.pid);
  expect(holds).toBe(1);
  interrupt.abort();
  await expect(waiting).rejects.toMatchObject({
    code: 'interrupted',
    remedy: expect.stringContaining('--stop'),
  });
  expect(holds).toBe(0);
  expect(usersOf(home)).not.toContain(process.pid);
  expect(living(Object.values(before))).toBe(4);
});

test('a stack that is ended on request while a command waits for it is started again by that command', async () => {
  const user = commands.start(home);
  await user.said;
  const before = processes();
  send('SIGSTOP', 'temporal');
  const waiting = openStack(options());
  await expect.poll(() => usersOf(home), SECONDS).toContain(process.pid);
  const stopped = stopStack(home);
  // The worker ends first; then the server gets SIGTERM, which takes effect once it continues.
  await expect.poll(() => living([before.worker]), SECONDS).toBe(0);
  process.kill(before.temporal?.pid ?? 0, 'SIGCONT');
  expect(await stopped).toBe(true);
  const stack = await waiting;
  expect(stack.joined).toBe(false);
  expect(living(Object.values(before))).toBe(0);
  await stack.close();
});
