import type { Store } from '../../store/types.ts';
import { CliError } from './errors.ts';
import type { Io } from './io.ts';
import { readEnvironment } from './settings.ts';

/** Runs a task over the store: DATABASE_URL, or with --local (and where DATABASE_URL is not set) the embedded one of ARX_HOME. */
export async function withStore<Result>(
  io: Io,
  options: { local?: boolean },
  task: (store: Store) => Promise<Result>,
): Promise<Result> {
  const environment = readEnvironment(io);
  const url = environment.arx.databaseUrl;
  if (url !== null) return overUrl(url.reveal(), task);
  const { withLocalStore } = await import('./local-store.ts');
  return withLocalStore(environment, (address) => overUrl(address, task));
}

/** Opens the store at an address, brings its schema up to date, runs the task and closes it. */
export async function overUrl<Result>(url: string, task: (store: Store) => Promise<Result>): Promise<Result> {
  const { openStore } = await import('../../store/open.ts');
  const store = await openStore({ databaseUrl: url });
  try {
    await ready(store);
    return await task(store);
  } finally {
    await store.close();
  }
}

async function ready(store: Store): Promise<void> {
  try {
    await store.ping();
  } catch {
    throw new CliError({
      code: 'store_unavailable',
      message: 'The store cannot be reached.',
      remedy: 'Start PostgreSQL and check DATABASE_URL, or leave it unset to use the embedded store.',
    });
  }
  await store.migrate();
}
