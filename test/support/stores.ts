import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/types.ts';
import { startPglite } from './pglite.ts';
import type { TestDatabase } from './pglite.ts';
import { startPostgres } from './postgres.ts';

/** Where a test gets its stores from; everything opened is closed after the test. */
export interface StoreSource {
  /** An empty, migrated store in a database of its own. */
  fresh(options?: OpenOptions): Promise<Store>;
  /** The same without the migrations. */
  empty(options?: OpenOptions): Promise<Store>;
  /** Another store (a pool of its own) on the database of the last `fresh`. */
  again(options?: OpenOptions): Promise<Store>;
  /** Address of that database. */
  url(): string;
  /** Runs SQL there as its superuser. */
  query(statement: string): Promise<pg.QueryResult>;
}

export interface OpenOptions {
  maxConnections?: number;
  now?: () => Date;
}

interface Server {
  create(): Promise<TestDatabase>;
  stop(): Promise<void>;
}

const SERVERS: Record<string, () => Promise<Server>> = { PostgreSQL: startPostgres, PGlite: startPgliteServer };

/** Runs a suite on a real PostgreSQL server and on PGlite behind its socket. */
export function describeOnStores(name: string, suite: (source: StoreSource) => void): void {
  describe.each(Object.keys(SERVERS))(`${name} on %s`, (kind) => {
    const databases: TestDatabase[] = [];
    const stores: Store[] = [];
    let server: Server | undefined;
    const url = (): string => {
      const current = databases.at(-1);
      if (!current) throw new Error('no database yet: call fresh() first');
      return current.databaseUrl;
    };
    const again = async (options: OpenOptions = {}): Promise<Store> => {
      const store = await openStore({ databaseUrl: url(), ...options });
      stores.push(store);
      return store;
    };
    const empty = async (options: OpenOptions = {}): Promise<Store> => {
      if (!server) throw new Error('the database server did not start');
      databases.push(await server.create());
      return await again(options);
    };
    const fresh = async (options: OpenOptions = {}): Promise<Store> => {
      const store = await empty(options);
      await store.migrate();
      return store;
    };

    beforeAll(async () => {
      server = await SERVERS[kind]?.();
    });
    afterEach(async () => {
      await Promise.all(stores.splice(0).map((store) => store.close()));
      for (const database of databases.splice(0)) await database.close();
    });
    afterAll(async () => await server?.stop());

    suite({ fresh, empty, again, url, query: (statement) => queryOnce(url(), statement) });
  });
}

/** PGlite has one database, so it is emptied instead of created anew. */
async function startPgliteServer(): Promise<Server> {
  const { databaseUrl, close } = await startPglite();
  const empty = async (): Promise<TestDatabase> => {
    await queryOnce(databaseUrl, 'drop schema public cascade; create schema public');
    return { databaseUrl, close: async () => undefined };
  };
  return { create: empty, stop: close };
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
