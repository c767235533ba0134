import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { cpuSeconds, memoryOf } from '../../../bench/support/process-figures.ts';

const HAS_PROC = existsSync('/proc/self/stat');
const BURN = 'const until = Date.now() + 300; while (Date.now() < until);';

it('counts the CPU of children that have ended, and of nobody else', async () => {
  const before = cpuSeconds(process.pid);
  await once(spawn(process.execPath, ['-e', BURN]), 'exit');
  const after = cpuSeconds(process.pid);
  if (!HAS_PROC) expect([before, after]).toEqual([null, null]);
  else expect((after ?? 0) - (before ?? 0)).toBeGreaterThan(0.1);
  expect(cpuSeconds(null)).toBeNull();
});

it('tells the resident memory of a process, the peak not below it', () => {
  const memory = memoryOf(process.pid);
  if (!HAS_PROC) expect(memory).toBeNull();
  else {
    expect(memory?.nowMb).toBeGreaterThan(20);
    expect(memory?.peakMb).toBeGreaterThanOrEqual(memory?.nowMb ?? Infinity);
  }
});
