/** Child processes of tests: they end with the test runner, even if it is killed. */
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import type {
  ChildProcess,
  ChildProcessWithoutNullStreams,
  SpawnOptions,
  SpawnOptionsWithoutStdio,
} from 'node:child_process';
import { endWithThisProcess } from '../../src/local/guarded.ts';
import { startTime } from '../../src/local/processes.ts';
import type { Guarded } from '../../src/local/guarded.ts';
import type { ProcessId } from '../../src/local/processes.ts';

/** `spawn`, for a child that ends with this process. */
export function startTestChild(
  command: string,
  args: readonly string[],
  options: SpawnOptionsWithoutStdio,
): ChildProcessWithoutNullStreams;
export function startTestChild(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildProcess;
export function startTestChild(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildProcess {
  const child = spawn(command, args, options);
  if (child.pid !== undefined) child.once('exit', guardPid(child.pid));
  return child;
}

/** Makes a process that another process started end with this one; returns how to undo that. */
export function guardPid(pid: number, how: Pick<Guarded, 'signal' | 'graceMs'> = {}): () => void {
  return endWithThisProcess({ pid, started: startTime(pid) ?? '', ...how });
}

/** The running children of this process, whatever started them. */
export function ownChildren(): number[] {
  return childrenOf(process.pid, parents());
}

/** The running descendants of a process. */
export function descendantsOf(pid: number): ProcessId[] {
  const all = parents();
  const below = (parent: number): number[] =>
    childrenOf(parent, all).flatMap((child) => [child, ...below(child)]);
  return below(pid).map((child) => ({ pid: child, started: startTime(child) ?? '' }));
}

const childrenOf = (pid: number, all: ReturnType<typeof parents>): number[] =>
  all.flatMap(([child, parent]) => (parent === pid ? [child] : []));

/** Pid and parent of every process; read from /proc on Linux, because small images have no `ps`. */
function parents(): [pid: number, parent: number][] {
  if (process.platform === 'linux') return readdirSync('/proc').flatMap(parentOf);
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n');
  return rows.map((row) => row.trim().split(/\s+/).map(Number) as [number, number]);
}

/** Empty for a process that ended meanwhile. */
function parentOf(name: string): [pid: number, parent: number][] {
  if (!/^\d+$/.test(name)) return [];
  try {
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
    return [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])]];
  } catch {
    return [];
  }
}
