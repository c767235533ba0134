import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';

/**
 * Texts as a parameter of type text[]: the array as PostgreSQL writes it, made by the engine's own
 * JSON writer, which quotes the same way but for control characters and halves of surrogate pairs.
 * Where there may be any, the list itself, for the driver to write: it takes each text apart twice.
 */
export function textArray(texts: readonly (string | null)[]): string | readonly (string | null)[] {
  const json = JSON.stringify(texts);
  return OTHER_ESCAPES.test(json) ? texts : `{${json.slice(1, -1)}}`;
}

/**
 * Rows of a table whose `column` is one of these keys, looked up one by one by `where` (which names
 * the rest of a unique key). Of a table that grew since it was last analysed the planner thinks
 * that a run has a hundred rows, and would read them all for every question.
 */
export function rowsByKey(
  table: string,
  { column, keys, where }: { column: string; keys: readonly string[]; where: RawBuilder<unknown> },
): RawBuilder<unknown> {
  const [from, key] = [sql.table(table), sql.ref(column)];
  return sql`unnest(${textArray(keys)}::text[]) as given(key)
    cross join lateral (select * from ${from} where ${where} and ${key} = given.key offset 0) as found`;
}

const OTHER_ESCAPES = /\\[^"\\]/;
