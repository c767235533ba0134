/**
 * Thrown if the database cannot be reached or stops responding. It names the address, never the
 * credentials.
 */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
  readonly code = 'store_unavailable';
}

/**
 * Thrown if the database refuses a statement. It contains only SQLSTATE and names of the schema,
 * because the server's message may quote stored values.
 */
export class StoreQueryError extends Error {
  override readonly name = 'StoreQueryError';
  readonly code = 'store_query';
  readonly sqlState: string;
  constructor(sqlState: string, names: { table?: string; constraint?: string } = {}) {
    const where = [
      names.table && `table ${names.table}`,
      names.constraint && `constraint ${names.constraint}`,
    ];
    super(
      ['the database refused a statement: SQLSTATE ' + sqlState, ...where.filter(Boolean)].join(
        ', ',
      ),
    );
    this.sqlState = sqlState;
  }
}

/** Thrown if a write names a run, user or ticket that is not stored; nothing was written. */
export class NotStoredError extends Error {
  override readonly name = 'NotStoredError';
  readonly code = 'not_stored';
}

/**
 * Thrown if a caller writes under a lease (for example of a ticket) that it does not hold, or no
 * longer holds; nothing was written.
 */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
  readonly code = 'lease_lost';
  constructor(label: string, owner: string) {
    super(
      `${owner} no longer holds the lease of ${label}, so nothing was written; arx tries again`,
    );
  }
}
