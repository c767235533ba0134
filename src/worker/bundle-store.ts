import { readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { makeFolder } from '../config/folder.ts';
import { bundleFile, unseal } from './bundle-key.ts';

const UNUSED_AFTER_MS = 14 * 24 * 3_600_000;

/** The code of the bundle with this key in a folder; null if there is none, or it is damaged. */
export function readBundle(folder: string, key: string): string | null {
  try {
    return unseal(readFileSync(join(folder, bundleFile(key)), 'utf8'));
  } catch {
    return null;
  }
}

/**
 * Saves a sealed bundle atomically, even if other processes do the same, and removes old ones.
 * Throws if the folder cannot be written.
 */
export function saveBundle(folder: string, key: string, sealed: string): void {
  makeFolder(folder, 0o700);
  const aside = join(folder, `${bundleFile(key)}.${randomUUID()}`);
  try {
    writeFileSync(aside, sealed, { mode: 0o644, flag: 'wx' });
    renameSync(aside, join(folder, bundleFile(key)));
  } finally {
    rmSync(aside, { force: true });
  }
  removeUnused(folder);
}

/** Removes bundles that no start has saved recently; one that is still used is built again. */
function removeUnused(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith('workflows-')) continue;
    const { mtimeMs } = statSync(join(folder, name), { throwIfNoEntry: false }) ?? {
      mtimeMs: Infinity,
    };
    if (Date.now() - mtimeMs > UNUSED_AFTER_MS) rmSync(join(folder, name), { force: true });
  }
}
