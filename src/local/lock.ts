/** A lock file between processes of one machine; it counts as released when its holder dies. */

import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeFolder } from '../config/folder.ts';
import { isAlive, ownProcess } from './processes.ts';
import { InterruptedError } from './wait.ts';
import type { ProcessId } from './processes.ts';
import type { Interrupts } from './wait.ts';

let serial = 0;

/**
 * Runs `work` while holding the lock at `path`. Waits for another holder while that process lives,
 * however slow it is; `onWait` is called once with its pid. Throws InterruptedError if the wait is
 * interrupted.
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  onWait: (holder: number) => void = () => undefined,
  interrupts?: Interrupts,
): Promise<T> {
  makeFolder(dirname(path));
  await acquire(path, onWait, interrupts);
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** True while a live process holds the lock. */
export function isLocked(path: string): boolean {
  const found = inspect(path);
  return found !== null && 'holder' in found;
}

async function acquire(
  path: string,
  onWait: (holder: number) => void,
  interrupts?: Interrupts,
): Promise<void> {
  let release: (() => void) | null = null;
  try {
    for (; !tryLock(path); await pause(interrupts)) {
      const found = inspect(path);
      if (found === null) continue;
      if ('stale' in found) breakStale(path, found.stale);
      else if (interrupts?.signal.aborted) throw interruptError(found.holder);
      else if (release === null) {
        release = interrupts?.hold() ?? (() => undefined);
        onWait(found.holder.pid);
      }
    }
  } finally {
    release?.();
  }
}

const pause = (interrupts?: Interrupts): Promise<void> =>
  delay(50, undefined, interrupts && { signal: interrupts.signal }).catch(() => undefined);

const interruptError = ({ pid }: ProcessId): InterruptedError =>
  new InterruptedError(
    `interrupted while waiting for process ${pid}`,
    'Wait until that process has finished, or end it; then try again.',
  );

/** Atomic: the file is written under another name and linked into place. */
function tryLock(path: string): boolean {
  const aside = `${path}.${process.pid}.${serial++}`;
  writeFileSync(aside, JSON.stringify(ownProcess()));
  try {
    linkSync(aside, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(aside, { force: true });
  }
}

/**
 * Only the holder of the breaker may remove a stale lock, and only if it is still the one that was
 * seen. The breaker is itself a lock: it is broken in the same way if its holder was killed, and
 * left alone if its holder is slow.
 */
function breakStale(path: string, seen: string): void {
  const breaker = `${path}.breaker`;
  if (!tryLock(breaker)) {
    const found = inspect(breaker);
    if (found !== null && 'stale' in found) breakStale(breaker, found.stale);
    return;
  }
  try {
    if (read(path) === seen) rmSync(path, { force: true });
  } finally {
    rmSync(breaker, { force: true });
  }
}

/**
 * The state of the lock file: held by a live process, or left by a dead one; null if there is no
 * file.
 */
function inspect(path: string): { holder: ProcessId } | { stale: string } | null {
  const text = read(path);
  if (text === null) return null;
  const holder = parse(text);
  return holder !== null && isAlive(holder) ? { holder } : { stale: text };
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function parse(text: string): ProcessId | null {
  try {
    return JSON.parse(text) as ProcessId;
  } catch {
    return null;
  }
}
