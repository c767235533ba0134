/** Writes the environment file of `arx emulate --dotenv`. */

import { closeSync, openSync, writeFileSync } from 'node:fs';
import type { EmulatorDocument } from '../../../emulators/start.ts';
import { vendorEnvironment } from '../demo/home.ts';
import { CliError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';

/**
 * Creates a file for the variables that point arx at the emulators, readable only by its owner. An
 * existing file is not changed, because it may contain credentials. Returns a function that fills
 * the file. Throws CliError `file_exists` and `not_writable`.
 */
export function createEnvironmentFile(path: string): (document: EmulatorDocument) => void {
  const file = openNewFile(path);
  return (document) => {
    const lines = Object.entries(vendorEnvironment(document)).map(
      ([name, value]) => `${name}=${value}\n`,
    );
    writeFileSync(file, lines.join(''));
    closeSync(file);
  };
}

function openNewFile(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (thrown) {
    const { code = 'unknown' } = thrown as NodeJS.ErrnoException;
    const exists = code === 'EEXIST';
    throw new CliError({
      code: exists ? 'file_exists' : 'not_writable',
      message: exists ? `The file ${path} already exists.` : `${path} cannot be written (${code}).`,
      remedy: exists
        ? 'Choose another file with --dotenv, or remove the existing one.'
        : 'Check that the folder exists and that you may write to it.',
      exit: EXIT.usage,
    });
  }
}
