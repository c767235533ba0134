/**
 * Tests that cannot run on a machine where something is missing; `not-run-reporter.ts` lists them
 * at the end.
 */
import { it } from 'vitest';
import { TABLE_NOTE } from './table-note.ts';

type Body = () => void | Promise<void>;
type RowBody<Row> = (row: Row) => void | Promise<void>;

export interface ConditionalIt {
  (name: string, body: Body): void;
  /**
   * A test for each row, as `it.for`. Rows read from something that may be missing are given as a
   * function.
   */
  for<Row>(
    rows: readonly Row[] | (() => readonly Row[]),
  ): (name: string, body: RowBody<Row>) => void;
}

/**
 * `it` if nothing is missing; else tests that do not run and are reported with the sentence that
 * says what is missing.
 */
export function itUnless(missing: string | null): ConditionalIt {
  const one = (name: string, body: Body): void => {
    if (missing === null) it(name, body);
    else it(name, ({ skip }) => skip(missing));
  };
  const each =
    <Row>(rows: readonly Row[] | (() => readonly Row[])) =>
    (name: string, body: RowBody<Row>): void => {
      if (missing === null) it.for(typeof rows === 'function' ? rows() : rows)(name, body);
      else if (typeof rows === 'function') one(`${name} ${TABLE_NOTE}`, () => undefined);
      else it.for(rows)(name, (_, { skip }) => skip(missing));
    };
  return Object.assign(one, { for: each });
}
