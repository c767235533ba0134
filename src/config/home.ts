import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from './folder.ts';
import { ConfigError } from './errors.ts';

/**
 * The per-user cache directory, for data that can be recreated: XDG_CACHE_HOME/arx, else
 * ~/.cache/arx.
 */
export function cacheDirectory(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'arx');
}

/** The file in which `arx okta configure` stores the Okta domain and token. */
export const credentialsPath = (home: string): string => join(home, 'okta.json');

/**
 * Creates the folder ARX_HOME if it is missing. Throws ConfigError `arx_home` if it cannot be used.
 */
export function makeHome(home: string): void {
  try {
    makeFolder(home, 0o700);
  } catch (thrown) {
    throw unusable(home, thrown);
  }
  checkHome(home);
}

/**
 * Throws ConfigError `arx_home` if ARX_HOME exists but is not a readable and writable folder, or is
 * open to other users: it holds keys, and the password of the embedded store.
 */
export function checkHome(home: string): void {
  try {
    const stats = statSync(home);
    if (!stats.isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    accessSync(home, constants.R_OK | constants.W_OK | constants.X_OK);
    // Windows has no such permissions.
    if (process.platform !== 'win32' && (stats.mode & OTHERS) !== 0)
      throw openToOthers(home, stats.mode);
  } catch (thrown) {
    if (thrown instanceof ConfigError) throw thrown;
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw unusable(home, thrown);
  }
}

/** The permissions of the group and of all others. */
const OTHERS = 0o077;

const openToOthers = (home: string, mode: number): ConfigError =>
  new ConfigError(
    'arx_home',
    `ARX_HOME is open to other users of this machine: ${home} has mode ${(mode & 0o777).toString(8).padStart(4, '0')}`,
    `Run \`chmod 700 ${home}\`, or set ARX_HOME to a folder of your own.`,
    { path: 'ARX_HOME' },
  );

const REASONS: Readonly<Record<string, string>> = {
  ENOTDIR: 'it or one of its parents is a file',
  EEXIST: 'it is a file',
  EACCES: 'this user may not read and write it',
  EPERM: 'this user may not read and write it',
  EROFS: 'its file system is read-only',
  ENOENT: 'its file system does not allow folders there',
  ENOSPC: 'its disk is full',
};

function unusable(home: string, thrown: unknown): ConfigError {
  const { code = 'unknown' } = thrown as NodeJS.ErrnoException;
  return new ConfigError(
    'arx_home',
    `ARX_HOME cannot be used: ${home}: ${REASONS[code] ?? `the folder cannot be created (${code})`}`,
    'Set ARX_HOME to a folder that this user can write or create. If it is not set, arx uses .arx in the working directory.',
    { path: 'ARX_HOME' },
  );
}
