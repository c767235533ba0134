/** Child processes of the embedded stack: started apart from the terminal's group, known by pid and start time. */
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** A process as recorded: a pid alone may have been given to somebody else since. */
export interface ProcessId {
  pid: number;
  /** Opaque start time as the system tells it. */
  started: string;
}

/** A started child; `ended` resolves when it has exited, with the exit code or signal name. */
export interface Child extends ProcessId {
  ended: Promise<string>;
  /** True until `ended` resolves. */
  running(): boolean;
  /** Lets the child outlive this process. */
  release(): void;
}

export interface ChildOptions {
  command: string;
  args: readonly string[];
  env: Record<string, string | undefined>;
  cwd?: string;
  /** Files that take what the child prints (files, not pipes, so that it can outlive its parent); the last ones are kept as `.1`. */
  outFile: string;
  errFile: string;
}

const TERMINATING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const guarded = new Map<number, string>();

const SYSTEM_NAMES =
  /^(PATH|HOME|USER|SHELL|TMPDIR|TZ|LANG|LC_.*|XDG_.*|GO.*|CGO_.*|CC|CXX|SSL_CERT_.*|(https?|no|all)_proxy)$/i;

/** The part of an environment that other people's programs need; credentials stay behind. */
export function systemEnv(env: Record<string, string | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => SYSTEM_NAMES.test(name)));
}

/** Starts a child in a process group of its own (Ctrl-C reaches only us); it is ended when this process ends. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const out = openLog(options.outFile);
  const err = options.errFile === options.outFile ? out : openLog(options.errFile);
  const child = spawn(options.command, options.args, {
    env: options.env,
    cwd: options.cwd,
    detached: true,
    stdio: ['ignore', out, err],
  });
  new Set([out, err]).forEach((file) => closeSync(file));
  let running = true;
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      running = false;
      if (child.pid !== undefined) guarded.delete(child.pid);
      resolve(signal ?? `exit code ${code}`);
    });
  });
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  const pid = child.pid as number;
  const started = startTime(pid) ?? '';
  guard(pid, started);
  const release = () => {
    guarded.delete(pid);
    child.unref();
  };
  return { pid, started, ended, running: () => running, release };
}

function openLog(file: string): number {
  if (existsSync(file)) renameSync(file, `${file}.1`);
  return openSync(file, 'a', 0o600);
}

/** Start time of a live process, null where there is none (a zombie counts as gone). */
export function startTime(pid: number): string | null {
  try {
    if (process.platform === 'linux') return fromProc(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '');
  } catch {
    return null;
  }
}

/** True while this very process lives, not merely one with the same pid. */
export function isAlive(id: ProcessId): boolean {
  return startTime(id.pid) === id.started;
}

/** This process, as others may record it. */
export function ownProcess(): ProcessId {
  return { pid: process.pid, started: startTime(process.pid) ?? '' };
}

/** Ends a recorded process: SIGTERM, then SIGKILL once `graceMs` has passed. Does nothing where the pid is not ours any more. */
export async function endProcess(id: ProcessId, graceMs: number): Promise<void> {
  if (!isAlive(id)) return;
  signal(id.pid, 'SIGTERM');
  if (await gone(id, graceMs)) return;
  signal(id.pid, 'SIGKILL');
  await gone(id, 5_000);
}

/** Sends SIGTERM to a recorded process and does not wait; fit for an exit handler. */
export function terminate(id: ProcessId): void {
  if (isAlive(id)) signal(id.pid, 'SIGTERM');
}

async function gone(id: ProcessId, withinMs: number): Promise<boolean> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await delay(20)) {
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

/** Fields after the command, which may itself hold spaces and brackets: state is the 3rd, start time the 22nd of the line. */
function fromProc(stat: string): string | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? null : `${bootId()}/${fields[19]}`;
}

function guard(pid: number, started: string): void {
  guarded.set(pid, started);
  if (process.listeners('exit').includes(endGuarded)) return;
  process.on('exit', endGuarded);
  for (const name of TERMINATING) process.on(name, endUnlessHandled);
}

function endGuarded(): void {
  for (const [pid, started] of guarded) terminate({ pid, started });
}

/** Our listener suppresses the default action, so where nobody else listens it is made up for. */
function endUnlessHandled(name: NodeJS.Signals): void {
  if (process.listenerCount(name) > 1) return;
  endGuarded();
  process.off(name, endUnlessHandled);
  process.kill(process.pid, name);
}
