import { servePglite } from '../../src/local/pglite.ts';
import { openStore } from '../../src/store/open.ts';
import { dropEverything, readPristine, restorePristine } from './pristine.ts';
import type { Pristine } from './pristine.ts';

/** A database for a test. */
export interface TestDatabase {
  databaseUrl: string;
  close(): Promise<void>;
}

/** PGlite in this process behind a socket on 127.0.0.1; in memory unless a directory is given. */
export async function startPglite(dataDir: string | null = null): Promise<TestDatabase> {
  return await servePglite({ dataDir });
}

interface Lent extends TestDatabase {
  /** The content right after the migrations; null until they have run here. */
  pristine: Pristine | null;
}
let lent: Promise<Lent> | null = null;
let borrowed = false;

/**
 * The PGlite of this test process, migrated and without content. Starting one takes seconds of CPU,
 * so the test files of a process share it, one at a time: `close()` returns it.
 */
export async function borrowPglite(): Promise<TestDatabase> {
  const instance = await borrow();
  await makePristine(instance);
  return { databaseUrl: instance.databaseUrl, close: giveBack };
}

/** The same without the migrations. */
export async function borrowEmptyPglite(): Promise<TestDatabase> {
  const { databaseUrl } = await borrow();
  await dropEverything(databaseUrl);
  return { databaseUrl, close: giveBack };
}

async function borrow(): Promise<Lent> {
  if (borrowed)
    throw new Error('the PGlite of this process is in use: close it first, or start another');
  borrowed = true;
  return await (lent ??= startPglite().then((database) => ({ ...database, pristine: null })));
}

async function giveBack(): Promise<void> {
  borrowed = false;
}

async function makePristine(instance: Lent): Promise<void> {
  const { databaseUrl, pristine } = instance;
  if (pristine && (await restorePristine(databaseUrl, pristine))) return;
  await dropEverything(databaseUrl);
  const store = await openStore({ databaseUrl });
  await store.migrate();
  await store.close();
  instance.pristine = await readPristine(databaseUrl);
}
