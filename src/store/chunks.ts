/**
 * A statement takes 65,535 parameters at most; a thousand rows of any of our tables stay far below.
 */
const ROWS_A_STATEMENT = 1000;

/** Cuts rows into pieces that one insert can carry. */
export function inChunks<Row>(rows: readonly Row[]): Row[][] {
  const count = Math.ceil(rows.length / ROWS_A_STATEMENT);
  return Array.from({ length: count }, (_, n) =>
    rows.slice(n * ROWS_A_STATEMENT, (n + 1) * ROWS_A_STATEMENT),
  );
}
