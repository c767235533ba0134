/**
 * Two cores for what is measured, the others for the emulators and for this program. Linux with
 * taskset only.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const MEASURED = 2;

export interface CoreSplit {
  /** As taskset lists them: `0,1`. */
  measured: string;
  rest: string;
}

/** Null where the system cannot pin or has too few cores; pinning is then left out. */
export function splitCores(): CoreSplit | null {
  if (!existsSync('/proc/self/status') || !canPin()) return null;
  const cores = allowedCores();
  if (cores.length <= MEASURED) return null;
  return { measured: cores.slice(0, MEASURED).join(','), rest: cores.slice(MEASURED).join(',') };
}

/**
 * Runs `start` so that the processes it spawns stay on the measured cores, and this one on the
 * others afterwards.
 */
export async function onMeasured<Started>(
  split: CoreSplit | null,
  start: () => Promise<Started>,
): Promise<Started> {
  if (!split) return await start();
  // What a process spawns inherits its cores, whoever spawns it; so no harness needs to know of
  // them.
  pinSelf(split.measured);
  try {
    return await start();
  } finally {
    pinSelf(split.rest);
  }
}

function pinSelf(cores: string): void {
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', cores, String(process.pid)], {
    stdio: 'pipe',
  });
}

function canPin(): boolean {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

/** `0-3,6` as numbers. */
function allowedCores(): number[] {
  const list =
    /^Cpus_allowed_list:\s+(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
}
