import { StoreQueryError, StoreUnavailableError } from './errors.ts';

/**
 * Classes of SQLSTATE that concern the server, not the statement: connection, resources, shutdown,
 * I/O.
 */
const UNAVAILABLE_CLASSES = ['08', '28', '3D', '53', '57', '58'];

/** The message of pg for a query that timed out. */
export const READ_TIMEOUT = 'Query read timeout';

/**
 * Reduces an error of the driver to listed fields. `address` is host, port and database, without
 * credentials.
 */
export function reduceFailure(
  error: unknown,
  address: string,
): StoreQueryError | StoreUnavailableError {
  const { code, table, constraint, message } = fieldsOf(error);
  const sqlState = code && /^[0-9A-Z]{5}$/.test(code) ? code : null;
  if (sqlState && !UNAVAILABLE_CLASSES.includes(sqlState.slice(0, 2))) {
    return new StoreQueryError(sqlState, { table, constraint });
  }
  const detail = sqlState
    ? `SQLSTATE ${sqlState}`
    : (code ?? KNOWN_MESSAGES.find((known) => message === known));
  return new StoreUnavailableError(
    `the database at ${address} does not respond${detail ? ` (${detail})` : ''}: check DATABASE_URL and the server`,
  );
}

/** Fixed messages of the driver, which are shown because they have no code. */
const KNOWN_MESSAGES = [
  READ_TIMEOUT,
  'timeout exceeded when trying to connect',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'The server does not support SSL connections',
];

interface FailureFields {
  code?: string;
  table?: string;
  constraint?: string;
  message?: string;
}

function fieldsOf(error: unknown): FailureFields {
  if (error === null || typeof error !== 'object') return {};
  const { code, table, constraint, message } = error as Record<string, unknown>;
  return {
    code: text(code),
    table: text(table),
    constraint: text(constraint),
    message: text(message),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/**
 * Host, port and database of a PostgreSQL URL, for messages. Throws StoreUnavailableError if it is
 * not such a URL.
 */
export function addressOf(databaseUrl: string): string {
  const url = URL.parse(databaseUrl);
  if (!url || !['postgres:', 'postgresql:'].includes(url.protocol)) {
    throw new StoreUnavailableError(
      'DATABASE_URL is not a PostgreSQL URL: expected postgres://USER:PASSWORD@HOST:PORT/DATABASE',
    );
  }
  return `${url.hostname || 'localhost'}:${url.port || '5432'}${url.pathname}`;
}
