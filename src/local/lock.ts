/** A lock file between processes of one machine, given back when its holder dies by whatever means. */
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeFolder } from '../config/folder.ts';
import { isAlive, ownProcess } from './processes.ts';
import type { ProcessId } from './processes.ts';

const BREAKER_MAX_AGE_MS = 10_000;
let serial = 0;

/** Runs `work` while holding the lock at `path`; waits for another holder (`onWait` is told once, with its pid). */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  onWait: (holder: number) => void = () => undefined,
): Promise<T> {
  makeFolder(dirname(path));
  for (let told = false; !take(path); await delay(50)) {
    const text = read(path);
    const holder = text === null ? null : parse(text);
    if (text !== null && (holder === null || !isAlive(holder))) breakStale(path, text);
    else if (holder !== null && !told) {
      told = true;
      onWait(holder.pid);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Atomic and complete at once: the file is written aside and linked into place. */
function take(path: string): boolean {
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

/** Only the holder of the breaker may remove a stale lock, and only while it still is the one that was seen. */
function breakStale(path: string, seen: string): void {
  const breaker = `${path}.breaker`;
  const age = modified(breaker);
  if (age !== null && age > BREAKER_MAX_AGE_MS) rmSync(breaker, { force: true });
  if (!take(breaker)) return;
  try {
    if (read(path) === seen) rmSync(path, { force: true });
  } finally {
    rmSync(breaker, { force: true });
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function modified(path: string): number | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? null : Date.now() - stat.mtimeMs;
}

function parse(text: string): ProcessId | null {
  try {
    return JSON.parse(text) as ProcessId;
  } catch {
    return null;
  }
}
