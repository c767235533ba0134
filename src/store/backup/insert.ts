import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { textArray } from '../text-array.ts';
import type { StoreTransaction } from '../types.ts';
import type { CatalogueColumn, CatalogueTable } from './catalogue.ts';
import type { BackupTable, Cells } from './format.ts';

/**
 * Writes rows into a table. The database casts each value from its text, so that no driver can
 * change it. With `over`, a row with the same key gets the new values.
 */
export async function insertRows(
  tx: StoreTransaction,
  {
    table,
    columns,
    rows,
    over,
  }: { table: CatalogueTable; columns: string[]; rows: readonly Cells[]; over: boolean },
): Promise<void> {
  const found = columns.map((name) => table.columns.find((column) => column.name === name)!);
  const names = sql.join(found.map(({ name }) => sql.id(name)));
  const values = sql.join(
    found.map(({ name, type }) => sql`${sql.id('given', name)}::${sql.raw(type)}`),
  );
  const texts = sql.join(
    found.map((_, at) => sql`${textArray(rows.map((row) => row[at] ?? null))}::text[]`),
  );
  await sql`insert into ${sql.id(table.name)} (${names}) overriding system value
    select ${values} from unnest(${texts}) as given(${names})
    ${over ? replacing(found) : sql``}`.execute(tx);
}

function replacing(columns: readonly CatalogueColumn[]): RawBuilder<unknown> {
  const key = sql.join(columns.filter(({ key }) => key).map(({ name }) => sql.id(name)));
  const rest = columns
    .filter(({ key }) => !key)
    .map(({ name }) => sql`${sql.id(name)} = ${sql.id('excluded', name)}`);
  return rest.length === 0
    ? sql`on conflict do nothing`
    : sql`on conflict (${key}) do update set ${sql.join(rest)}`;
}

/** Sets the sequences of a table to their values in the backup. */
export async function setSequences(
  tx: StoreTransaction,
  { columns }: CatalogueTable,
  { sequences }: BackupTable,
): Promise<void> {
  for (const { name, sequence } of columns) {
    const last = sequences[name];
    if (sequence !== null && last !== undefined)
      await sql`select setval(${sequence}::regclass, ${last}::bigint)`.execute(tx);
  }
}

/** Whether the table has any row. */
export async function hasRows(tx: StoreTransaction, table: string): Promise<boolean> {
  const { rows } = await sql<{
    found: boolean;
  }>`select exists (select from ${sql.id(table)}) as found`.execute(tx);
  return rows[0]?.found ?? false;
}
