import pg from 'pg';
import { afterEach, describe } from 'vitest';
import type { CurrentAttempt } from '../../src/store/journal/attempts.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/types.ts';
import { borrowEmptyPglite, borrowPglite } from './pglite.ts';
import type { TestDatabase } from './pglite.ts';
import { emptyDatabase, migratedDatabase } from './postgres.ts';

/** Provides the stores of a test; everything opened is closed after the test. */
export interface StoreSource {
  /** An empty, migrated store in a new database. */
  fresh(options?: OpenOptions): Promise<Store>;
  /** The same without the migrations. */
  empty(options?: OpenOptions): Promise<Store>;
  /** Another store (with its own pool) on the database of the last `fresh`. */
  again(options?: OpenOptions): Promise<Store>;
  /** Address of that database. */
  url(): string;
  /** Runs SQL there as its superuser. */
  query(statement: string): Promise<pg.QueryResult>;
}

export interface OpenOptions {
  maxConnections?: number;
  now?: () => Date;
  currentAttempt?: CurrentAttempt;
}

type Kind = 'PostgreSQL' | 'PGlite';

/** Provides a migrated database without content, on either kind of server. */
export const DATABASES: Record<Kind, () => Promise<TestDatabase>> = {
  PostgreSQL: migratedDatabase,
  PGlite: borrowPglite,
};
const EMPTY: typeof DATABASES = { PostgreSQL: emptyDatabase, PGlite: borrowEmptyPglite };

/** Runs a suite on a real PostgreSQL server and on PGlite behind its socket. */
export function describeOnStores(name: string, suite: (source: StoreSource) => void): void {
  describe.each(Object.keys(DATABASES) as Kind[])(`${name} on %s`, (kind) => {
    const stores: Store[] = [];
    let database: TestDatabase | undefined;
    const url = (): string => {
      if (!database) throw new Error('no database yet: call fresh() first');
      return database.databaseUrl;
    };
    const again = async (options: OpenOptions = {}): Promise<Store> => {
      const store = await openStore({ databaseUrl: url(), ...options });
      stores.push(store);
      return store;
    };
    const clear = async (): Promise<void> => {
      await Promise.all(stores.splice(0).map((store) => store.close()));
      await database?.close();
      database = undefined;
    };
    const openOn = async (
      create: () => Promise<TestDatabase>,
      options: OpenOptions = {},
    ): Promise<Store> => {
      await clear();
      database = await create();
      return await again(options);
    };

    afterEach(clear);

    const fresh = (options?: OpenOptions): Promise<Store> => openOn(DATABASES[kind], options);
    const empty = (options?: OpenOptions): Promise<Store> => openOn(EMPTY[kind], options);
    suite({ fresh, empty, again, url, query: (statement) => queryOnce(url(), statement) });
  });
}

/** Runs SQL at an address as its superuser. */
export async function queryOnce(databaseUrl: string, statement: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}
