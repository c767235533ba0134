/** Inserts rows into a database, and finds text in all of its tables. */
import type { StoreSource } from './stores.ts';

type Cell = string | number | boolean | null | object;
/** A table and one row of it. */
export type Row = readonly [table: string, cells: Readonly<Record<string, Cell>>];

const literal = (cell: Cell): string => {
  if (cell === null || typeof cell === 'number' || typeof cell === 'boolean') return String(cell);
  const text = typeof cell === 'string' ? cell : JSON.stringify(cell);
  return `'${text.replaceAll("'", "''")}'`;
};

/** Inserts the rows in their order. */
export async function insertRows(
  { query }: Pick<StoreSource, 'query'>,
  rows: readonly Row[],
): Promise<void> {
  for (const [table, cells] of rows) {
    const values = Object.values(cells).map(literal).join(', ');
    await query(`insert into ${table} (${Object.keys(cells).join(', ')}) values (${values})`);
  }
}

/** How many rows of a table contain the text, in any column. */
export async function rowsWith(
  { query }: Pick<StoreSource, 'query'>,
  table: string,
  text: string,
): Promise<number> {
  const { rows } = await query(
    `select count(*)::int as n from ${table} t where t::text like '%${text}%'`,
  );
  return (rows[0] as { n: number }).n;
}

/** The tables of the catalogue that contain the text anywhere. */
export async function tablesWith(
  source: Pick<StoreSource, 'query'>,
  text: string,
): Promise<string[]> {
  const { rows } = await source.query(
    "select table_name as name from information_schema.tables where table_schema = 'public' order by 1",
  );
  const found: string[] = [];
  for (const { name } of rows as { name: string }[]) {
    if ((await rowsWith(source, name, text)) > 0) found.push(name);
  }
  return found;
}
