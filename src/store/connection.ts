import { Kysely, PostgresAdapter, PostgresDialect } from 'kysely';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { addressOf, READ_TIMEOUT, reduceFailure } from './failure.ts';
import type { Database } from './schema.ts';

/**
 * Milliseconds that a wait for a connection, or a single statement, may take before the database
 * counts as unavailable.
 */
const CONNECT_TIMEOUT = 30_000;
const STATEMENT_TIMEOUT = 30_000;
/** The same limit for `probe`, which must respond quickly. */
const PROBE_TIMEOUT = 4_000;
const BIGINT = 20;

/**
 * Opens a connection pool for kysely. The same dialect serves a PostgreSQL server and PGlite's
 * socket, so the store uses no session state, advisory locks, temporary tables or LISTEN; only
 * transactions, unique keys and row locks.
 */
export function connect(databaseUrl: string, maxConnections: number): Kysely<Database> {
  const address = addressOf(databaseUrl);
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: maxConnections,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    query_timeout: STATEMENT_TIMEOUT,
    keepAlive: true,
    types: { getTypeParser: typeParser },
  });
  // The pool replaces an idle connection that breaks; the next statement shows whether the server
  // is back.
  pool.on('error', () => undefined);
  // If a borrowed connection breaks between two statements, the next statement fails. Without a
  // listener, the error event would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<Database>({ dialect: new StoreDialect({ pool: guardPool(pool, address) }) });
}

/**
 * Checks on a separate connection that the database responds. Throws StoreUnavailableError within
 * twice `limitMs` (default 4 s).
 */
export async function probe(databaseUrl: string, limitMs = PROBE_TIMEOUT): Promise<void> {
  const address = addressOf(databaseUrl);
  const limits = { connectionTimeoutMillis: limitMs, query_timeout: limitMs };
  const client = new pg.Client({ connectionString: databaseUrl, ...limits });
  client.on('error', () => undefined);
  try {
    await reduceErrors(client.connect(), address);
    await reduceErrors(client.query('select 1'), address);
    await client.end();
  } catch (error) {
    hangUp(client);
    throw error;
  }
}

/**
 * Kysely's dialect without its advisory migration lock, which would remain after a failed
 * migration; see migrate.ts.
 */
class StoreDialect extends PostgresDialect {
  override createAdapter(): PostgresAdapter {
    return new LocklessAdapter();
  }
}

class LocklessAdapter extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {}
  override async releaseMigrationLock(): Promise<void> {}
}

/**
 * Reads bigint as a number, because counts and positions fit into a double. Everything else is read
 * as usual.
 */
const typeParser = ((oid: number, format?: 'text' | 'binary') =>
  oid === BIGINT
    ? Number
    : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser;

/** The pool in the form that kysely expects; every failure of the driver is reduced. */
function guardPool(pool: pg.Pool, address: string): PostgresPool {
  const guarded = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await reduceErrors(pool.connect(), address);
      const known = guarded.get(client) ?? guardClient(client, address);
      guarded.set(client, known);
      return known;
    },
  };
}

function guardClient(client: pg.PoolClient, address: string): PostgresPoolClient {
  const query = async (sql: string, parameters: readonly unknown[]): Promise<unknown> => {
    // Statements without parameters use the simple protocol: one message instead of five.
    const running = parameters.length > 0 ? client.query(sql, [...parameters]) : client.query(sql);
    running.catch((error: Error) => error.message === READ_TIMEOUT && hangUp(client));
    return await reduceErrors(running, address);
  };
  return { query, release: (destroy?: boolean) => client.release(destroy) } as PostgresPoolClient;
}

/** Closes a connection whose statement timed out, because the next borrower could not use it. */
function hangUp(client: pg.ClientBase): void {
  (
    client as unknown as { connection: { stream: { destroy(): void } } }
  ).connection.stream.destroy();
}

async function reduceErrors<Value>(running: Promise<Value>, address: string): Promise<Value> {
  try {
    return await running;
  } catch (error) {
    throw reduceFailure(error, address);
  }
}
