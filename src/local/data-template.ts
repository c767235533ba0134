/**
 * The data directory of a new embedded store: created once per user, then copied, which is ten
 * times as fast.
 */

import { PGlite } from '@electric-sql/pglite';
import { cpSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { makeFolder } from '../config/folder.ts';
import { withLock } from './lock.ts';

const { resolve } = createRequire(import.meta.url);

/**
 * Puts an empty database into a data directory that does not exist yet, all or nothing. Without a
 * writable cache it does nothing: the database then creates its own.
 */
export async function prepareDataDir(dataDir: string, cacheDir: string): Promise<void> {
  if (existsSync(dataDir)) return;
  const template = await templateIn(cacheDir).catch(() => null);
  if (template === null) return;
  const aside = `${dataDir}.new`;
  remove(aside);
  try {
    cpSync(template, aside, { recursive: true });
    renameSync(aside, dataDir);
  } catch {
    remove(aside);
  }
}

/**
 * A data directory right after its creation, closed cleanly; one for each version of the database.
 */
async function templateIn(cacheDir: string): Promise<string> {
  const template = join(cacheDir, `pglite-${version()}`);
  if (existsSync(template)) return template;
  makeFolder(cacheDir);
  return await withLock(`${template}.lock`, async () => {
    if (existsSync(template)) return template;
    const aside = `${template}.new`;
    remove(aside);
    const database = await PGlite.create({ dataDir: aside });
    await database.close();
    renameSync(aside, template);
    return template;
  });
}

function version(): string {
  // The package does not export its own description.
  const main = resolve('@electric-sql/pglite');
  const manifest = JSON.parse(readFileSync(join(dirname(main), '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}

const remove = (path: string): void => rmSync(path, { recursive: true, force: true });
