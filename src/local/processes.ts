/** Processes known by pid and start time: whether they live, and how they are ended. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** A process as recorded: a pid alone may have been given to somebody else since. */
export interface ProcessId {
  pid: number;
  /** Opaque start time as the system tells it. */
  started: string;
}

const SYSTEM_NAMES =
  /^(PATH|HOME|USER|SHELL|TMPDIR|TZ|LANG|LC_.*|XDG_.*|GO.*|CGO_.*|CC|CXX|SSL_CERT_.*|(https?|no|all)_proxy)$/i;

/** The part of an environment that other people's programs need; credentials stay behind. */
export function systemEnv(
  env: Record<string, string | undefined>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => SYSTEM_NAMES.test(name)));
}

/** Start time of a live process, null where there is none (a zombie counts as gone). */
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
 * True while this very process lives, not merely one with the same pid; a record without a start
 * time names none.
 */
export function isAlive(id: ProcessId): boolean {
  return Boolean(id.started) && startTime(id.pid) === id.started;
}

/** This process, as others may record it. */
export function ownProcess(): ProcessId {
  return { pid: process.pid, started: startTime(process.pid) ?? '' };
}

/**
 * Ends a recorded process: SIGTERM, then SIGKILL once `graceMs` has passed. Does nothing where the
 * pid is not ours any more.
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

/** Sends SIGTERM to a recorded process and does not wait; fit for an exit handler. */
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
    // It has gone in the meantime.
  }
}

/** Start times on Linux count from boot, so they mean something only together with it. */
function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/**
 * Fields after the command, which may itself hold spaces and brackets: state is the 3rd, start time
 * the 22nd of the line.
 */
function fromProc(stat: string): string | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? null : `${bootId()}/${fields[19]}`;
}
