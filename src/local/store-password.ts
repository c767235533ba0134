/**
 * The password of the embedded store, so that other users of the machine cannot connect to it. It
 * is new at each start, and passed on in a file that only this user can read.
 */

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const fileOf = (dataDir: string): string => `${dataDir}.password`;

export const newStorePassword = (): string => randomBytes(24).toString('base64url');

/** Records the password of the store that serves a data directory. */
export function writeStorePassword(dataDir: string, password: string): void {
  const file = fileOf(dataDir);
  writeFileSync(`${file}.new`, password, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The address that a store printed, with its recorded password, if it has one. */
export function withStorePassword(databaseUrl: string, dataDir: string): string {
  if (!existsSync(fileOf(dataDir))) return databaseUrl;
  const url = new URL(databaseUrl);
  url.password = readFileSync(fileOf(dataDir), 'utf8');
  return url.href;
}
