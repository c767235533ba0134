import { readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { makeFolder } from '../config/folder.ts';
import { bundleFile, unseal } from './bundle-key.ts';

const UNUSED_AFTER_MS = 14 * 24 * 3_600_000;

/** The code kept in a folder under that key; null where there is none, or none that is whole. */
export function readBundle(folder: string, key: string): string | null {
  try {
    return unseal(readFileSync(join(folder, bundleFile(key)), 'utf8'));
  } catch {
    return null;
  }
}

/**
 * Keeps a sealed bundle: complete at once, whoever else does the same. Old ones go. Throws where
 * the folder can't be written.
 */
export function keepBundle(folder: string, key: string, sealed: string): void {
  makeFolder(folder, 0o700);
  const aside = join(folder, `${bundleFile(key)}.${randomUUID()}`);
  try {
    writeFileSync(aside, sealed, { mode: 0o644, flag: 'wx' });
    renameSync(aside, join(folder, bundleFile(key)));
  } finally {
    rmSync(aside, { force: true });
  }
  clear(folder);
}

/** Takes away what no start has made for a while; one that is still wanted is made again. */
function clear(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith('workflows-')) continue;
    const { mtimeMs } = statSync(join(folder, name), { throwIfNoEntry: false }) ?? {
      mtimeMs: Infinity,
    };
    if (Date.now() - mtimeMs > UNUSED_AFTER_MS) rmSync(join(folder, name), { force: true });
  }
}
