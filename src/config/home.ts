import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from './folder.ts';
import { ConfigError } from './errors.ts';

/** Per-user cache of arx, for what can be made again: XDG_CACHE_HOME/arx, else ~/.cache/arx. */
export function cacheDirectory(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'arx');
}

/** Where `arx okta configure` stores domain and token, and where they are looked for. */
export const credentialsPath = (home: string): string => join(home, 'okta.json');

/**
 * Makes the folder of ARX_HOME where it is missing. Throws ConfigError `arx_home` where it cannot
 * be used.
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
 * Throws ConfigError `arx_home` where ARX_HOME is there but is no folder that may be read and
 * written.
 */
export function checkHome(home: string): void {
  try {
    if (!statSync(home).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    accessSync(home, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw unusable(home, thrown);
  }
}

const WHY: Readonly<Record<string, string>> = {
  ENOTDIR: 'it, or something above it, is a file',
  EEXIST: 'it is a file',
  EACCES: 'it may not be read and written by this user',
  EPERM: 'it may not be read and written by this user',
  EROFS: 'it is on a file system that is read-only',
  ENOENT: 'its file system lets no folder be made there',
  ENOSPC: 'its disk is full',
};

function unusable(home: string, thrown: unknown): ConfigError {
  const { code = 'unknown' } = thrown as NodeJS.ErrnoException;
  return new ConfigError(
    'arx_home',
    `ARX_HOME cannot be used: ${home}: ${WHY[code] ?? `its folder cannot be made (${code})`}`,
    'Set ARX_HOME to a folder that this user may write, or one that can be made; without it .arx in the working directory is used.',
    { path: 'ARX_HOME' },
  );
}
