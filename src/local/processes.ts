/**
 * Processes identified by pid and start time: whether they are alive, and how they are ended.
 */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** A recorded process. The pid alone is not enough, because the system reuses pids. */
export interface ProcessId {
  pid: number;
  /** Start time as reported by the system; opaque. */
  started: string;
}

const SYSTEM_NAMES =
  /^(PATH|HOME|USER|SHELL|TMPDIR|TZ|LANG|LC_.*|XDG_.*|GO.*|CGO_.*|CC|CXX|SSL_CERT_.*|(https?|no|all)_proxy)$/i;

/** The part of an environment that third-party programs need; credentials are left out. */
export function systemEnv(
  env: Record<string, string | undefined>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => SYSTEM_NAMES.test(name)));
}

/** Start time of a live process; null if there is none (a zombie does not count as alive). */
export function startTime(pid: number): string | null {
  try {
    if (process.platform === 'linux') return fromProc(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
    }).trim();
    return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '');
  } catch {
    return null;
  }
}

/**
 * True while this very process is alive, not just one with the same pid. A record without a start
 * time matches no process.
 */
export function isAlive(id: ProcessId): boolean {
  return Boolean(id.started) && startTime(id.pid) === id.started;
}

/** The identity of this process, for records. */
export function ownProcess(): ProcessId {
  return { pid: process.pid, started: startTime(process.pid) ?? '' };
}

/**
 * Ends a recorded process: SIGTERM, then SIGKILL after `graceMs`. Does nothing if the pid now
 * belongs to another process.
 */
export async function endProcess(
  id: ProcessId,
  graceMs: number,
  first: NodeJS.Signals = 'SIGTERM',
): Promise<void> {
  if (!isAlive(id)) return;
  signal(id.pid, first);
  if (await waitForExit(id, graceMs)) return;
  signal(id.pid, 'SIGKILL');
  await waitForExit(id, 5_000);
}

/** Sends SIGTERM to a recorded process without waiting; suitable for an exit handler. */
export function terminate(id: ProcessId, name: NodeJS.Signals = 'SIGTERM'): void {
  if (isAlive(id)) signal(id.pid, name);
}

async function waitForExit(id: ProcessId, withinMs: number): Promise<boolean> {
  for (
    const deadline = performance.now() + withinMs;
    performance.now() < deadline;
    await delay(20)
  ) {
    if (!isAlive(id)) return true;
  }
  return !isAlive(id);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended in the meantime.
  }
}

/** On Linux, start times count from boot, so they need the id of the boot. */
function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/**
 * Parses the fields after the command, which may itself contain spaces and brackets. The state is
 * the 3rd and the start time the 22nd field of the line.
 */
function fromProc(stat: string): string | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? null : `${bootId()}/${fields[19]}`;
}
