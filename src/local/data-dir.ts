import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../config/folder.ts';
import { withLock } from './lock.ts';
import { isAlive, ownProcess } from './processes.ts';
import type { ProcessId } from './processes.ts';

/** Thrown if another live process serves the data directory: two of them would destroy it. */
export class DataDirInUseError extends Error {
  override readonly name = 'DataDirInUseError';
  readonly code = 'data_dir_in_use';
  readonly pid: number;
  constructor(dataDir: string, pid: number) {
    super(
      `the data directory ${dataDir} is in use by process ${pid}: use that store, or end the process first`,
    );
    this.pid = pid;
  }
}

/**
 * Claims a data directory for this process with a file beside it (`DIR.pid`), and returns how to
 * release it. A file left behind by a killed process is ignored.
 */
export async function claimDataDir(dataDir: string): Promise<() => Promise<void>> {
  const pidFile = `${dataDir}.pid`;
  makeFolder(dirname(dataDir));
  await withLock(`${pidFile}.lock`, async () => {
    const holder = holderOf(dataDir);
    if (holder) throw new DataDirInUseError(dataDir, holder.pid);
    writeFileSync(`${pidFile}.new`, JSON.stringify(ownProcess()), { mode: 0o600 });
    renameSync(`${pidFile}.new`, pidFile);
  });
  return async () => rmSync(pidFile, { force: true });
}

/** The live process that serves a data directory; null if there is none. */
export function holderOf(dataDir: string): ProcessId | null {
  try {
    const holder = JSON.parse(readFileSync(`${dataDir}.pid`, 'utf8')) as ProcessId;
    return isAlive(holder) ? holder : null;
  } catch {
    return null;
  }
}
