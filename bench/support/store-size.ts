import pg from 'pg';

const SIZES = `select relname as name, pg_total_relation_size(pg_class.oid)::float8 as bytes
  from pg_class join pg_namespace on pg_namespace.oid = relnamespace
  where relkind = 'r' and nspname = 'public' order by bytes desc, name`;

/** Bytes of every table of a store, indices and out-of-line values included. */
export async function tableSizes(databaseUrl: string): Promise<Map<string, number>> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; bytes: number }>(SIZES);
    return new Map(rows.map(({ name, bytes }) => [name, bytes]));
  } finally {
    await client.end();
  }
}
