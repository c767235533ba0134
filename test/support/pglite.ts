import { servePglite } from '../../src/local/pglite.ts';

/** A database for a test. */
export interface TestDatabase {
  databaseUrl: string;
  close(): Promise<void>;
}

/** PGlite in this process behind a socket on 127.0.0.1; in memory unless a directory is given. */
export async function startPglite(dataDir: string | null = null): Promise<TestDatabase> {
  return await servePglite({ dataDir });
}
