import type { Store } from '../../store/types.ts';
import { CliError } from './errors.ts';
import type { Io } from './io.ts';
import { readEnvironment } from './settings.ts';

/**
 * Runs a task with the store of DATABASE_URL or, if that is not set, the embedded store of
 * ARX_HOME. `create` creates the embedded store if it is missing.
 */
export async function withStore<Result>(
  io: Io,
  task: (store: Store) => Promise<Result>,
  options: { create?: boolean } = {},
): Promise<Result> {
  return withDatabase(io, (address) => withStoreAt(address, task), options);
}

/** Like `withStore`, but passes only the address: the store is neither opened nor migrated. */
export async function withDatabase<Result>(
  io: Io,
  task: (databaseUrl: string) => Promise<Result>,
  options: { create?: boolean } = {},
): Promise<Result> {
  const environment = readEnvironment(io);
  const url = environment.arx.databaseUrl;
  if (url !== null) return task(url.reveal());
  const { withLocalStore } = await import('./local-store.ts');
  return withLocalStore(io, environment, task, options);
}

/** Like `withStore`, but returns `nothing` if there is no store yet, and does not create one. */
export async function withStoreOr<Result>(
  io: Io,
  nothing: Result,
  task: (store: Store) => Promise<Result>,
): Promise<Result> {
  return withStore(io, task).catch((thrown: unknown) => {
    if (thrown instanceof CliError && thrown.code === 'no_store') return nothing;
    throw thrown;
  });
}

/**
 * Runs a task with the store at an address, after migrating it. Throws CliError
 * `store_unavailable`.
 */
export async function withStoreAt<Result>(
  url: string,
  task: (store: Store) => Promise<Result>,
): Promise<Result> {
  const store = await openMigrated(url);
  try {
    return await task(store);
  } finally {
    await store.close();
  }
}

/** Opens the store at an address and migrates it. Throws CliError `store_unavailable`. */
export async function openMigrated(databaseUrl: string): Promise<Store> {
  const { openStore } = await import('../../store/open.ts');
  const store = await openStore({ databaseUrl }).catch((thrown: unknown) => {
    throw (thrown as Error).name === 'StoreUnavailableError'
      ? unavailable(thrown as Error)
      : thrown;
  });
  try {
    await store.migrate();
    return store;
  } catch (thrown) {
    await store.close();
    throw thrown;
  }
}

const unavailable = ({ message }: Error): CliError =>
  new CliError({
    code: 'store_unavailable',
    message,
    remedy: 'Start PostgreSQL and check DATABASE_URL, or leave it unset to use the embedded store.',
  });
