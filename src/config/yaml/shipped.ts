import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const SHIPPED = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * The directory that patterns are relative to. If the pattern is the default, `FOLDER/*.yaml`, and
 * that folder does not exist beside arx.yaml, the files shipped with arx are used. A folder that
 * exists is used even if it is empty.
 */
export function baseOf(folder: string, patterns: readonly string[], baseDir: string): string {
  const isDefault = patterns.length === 1 && patterns[0] === `${folder}/*.yaml`;
  return isDefault && !existsSync(resolve(baseDir, folder)) ? SHIPPED : baseDir;
}
