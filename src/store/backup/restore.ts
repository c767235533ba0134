import { sql } from 'kysely';
import { connect, probe } from '../connection.ts';
import { readAppliedMigrations, whileMigrating } from '../migrate.ts';
import type { Migrate } from '../migrate.ts';
import { MIGRATIONS } from '../migrations.ts';
import type { StoreTransaction } from '../types.ts';
import { readTables, settleText } from './catalogue.ts';
import type { CatalogueTable } from './catalogue.ts';
import { BackupError, damageError } from './errors.ts';
import type { BackupHeader, BackupTable, Cells } from './format.ts';
import { hasRows, insertRows, setSequences } from './insert.ts';
import { readBackup } from './read.ts';
import type { BackupSource, ReadBackup } from './read.ts';
import type { BackupProgress } from './write.ts';

/** Tables into which a migration inserts a row, so that they are not empty even in a new store. */
const SEEDED = ['audit_head'];

/**
 * Reads a backup completely and compares its migrations with those of this version. Throws
 * BackupError.
 */
export async function checkBackup(source: BackupSource): Promise<ReadBackup> {
  return await readBackup(source, { begin: async (header) => checkMigrations(header) });
}

interface RestoreOptions {
  databaseUrl: string;
  source: BackupSource;
  seen?: (progress: BackupProgress) => void;
  signal?: AbortSignal;
}

/**
 * Restores a backup into an empty store, in one transaction, and then updates the schema. Throws
 * BackupError if the file is damaged or of a newer version, or the store is not empty; throws
 * StoreUnavailableError.
 */
export async function restoreBackup({
  databaseUrl,
  source,
  seen,
  signal,
}: RestoreOptions): Promise<ReadBackup> {
  await probe(databaseUrl);
  const db = connect(databaseUrl, 1);
  try {
    return await whileMigrating(db, async (tx, migrate) => {
      const filling = new Filling({ tx, migrate, seen, signal });
      const begin = (header: BackupHeader): Promise<void> => filling.begin(header);
      const rows = (table: BackupTable, some: readonly Cells[]): Promise<void> =>
        filling.rows(table, some);
      const read = await readBackup(source, { begin, rows });
      await filling.finish(read.header);
      return read;
    });
  } finally {
    await db.destroy();
  }
}

interface Parts extends Pick<RestoreOptions, 'seen' | 'signal'> {
  tx: StoreTransaction;
  migrate: Migrate;
}

class Filling {
  readonly #parts: Parts;
  #tables = new Map<string, CatalogueTable>();
  #seeded = new Set<string>();
  #order: string[] = [];
  #done = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** An empty store with the schema of the file. */
  async begin(header: BackupHeader): Promise<void> {
    const { tx, migrate } = this.#parts;
    checkMigrations(header);
    await settleText(tx);
    await checkEmpty(tx);
    checkLevel(header, await readAppliedMigrations(tx));
    await migrate(header.migrations.at(-1));
    const tables = await readTables(tx);
    checkTables(header, tables);
    this.#tables = new Map(tables.map((table) => [table.name, table]));
    this.#order = header.tables.map(({ name }) => name);
    for (const { name } of tables) if (await hasRows(tx, name)) this.#seeded.add(name);
  }

  async rows({ name, columns }: BackupTable, rows: readonly Cells[]): Promise<void> {
    const { tx, seen, signal } = this.#parts;
    signal?.throwIfAborted();
    const [table, over] = [this.#tables.get(name)!, this.#seeded.has(name)];
    await insertRows(tx, { table, columns, rows, over });
    this.#done += rows.length;
    seen?.({
      table: name,
      tables: this.#order.indexOf(name),
      of: this.#order.length,
      rows: this.#done,
    });
  }

  async finish(header: BackupHeader): Promise<void> {
    const { tx, migrate } = this.#parts;
    for (const table of header.tables) await setSequences(tx, this.#tables.get(table.name)!, table);
    await migrate();
  }
}

/** The migrations of the backup must be the first ones of this version. */
function checkMigrations({ migrations, arx }: BackupHeader): void {
  const known = Object.keys(MIGRATIONS);
  if (migrations.length === 0) throw damageError('it lists no migrations');
  const strange = migrations.find((name, at) => name !== known[at]);
  if (strange === undefined) return;
  throw new BackupError({
    code: 'backup_newer',
    message: `The backup was written by arx ${arx} with migration ${strange}, which this version of arx does not have in that place. Nothing was written.`,
    remedy: `Restore the backup with arx ${arx} or newer.`,
  });
}

async function checkEmpty(tx: StoreTransaction): Promise<void> {
  const tables = await readTables(tx);
  if (tables.length === 0) return;
  // Other writers wait until the restore is complete.
  await sql`lock table ${sql.join(tables.map(({ name }) => sql.id(name)))} in exclusive mode`.execute(
    tx,
  );
  const filled: string[] = [];
  for (const { name } of tables)
    if (!SEEDED.includes(name) && (await hasRows(tx, name))) filled.push(name);
  if (filled.length > 0)
    throw notEmpty(
      `has rows in ${filled.length === 1 ? 'the table' : 'the tables'} ${nameList(filled)}`,
    );
}

/** A schema cannot be reverted to an earlier version. */
function checkLevel({ migrations }: BackupHeader, applied: readonly string[]): void {
  const ahead = applied.find((name, at) => name !== migrations[at]);
  if (ahead !== undefined)
    throw notEmpty(`already has the migration ${ahead}, which is newer than the backup`);
}

const notEmpty = (what: string): BackupError =>
  new BackupError({
    code: 'store_not_empty',
    message: `The store to restore into is not empty: it ${what}.`,
    remedy:
      'Nothing was written. Set DATABASE_URL to an empty database; for the embedded store, set another ARX_HOME, or move the folder postgres in ARX_HOME while no stack is running.',
  });

/** With the same migrations, the tables must be the same. */
function checkTables(header: BackupHeader, tables: readonly CatalogueTable[]): void {
  const here = new Map(
    tables.map(({ name, columns }) => [name, columns.map((column) => column.name)]),
  );
  const there = new Map(header.tables.map(({ name, columns }) => [name, columns]));
  const names = [...new Set([...here.keys(), ...there.keys()])];
  const other = names.filter((name) => !sameNames(here.get(name) ?? [], there.get(name) ?? []));
  if (other.length === 0) return;
  throw new BackupError({
    code: 'backup_foreign',
    message: `The backup and the store have different tables or columns: ${nameList(other)}.`,
    remedy: 'Nothing was written. Restore into a new, empty database with this version of arx.',
  });
}

const sameNames = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((name) => others.includes(name));

const nameList = (names: readonly string[]): string =>
  [...names.slice(0, 5), ...(names.length > 5 ? ['…'] : [])].join(', ');
