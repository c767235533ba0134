import { Kysely, PostgresAdapter, PostgresDialect } from 'kysely';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { addressOf, READ_TIMEOUT, reduceFailure } from './failure.ts';
import type { Database } from './schema.ts';

/**
 * How long a wait for a connection, and a single statement, may take (milliseconds) before the
 * database counts as gone.
 */
const CONNECT_TIMEOUT = 30_000;
const STATEMENT_TIMEOUT = 30_000;
/** The same for a question that wants a quick answer. */
const PROBE_TIMEOUT = 4_000;
const BIGINT = 20;

/**
 * Opens a pool behind kysely. One dialect for a real server and for PGlite's socket, so: no session
 * state, no advisory locks, no temporary tables, no LISTEN; only transactions, unique keys and row
 * locks.
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
  // An idle connection that breaks is replaced by the pool; the next statement tells whether the
  // server is back.
  pool.on('error', () => undefined);
  // A borrowed one that breaks between two statements tells the next statement; unheard, the event
  // ends the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<Database>({ dialect: new StoreDialect({ pool: guardPool(pool, address) }) });
}

/**
 * Asks the database for a sign of life, on a connection of its own; throws StoreUnavailableError
 * within 8 s.
 */
export async function probe(databaseUrl: string): Promise<void> {
  const address = addressOf(databaseUrl);
  const limits = { connectionTimeoutMillis: PROBE_TIMEOUT, query_timeout: PROBE_TIMEOUT };
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
 * Kysely's dialect without its advisory migration lock, which would outlive a failed migration; see
 * migrate.ts.
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

/** Counts and positions fit a double: bigint comes as a number, everything else as pg does it. */
const typeParser = ((oid: number, format?: 'text' | 'binary') =>
  oid === BIGINT
    ? Number
    : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser;

/** The pool as kysely wants it, with every failure reduced where it leaves the driver. */
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
    // Without parameters the simple protocol: one message instead of five.
    const running = parameters.length > 0 ? client.query(sql, [...parameters]) : client.query(sql);
    running.catch((error: Error) => error.message === READ_TIMEOUT && hangUp(client));
    return await reduceErrors(running, address);
  };
  return { query, release: (destroy?: boolean) => client.release(destroy) } as PostgresPoolClient;
}

/** A connection that owes an answer is no use to the next borrower. */
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
