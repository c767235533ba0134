/** A statement takes at most 65,535 parameters; a thousand rows of any table need far fewer. */
const ROWS_PER_STATEMENT = 1000;

/** Splits rows into chunks that fit into one insert. */
export function inChunks<Row>(rows: readonly Row[]): Row[][] {
  const count = Math.ceil(rows.length / ROWS_PER_STATEMENT);
  return Array.from({ length: count }, (_, n) =>
    rows.slice(n * ROWS_PER_STATEMENT, (n + 1) * ROWS_PER_STATEMENT),
  );
}
