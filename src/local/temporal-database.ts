/**
 * The SQLite file of a development server, which only the server version that wrote it can
 * continue.
 */

import { execFile } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { systemEnv } from './processes.ts';

export interface Database {
  /** The Temporal CLI that will use the file. */
  path: string;
  dbFile: string;
  env: Record<string, string | undefined>;
  log: (line: string) => void;
}

/** Suffixes of the file itself and of the files that SQLite keeps beside it. */
const PARTS = ['', '-wal', '-shm', '-journal'];

/**
 * Renames a file that another version of the server wrote. The server does not migrate its tables
 * and would fail later, at schedules. The version is kept in a file beside it. Does nothing if the
 * CLI reports no version.
 */
export async function setAsideOtherVersion({ path, dbFile, env, log }: Database): Promise<void> {
  const version = await serverVersion(path, env);
  if (version === null) return;
  const mark = `${dbFile}.version`;
  const writtenBy = existsSync(mark) ? readFileSync(mark, 'utf8').trim() : 'older';
  if (existsSync(dbFile) && writtenBy !== version) {
    const aside = `${dbFile}.${writtenBy}`;
    for (const part of PARTS)
      if (existsSync(dbFile + part)) renameSync(dbFile + part, aside + part);
    log(
      `Temporal server ${version} cannot continue the database of another version: it is kept as ${aside}. ` +
        'Workflows that were running in it do not continue; reports and the audit trail are in the store',
    );
  }
  writeFileSync(mark, `${version}\n`);
}

/** Major and minor version of the server in a CLI. */
async function serverVersion(path: string, env: Database['env']): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)(path, ['--version'], {
      env: systemEnv(env),
      timeout: 30_000,
    });
    return /Server (\d+\.\d+)/.exec(stdout)?.[1] ?? null;
  } catch {
    return null;
  }
}
