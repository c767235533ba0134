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

/** Throws ConfigError `arx_home` if ARX_HOME exists but is not a readable and writable folder. */
export function checkHome(home: string): void {
  try {
    if (!statSync(home).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    accessSync(home, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw unusable(home, thrown);
  }
}

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
