import { closeSync, openSync, writeFileSync } from 'node:fs';
import type { EmulatorDocument } from '../../../emulators/start.ts';
import { vendorEnvironment } from '../demo/home.ts';
import { CliError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';

/**
 * A file for the variables that point arx at emulators, for its owner alone; what is there already
 * is left as it is, for it may hold credentials. Gives what fills it. Throws CliError `file_exists`
 * and `not_writable`.
 */
export function environmentFile(path: string): (document: EmulatorDocument) => void {
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
      message: exists ? `There is a file ${path} already.` : `${path} cannot be written (${code}).`,
      remedy: 'Name another file with --dotenv, or remove that one first.',
      exit: EXIT.usage,
    });
  }
}
