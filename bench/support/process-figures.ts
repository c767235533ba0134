/**
 * What processes of this machine cost, from /proc; null where there is none (only Linux has it).
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';

const HAS_PROC = existsSync('/proc/self/stat');
/** What Linux uses on every usual machine (man 7 time). */
const USUAL_TICKS = 100;
const TICKS = HAS_PROC ? readTicks() : 1;

/** Clock ticks per second; a minimal system has no `getconf`. */
function readTicks(): number {
  try {
    return Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  } catch {
    return USUAL_TICKS;
  }
}

interface Times {
  pid: number;
  parent: number;
  /** Of the process and of its children that have ended. */
  ticks: number;
}

/** CPU seconds of a process and everything below it, children that have ended included. */
export function cpuSeconds(pid: number | null): number | null {
  if (!HAS_PROC || pid === null) return null;
  const all = readdirSync('/proc').flatMap((name) =>
    /^\d+$/.test(name) ? (timesOf(Number(name)) ?? []) : [],
  );
  const within = (root: number): number =>
    all.reduce((sum, one) => (one.parent === root ? sum + one.ticks + within(one.pid) : sum), 0);
  const own = all.find((one) => one.pid === pid);
  return own ? (own.ticks + within(pid)) / TICKS : null;
}

// The command may hold spaces and brackets; after it state is the 3rd field of proc(5), ppid the
// 4th, utime to cstime 14 to 17.
function timesOf(pid: number): Times | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, text) => sum + Number(text), 0);
    return { pid, parent: Number(fields[1]), ticks };
  } catch {
    return null;
  }
}

/** Resident memory of one process in MB (10^6 bytes): the most ever, and now. */
export interface Memory {
  peakMb: number;
  nowMb: number;
}

export function memoryOf(pid: number): Memory | null {
  if (!HAS_PROC) return null;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mb = (field: string): number =>
    (Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024) / 1e6;
  return { peakMb: mb('VmHWM'), nowMb: mb('VmRSS') };
}

/**
 * Looks at the resident memory of a process four times a second; the stop gives the median and the
 * largest look, MB.
 */
export function watchMemory(pid: number): () => { medianMb: number; largestMb: number } | null {
  const looks: number[] = [];
  const look = (): void => {
    const memory = memoryOf(pid);
    if (memory) looks.push(memory.nowMb);
  };
  const timer = setInterval(look, 250);
  return () => {
    clearInterval(timer);
    look();
    looks.sort((a, b) => a - b);
    return looks.length === 0
      ? null
      : { medianMb: looks[Math.floor(looks.length / 2)] ?? 0, largestMb: looks.at(-1) ?? 0 };
  };
}
