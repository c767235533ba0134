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

/** Throws CliError `usage` if the file already exists. */
export function refuseExisting(file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false })) throw existsError(file);
}

/**
 * Writes the file that `credentials.okta.vault` names, atomically and with mode 0600; creates its
 * folder with mode 0700. Replaces an existing file only if `force` is set. Throws CliError.
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
    // A link fails if the name is taken; a rename does not.
    if (force) renameSync(partial, file);
    else linkSync(partial, file);
  } catch (thrown) {
    const { code = 'unknown' } = thrown as NodeJS.ErrnoException;
    throw code === 'EEXIST' ? existsError(file) : notWritable(file, code);
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

const existsError = (file: string): CliError =>
  usageError(
    `${file} already exists.`,
    'Replace it with --force, or choose another file with --out.',
  );

const notWritable = (file: string, code: string): CliError =>
  new CliError({
    code: 'not_writable',
    message: `${file} cannot be written (${code}).`,
    remedy: 'Choose another file with --out.',
  });
