/**
 * Restores a migrated database to its state right after the migrations, which is much cheaper than
 * migrating again.
 */
import pg from 'pg';

/** The state right after the migrations. */
export interface Pristine {
  /** Differs for each schema. */
  schema: string;
  /** Rows written by the migrations, as JSON by table. */
  rows: ReadonlyMap<string, string>;
}

/** Reads a database right after its migrations. */
export async function readPristine(databaseUrl: string): Promise<Pristine> {
  return await withClient(databaseUrl, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(TABLES);
    const rows = new Map<string, string>();
    for (const { name } of tables) {
      const content = await client.query<{ rows: string | null }>(
        `select json_agg(t)::text as rows from ${name} t`,
      );
      if (content.rows[0]?.rows) rows.set(name, content.rows[0].rows);
    }
    return { schema: await readSchema(client), rows };
  });
}

/**
 * Deletes all content and writes the rows of the migrations again; false if the schema has changed.
 */
export async function restorePristine(databaseUrl: string, pristine: Pristine): Promise<boolean> {
  return await withClient(databaseUrl, async (client) => {
    if ((await readSchema(client)) !== pristine.schema) return false;
    await client.query(EMPTY_TABLES);
    const { rows: large } = await client.query<{ name: string }>(LARGE_TABLES);
    if (large.length > 0) await client.query(`vacuum ${large.map(({ name }) => name).join(', ')}`);
    for (const [name, rows] of pristine.rows) {
      const columns = `overriding system value select * from json_populate_recordset(null::${name}, $1)`;
      await client.query(`insert into ${name} ${columns}`, [rows]);
    }
    return true;
  });
}

/** Drops everything that a store creates in its database. */
export async function dropEverything(databaseUrl: string): Promise<void> {
  await withClient(databaseUrl, (client) =>
    client.query('drop schema public cascade; create schema public'),
  );
}

const OURS = `'public'::regnamespace`;
const TABLES = `select oid::regclass::text as name from pg_class where relnamespace = ${OURS} and relkind = 'r' order by 1`;
const LARGE_TABLES = `
  select oid::regclass::text as name from pg_class
  where relnamespace = ${OURS} and relkind = 'r' and pg_relation_size(oid) > 1000000`;

/** Each change of a definition rewrites a row of the system catalogue. */
const SCHEMA = `
  select md5(string_agg(row, ',' order by row)) as schema from (
    select 'class' || oid || '/' || xmin from pg_class where relnamespace = ${OURS} and relkind <> 'S'
    union all
    select 'column' || attrelid || '/' || attnum || '/' || a.xmin
      from pg_attribute a join pg_class c on c.oid = attrelid where relnamespace = ${OURS}
    union all
    select 'trigger' || t.oid || '/' || t.xmin from pg_trigger t join pg_class c on c.oid = tgrelid
      where relnamespace = ${OURS}
    union all
    select 'constraint' || oid || '/' || xmin from pg_constraint where connamespace = ${OURS}
    union all
    select 'function' || oid || '/' || xmin from pg_proc where pronamespace = ${OURS}
  ) definitions (row)`;

/** Runs as a replica, so that foreign keys and the trigger of the audit trail do not apply. */
const EMPTY_TABLES = `
  do $$
  declare name regclass;
  begin
    set local session_replication_role = replica;
    for name in select oid from pg_class where relnamespace = ${OURS} and relkind = 'r' loop
      execute 'delete from ' || name;
    end loop;
    perform setval(oid::regclass, 1, false) from pg_class where relnamespace = ${OURS} and relkind = 'S';
  end $$`;

async function readSchema(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ schema: string }>(SCHEMA);
  return rows[0]?.schema ?? '';
}

async function withClient<Result>(
  databaseUrl: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
