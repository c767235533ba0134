/**
 * Reads the tables from the database's own catalogue, so that a migration that adds one needs no
 * change here.
 */
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Database } from '../schema.ts';

/** Tables that record the applied migrations; the migrations themselves write them. */
const BOOKKEEPING = ['arx_migration_lock', 'kysely_migration', 'kysely_migration_lock'];

export interface CatalogueColumn {
  name: string;
  /** SQL name of the type: `bigint`, `timestamp with time zone`. */
  type: string;
  /** Part of the primary key. */
  key: boolean;
  /** The sequence of its values, for `setval`; null if there is none. */
  sequence: string | null;
  /** Last value of the sequence; null: none yet. */
  last: string | null;
}

export interface CatalogueTable {
  name: string;
  columns: CatalogueColumn[];
}

/** The tables of the store with their columns; each table comes after those that it references. */
export async function readTables(db: Kysely<Database>): Promise<CatalogueTable[]> {
  const { rows } = await COLUMNS.execute(db);
  const tables = Map.groupBy(rows, ({ table }) => table);
  const { rows: references } = await REFERENCES.execute(db);
  return inOrder([...tables.keys()], references).map((name) => ({
    name,
    columns: tables.get(name)!,
  }));
}

// Computed columns need no backup; tables of extensions do not belong to the store.
const COLUMNS = sql<CatalogueColumn & { table: string }>`
  select found.*, pg_sequence_last_value(found.sequence::regclass)::text as last from (
    select c.relname as "table", a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
      coalesce(a.attnum = any(i.indkey), false) as key,
      pg_get_serial_sequence(quote_ident(c.relname), a.attname) as sequence
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace and n.nspname = current_schema()
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    left join pg_index i on i.indrelid = c.oid and i.indisprimary
    where c.relkind = 'r' and c.relname <> all (${BOOKKEEPING})
      and not exists (
        select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
      )
    order by c.relname collate "C", a.attnum
  ) as found`;

interface Reference {
  child: string;
  parent: string;
}

const REFERENCES = sql<Reference>`
  select child.relname as child, parent.relname as parent
  from pg_constraint k
  join pg_class child on child.oid = k.conrelid
  join pg_class parent on parent.oid = k.confrelid
  join pg_namespace n on n.oid = child.relnamespace and n.nspname = current_schema()
  where k.contype = 'f' and child.oid <> parent.oid
  order by parent.relname collate "C"`;

/** The names with parents before their children, otherwise in the given order. */
export function inOrder(names: readonly string[], references: readonly Reference[]): string[] {
  const parents = Map.groupBy(references, ({ child }) => child);
  const ordered = new Set<string>();
  const begun = new Set<string>();
  const visit = (name: string): void => {
    if (begun.has(name)) return;
    begun.add(name);
    for (const { parent } of parents.get(name) ?? []) visit(parent);
    ordered.add(name);
  };
  names.forEach(visit);
  return [...ordered];
}

/** Makes the text form of values the same on every server, in this transaction only. */
export async function settleText(tx: Kysely<Database>): Promise<void> {
  await sql`select set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO, YMD', true),
    set_config('intervalstyle', 'postgres', true), set_config('bytea_output', 'hex', true),
    set_config('extra_float_digits', '1', true)`.execute(tx);
}
