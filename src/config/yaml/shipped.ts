import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const SHIPPED = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * What relative patterns start from: where they are the default, `FOLDER/*.yaml`, and that folder
 * does not exist beside arx.yaml, the files that ship with arx apply. A folder that exists, even an
 * empty one, is taken as it is.
 */
export function baseOf(folder: string, patterns: readonly string[], baseDir: string): string {
  const usual = patterns.length === 1 && patterns[0] === `${folder}/*.yaml`;
  return usual && !existsSync(resolve(baseDir, folder)) ? SHIPPED : baseDir;
}
