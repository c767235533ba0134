/**
 * The decisions of a stack's guard: whether the stack is still needed, and whether its record is
 * lost.
 */

import { existsSync } from 'node:fs';
import { isLocked, withLock } from './lock.ts';
import { isAlive } from './processes.ts';
import { endAll, endParts } from './stack-end.ts';
import { isNeeded, readRecord, stackFiles } from './stack-state.ts';
import type { StackState } from './stack-state.ts';

/**
 * How long a record may be missing or damaged, so that the commands that use the stack notice it
 * first.
 */
const LOST_AFTER_MS = 3_000;

/** What a guard remembers about its stack. */
export interface Memory {
  /** The processes last recorded, without the guard. */
  processes: StackState['processes'];
  /** When the record was first found missing, in `performance.now()` time. */
  missedAt: number | null;
}

type Verdict = 'needed' | 'over';

/**
 * Ends the stack of a state folder if it is no longer needed or its record is lost. Returns whether
 * the guard still has something to guard. Decides nothing while a command that starts, joins or
 * ends the stack holds its lock.
 */
export async function endIfUnused(
  home: string,
  guardPid: number,
  memory: Memory = { processes: {}, missedAt: null },
): Promise<Verdict> {
  const { lock } = stackFiles(home);
  const seen = readRecord(home);
  if (isOwn(seen, guardPid)) {
    remember(memory, seen);
    if (isNeeded(home, seen)) return 'needed';
  }
  if (isLocked(lock)) return 'needed';
  if (seen === null || seen === 'damaged') {
    if (livingOf(memory).length === 0) return 'over';
    memory.missedAt ??= performance.now();
    if (performance.now() - memory.missedAt < LOST_AFTER_MS) return 'needed';
  }
  const decide = () => decideLocked(home, guardPid, memory);
  // Taking the lock would recreate a folder that was moved or removed.
  return existsSync(home) ? await withLock(lock, decide) : await decide();
}

/** Remembers the processes that are recorded now. */
export function rememberRecord(home: string, guardPid: number, memory: Memory): void {
  const seen = readRecord(home);
  if (isOwn(seen, guardPid)) remember(memory, seen);
}

async function decideLocked(home: string, guardPid: number, memory: Memory): Promise<Verdict> {
  const now = readRecord(home);
  if (!isOwn(now, guardPid)) {
    await endRemembered(memory, now);
    return 'over';
  }
  remember(memory, now);
  if (isNeeded(home, now)) return 'needed';
  process.stderr.write('no command uses the stack any more: ending it\n');
  await endAll(home, now, 'guard');
  return 'over';
}

/**
 * Ends the live processes of a stack whose record is lost, except those that the present record
 * names.
 */
async function endRemembered(memory: Memory, record: StackState | 'damaged' | null): Promise<void> {
  const others = record === null || record === 'damaged' ? [] : Object.values(record.processes);
  const left = livingOf(memory).filter(
    ([, id]) => !others.some(({ pid, started }) => pid === id.pid && started === id.started),
  );
  if (left.length === 0) return;
  process.stderr.write('the record of the stack is lost: ending its remaining processes\n');
  await endParts(Object.fromEntries(left));
}

const livingOf = ({ processes }: Memory) =>
  Object.entries(processes).filter(([, id]) => isAlive(id));

function remember(memory: Memory, { processes: { guard: _self, ...others } }: StackState): void {
  memory.processes = others;
  memory.missedAt = null;
}

const isOwn = (record: StackState | 'damaged' | null, guardPid: number): record is StackState =>
  record !== null && record !== 'damaged' && record.processes.guard?.pid === guardPid;
