import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';

/**
 * Texts as a parameter of type text[]. The array is written in PostgreSQL's notation by the
 * engine's JSON writer, which quotes in the same way except for control characters and half
 * surrogate pairs. If there may be any of those, the list itself is returned for the driver to
 * write, which is slower.
 */
export function textArray(texts: readonly (string | null)[]): string | readonly (string | null)[] {
  const json = JSON.stringify(texts);
  return OTHER_ESCAPES.test(json) ? texts : `{${json.slice(1, -1)}}`;
}

/**
 * The rows of a table whose `column` is one of these keys, looked up one by one; `where` names the
 * rest of a unique key. If a table has grown since its last analysis, the planner would assume that
 * a run has a hundred rows and read all of them for every query.
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
