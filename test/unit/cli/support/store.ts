import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type pg from 'pg';
import { openStore } from '../../../../src/store/open.ts';
import type { Store } from '../../../../src/store/types.ts';
import { borrowPglite } from '../../../support/pglite.ts';
import type { TestDatabase } from '../../../support/pglite.ts';
import { queryOnce } from '../../../support/stores.ts';

/** A store that the commands of a test are given by `DATABASE_URL`, empty before each test. */
export interface StoreOfTest {
  /** Removed at the end; outlives the tests. */
  folder: string;
  store: Store;
  /** A new folder for each test. */
  home: string;
  env: Record<string, string>;
  query(statement: string): Promise<pg.QueryResult>;
}

/** A store that is planted once for commands that only read; the functions are for within tests. */
export interface PlantedStore {
  folder: string;
  env(): Record<string, string>;
}

/** Registers what starts, plants and ends it; `name` begins the name of its folder. */
export function plantedStore(name: string, plant: (store: Store) => Promise<void>): PlantedStore {
  let database: TestDatabase;
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  beforeAll(async () => {
    database = await borrowPglite();
    const store = await openStore({ databaseUrl: database.databaseUrl });
    await plant(store);
    await store.close();
  });
  afterAll(async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    folder,
    env: () => ({ ARX_HOME: join(folder, 'home'), DATABASE_URL: database.databaseUrl }),
  };
}

/** Registers what starts, empties and ends it; `name` begins the name of its folder. */
export function storeOfTest(name: string): StoreOfTest {
  let database: TestDatabase;
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  const query = (statement: string) => queryOnce(database.databaseUrl, statement);
  const of = { folder, query } as StoreOfTest;
  beforeEach(async () => {
    database = await borrowPglite();
    of.store = await openStore({ databaseUrl: database.databaseUrl });
    of.home = mkdtempSync(join(folder, 'home-'));
    of.env = { DATABASE_URL: database.databaseUrl, ARX_HOME: of.home };
  });
  afterEach(async () => {
    await of.store.close();
    await database.close();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return of;
}
