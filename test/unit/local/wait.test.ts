import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { InterruptedError, waitFor } from '../../../src/local/wait.ts';

const lines: string[] = [];
const about = {
  what: () => 'the store',
  remedy: 'Ctrl-C ends this.',
  log: (line: string) => void lines.push(line),
};

beforeEach(() => {
  vi.useFakeTimers();
  lines.length = 0;
});
afterEach(() => vi.useRealTimers());

test('a wait lasts as long as it takes, and prints a message after a while and then repeatedly', async () => {
  let found: string | null = null;
  const waiting = waitFor(() => found, about);
  await vi.advanceTimersByTimeAsync(2_900);
  expect(lines).toEqual([]);
  await vi.advanceTimersByTimeAsync(100);
  expect(lines).toEqual(['waiting for the store, for 3 s so far. Ctrl-C ends this.']);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(lines).toHaveLength(121);
  found = 'there';
  await vi.advanceTimersByTimeAsync(100);
  expect(await waiting).toBe('there');
  expect(vi.getTimerCount()).toBe(0);
});

test('a poll that does not return blocks neither messages nor interrupts', async () => {
  const interrupt = new AbortController();
  const released = vi.fn();
  const interrupts = { signal: interrupt.signal, hold: () => released };
  const waiting = waitFor(() => new Promise<null>(() => undefined), { ...about, interrupts });
  const refused = expect(waiting).rejects.toThrow(InterruptedError);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(lines).toHaveLength(1);
  expect(released).not.toHaveBeenCalled();
  interrupt.abort();
  await refused;
  expect(released).toHaveBeenCalledOnce();
});
