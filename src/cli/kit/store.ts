import type { Store } from '../../store/types.ts';
import { CliError } from './errors.ts';
import type { Io } from './io.ts';
import { readEnvironment } from './settings.ts';

/**
 * Runs a task over the store: that of DATABASE_URL, and where it is not set the embedded one of
 * ARX_HOME, which `create` makes where it is missing.
 */
export async function withStore<Result>(
  io: Io,
  task: (store: Store) => Promise<Result>,
  options: { create?: boolean } = {},
): Promise<Result> {
  return withDatabase(io, (address) => overUrl(address, task), options);
}

/**
 * As `withStore`, but gives the address alone: the store is neither opened nor brought up to date.
 */
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

/**
 * As `withStore`, but where nothing was stored yet `nothing` is the answer; no store is made for
 * it.
 */
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
 * Runs a task over the store at an address, its schema brought up to date. Throws CliError
 * `store_unavailable`.
 */
export async function overUrl<Result>(
  url: string,
  task: (store: Store) => Promise<Result>,
): Promise<Result> {
  const store = await openReady(url);
  try {
    return await task(store);
  } finally {
    await store.close();
  }
}

/**
 * Opens the store at an address and brings its schema up to date. Throws CliError
 * `store_unavailable`.
 */
export async function openReady(databaseUrl: string): Promise<Store> {
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
