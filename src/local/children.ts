/**
 * Child processes of the embedded stack: started apart from the terminal's group, and ended with
 * this process.
 */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, renameSync } from 'node:fs';
import { withPrivateUmask } from '../config/umask.ts';
import { endWithThisProcess } from './guarded.ts';
import { startTime } from './processes.ts';
import type { ProcessId } from './processes.ts';

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
  /**
   * Files for the output of the child (files instead of pipes, so that the child can outlive its
   * parent); the previous ones are kept as `.1`.
   */
  outFile: string;
  errFile: string;
}

/**
 * Starts a child in its own process group, so that Ctrl-C does not reach it. The child ends with
 * this process, even if this one is killed. The files that it creates are private.
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const out = openLog(options.outFile);
  const err = options.errFile === options.outFile ? out : openLog(options.errFile);
  const child = withPrivateUmask(() =>
    spawn(options.command, options.args, {
      env: options.env,
      cwd: options.cwd,
      detached: true,
      stdio: ['ignore', out, err],
    }),
  );
  const pid = child.pid ?? 0;
  const started = startTime(pid) ?? '';
  const unguard = child.pid === undefined ? () => undefined : endWithThisProcess({ pid, started });
  new Set([out, err]).forEach((file) => closeSync(file));
  let running = true;
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      running = false;
      unguard();
      resolve(signal ?? `exit code ${code}`);
    });
  });
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  const release = () => {
    unguard();
    child.unref();
  };
  return { pid, started, ended, running: () => running, release };
}

function openLog(file: string): number {
  if (existsSync(file)) renameSync(file, `${file}.1`);
  return openSync(file, 'a', 0o600);
}
