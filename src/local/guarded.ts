/**
 * Processes that end with this one. Exit handlers end them if this process exits or gets a signal.
 * If it is killed, a small guard process ends them when its input pipe closes.
 */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { withPrivateUmask } from '../config/umask.ts';
import { terminate } from './processes.ts';
import type { ProcessId } from './processes.ts';

/** A process to end, and how. */
export interface Guarded extends ProcessId {
  /** Default SIGTERM. */
  signal?: NodeJS.Signals;
  /** How long the guard waits before SIGKILL; by default some seconds. */
  graceMs?: number;
}

/** A line to the guard process. */
export type GuardLine = { end: Guarded } | { forget: number };

const ENTRY = join(import.meta.dirname, 'child-guard.ts');
const NODE_ARGS = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=1'];
const TERMINATING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const guarded = new Map<number, Guarded>();
let guard: ChildProcess | null = null;

/** Makes a process end with this one, however this one ends; returns how to undo that. */
export function endWithThisProcess(id: Guarded): () => void {
  guarded.set(id.pid, id);
  installHandlers();
  if (guard === null) startGuard();
  else send(guard, { end: id });
  return () => {
    if (guarded.get(id.pid) === id) forget(id.pid);
  };
}

function forget(pid: number): void {
  guarded.delete(pid);
  if (guard === null) return;
  send(guard, { forget: pid });
  if (guarded.size > 0) return;
  guard.stdin?.end();
  guard = null;
}

/**
 * A session of its own shields it from signals of the terminal. It does not keep this process
 * running.
 */
function startGuard(): void {
  const child = withPrivateUmask(() =>
    spawn(process.execPath, [...NODE_ARGS, ENTRY], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      // It starts no programs and opens no connections.
      env: {},
    }),
  );
  const forgetGuard = (): void => {
    if (guard === child) guard = null;
  };
  child.once('exit', forgetGuard).once('error', forgetGuard).unref();
  child.stdin.on('error', forgetGuard);
  (child.stdin as Socket).unref();
  guard = child;
  for (const end of guarded.values()) send(child, { end });
}

function send(child: ChildProcess, line: GuardLine): void {
  child.stdin?.write(`${JSON.stringify(line)}\n`);
}

function installHandlers(): void {
  if (process.listeners('exit').includes(endGuarded)) return;
  process.on('exit', endGuarded);
  for (const name of TERMINATING) process.on(name, endUnlessHandled);
}

function endGuarded(): void {
  for (const id of guarded.values()) terminate(id, id.signal);
}

/**
 * Our listener suppresses the default action of a signal, so if there is no other listener, this
 * performs it.
 */
function endUnlessHandled(name: NodeJS.Signals): void {
  if (process.listenerCount(name) > 1) return;
  endGuarded();
  process.off(name, endUnlessHandled);
  process.kill(process.pid, name);
}
