import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { AuditHead } from '../../audit/types.ts';
import { connect, probe } from '../connection.ts';
import { readAppliedMigrations, pendingMigrations } from '../migrate.ts';
import { createAuditReader } from '../repositories/audit-reader.ts';
import type { StoreTransaction } from '../types.ts';
import { readTables, settleText } from './catalogue.ts';
import type { CatalogueTable } from './catalogue.ts';
import { BackupError } from './errors.ts';
import { BACKUP_SCHEMA, lineOf } from './format.ts';
import type { BackupHeader, Cells } from './format.ts';
import { compress } from './gzip.ts';

/** The progress of a backup or a restore. */
export interface BackupProgress {
  table: string;
  /** The number of completed tables, and of all tables. */
  tables: number;
  of: number;
  rows: number;
}

export interface BackupOptions {
  databaseUrl: string;
  /** Version of arx, for the header. */
  arx: string;
  created: Date;
  seen?: (progress: BackupProgress) => void;
  signal?: AbortSignal;
}

export interface BackupSummary {
  header: BackupHeader;
  /** Table → rows. */
  rows: Record<string, number>;
  /** SHA-256 of the lines before the trailer. */
  contentSha256: string;
  /** The end of the audit trail; null if the schema is of an earlier version. */
  audit: AuditHead | null;
}

/** Receives the pieces of the file; resolves when it has received all of them. */
export type Sink = (pieces: AsyncIterable<Uint8Array>) => Promise<void>;

/**
 * Writes a backup of the store to `sink`: a consistent snapshot, even while other processes write.
 * The store and its schema are not changed. Throws BackupError `no_store`, StoreUnavailableError,
 * and the errors of `sink`.
 */
export async function writeBackup(options: BackupOptions, sink: Sink): Promise<BackupSummary> {
  await probe(options.databaseUrl);
  const db = connect(options.databaseUrl, 1);
  try {
    return await db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute((tx) => backUp(tx, options, sink));
  } finally {
    await db.destroy();
  }
}

async function backUp(
  tx: StoreTransaction,
  options: BackupOptions,
  sink: Sink,
): Promise<BackupSummary> {
  await settleText(tx);
  const migrations = await readAppliedMigrations(tx);
  if (migrations.length === 0) throw noStore();
  const tables = await readTables(tx);
  // Prevents changes of the tables' structure in the meantime.
  await sql`lock table ${sql.join(tables.map(({ name }) => sql.id(name)))} in access share mode`.execute(
    tx,
  );
  const current = (await pendingMigrations(tx)).length === 0;
  const header = headerOf({ migrations, tables }, options);
  const content = new Content(tx, { header, tables, options });
  await sink(compress(content.lines()));
  const audit = current ? await createAuditReader(tx).head() : null;
  return { header, rows: content.rows, contentSha256: content.sha256, audit };
}

function headerOf(
  { migrations, tables }: { migrations: string[]; tables: CatalogueTable[] },
  { arx, created }: BackupOptions,
): BackupHeader {
  const described = tables.map(({ name, columns }) => ({
    name,
    columns: columns.map((column) => column.name),
    sequences: Object.fromEntries(
      columns.flatMap(({ name, last }) => (last === null ? [] : [[name, last]])),
    ),
  }));
  return {
    schema: BACKUP_SCHEMA,
    arx,
    migrations,
    created: created.toISOString(),
    tables: described,
  };
}

/** The lines of a backup, read from the database on demand. */
class Content {
  readonly rows: Record<string, number> = {};
  sha256 = '';
  readonly #tx: StoreTransaction;
  readonly #of: { header: BackupHeader; tables: CatalogueTable[]; options: BackupOptions };

  constructor(
    tx: StoreTransaction,
    of: { header: BackupHeader; tables: CatalogueTable[]; options: BackupOptions },
  ) {
    this.#tx = tx;
    this.#of = of;
  }

  async *lines(): AsyncGenerator<string> {
    const hash = createHash('sha256');
    for await (const lines of this.#hashLines()) {
      hash.update(lines);
      yield lines;
    }
    this.sha256 = hash.digest('hex');
    yield lineOf({ end: { rows: this.rows, sha256: this.sha256 } });
  }

  async *#hashLines(): AsyncGenerator<string> {
    const { header, tables, options } = this.#of;
    yield lineOf(header);
    let total = 0;
    for (const [done, table] of tables.entries()) {
      this.rows[table.name] = 0;
      for await (const { count, lines } of linesOf(this.#tx, table)) {
        options.signal?.throwIfAborted();
        this.rows[table.name]! += count;
        total += count;
        options.seen?.({ table: table.name, tables: done, of: tables.length, rows: total });
        yield lines;
      }
    }
  }
}

/** Rows fetched at a time: few at first, then about this many characters. */
const FIRST_ROWS = 50;
const MAX_ROWS = 5_000;
const PIECE = 512 * 1024;

async function* linesOf(
  tx: StoreTransaction,
  { name, columns }: CatalogueTable,
): AsyncGenerator<{ count: number; lines: string }> {
  const texts = sql.join(
    columns.map((column) => sql`${sql.id(column.name)}::text as ${sql.id(column.name)}`),
  );
  await sql`declare arx_backup no scroll cursor for select ${texts} from ${sql.id(name)}`.execute(
    tx,
  );
  for (let size = FIRST_ROWS; ;) {
    const fetch = sql<
      Record<string, string | null>
    >`fetch forward ${sql.lit(size)} from arx_backup`;
    const { rows } = await fetch.execute(tx);
    if (rows.length === 0) break;
    const cells = (row: Record<string, string | null>): Cells =>
      columns.map((column) => row[column.name] ?? null);
    const lines = rows.map((row) => lineOf({ table: name, row: cells(row) })).join('');
    yield { count: rows.length, lines };
    size = Math.max(1, Math.min(MAX_ROWS, Math.floor((PIECE * rows.length) / lines.length)));
  }
  await sql`close arx_backup`.execute(tx);
}

const noStore = (): BackupError =>
  new BackupError({
    code: 'no_store',
    message: 'There is no store yet: the database has no tables of arx.',
    remedy: 'Check DATABASE_URL. A worker or any command creates the store on first use.',
  });
