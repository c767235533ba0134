import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg } from 'node:os';

/** Where and with what a result was had. */
export interface Conditions {
  node: string;
  cores: number;
  cpu: string;
  /** Of the minute before the start: on a busy machine times are upper bounds. */
  load: number;
  /** Short hash; ends in `+` where the tree had changes. */
  commit: string;
  /** ISO 8601. */
  at: string;
  command: string;
}

/** What is true of this machine now. `arguments_` are those of the command line. */
export function conditionsNow(given: readonly string[]): Conditions {
  return {
    node: process.versions.node,
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    load: Number((loadavg()[0] ?? 0).toFixed(1)),
    commit: commitNow(),
    at: new Date().toISOString(),
    command: ['npm run bench', ...(given.length > 0 ? ['--', ...given] : [])].join(' '),
  };
}

function commitNow(): string {
  try {
    const changed = git(
      'status',
      '--porcelain',
      '--untracked-files=no',
      '--',
      'src',
      'bench/*.ts',
      'test/support',
    );
    return `${git('rev-parse', '--short', 'HEAD')}${changed === '' ? '' : '+'}`;
  } catch {
    return 'unknown';
  }
}

const git = (...words: string[]): string =>
  execFileSync('git', words, {
    cwd: import.meta.dirname + '/../..',
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim();
