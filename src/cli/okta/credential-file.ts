import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../../config/folder.ts';
import type { Secret } from '../../config/env/secret.ts';
import { CliError, usageError } from '../kit/errors.ts';

/** Throws CliError `usage` where something has the name of the file already. */
export function refuseExisting(file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false })) throw exists(file);
}

/**
 * Writes the file that `credentials.okta.vault` names: mode 0600, whole or not at all, its folder
 * made with mode 0700. Replaces what is there only where `force` is set. Throws CliError.
 */
export function storeCredentials(
  file: string,
  { domain, token }: { domain: string; token: Secret },
  force: boolean,
): void {
  const partial = `${file}.${randomUUID()}.part`;
  try {
    makeFolder(dirname(file), 0o700);
    writeWhole(partial, `${JSON.stringify({ domain, api_token: token.reveal() }, null, 2)}\n`);
    // A link fails where the name is taken, a rename does not.
    if (force) renameSync(partial, file);
    else linkSync(partial, file);
  } catch (thrown) {
    const { code = 'unknown' } = thrown as NodeJS.ErrnoException;
    throw code === 'EEXIST' ? exists(file) : unwritable(file, code);
  } finally {
    rmSync(partial, { force: true });
  }
}

function writeWhole(file: string, text: string): void {
  const handle = openSync(file, 'wx', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

const exists = (file: string): CliError =>
  usageError(
    `${file} exists already.`,
    'Replace it with --force, or name another file with --out.',
  );

const unwritable = (file: string, code: string): CliError =>
  new CliError({
    code: 'not_writable',
    message: `${file} cannot be written (${code}).`,
    remedy: 'Name another file with --out.',
  });
