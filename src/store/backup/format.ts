/**
 * The format of a backup file, `arx.backup/v1`: gzipped lines of JSON. A header, one line per row
 * in the order of the header's tables, and a trailer with the number of rows per table and the hash
 * of everything before it.
 */
import { BackupError, damageError } from './errors.ts';

export const BACKUP_SCHEMA = 'arx.backup/v1';

/** The values of a row in PostgreSQL's text form, in the order of its table's columns. */
export type Cells = (string | null)[];

export interface BackupTable {
  name: string;
  columns: string[];
  /** Column → last value of its sequence; unused sequences are omitted. */
  sequences: Record<string, string>;
}

/** The first line. */
export interface BackupHeader {
  schema: typeof BACKUP_SCHEMA;
  /** Version of arx that wrote the file. */
  arx: string;
  /** The applied migrations, in order. */
  migrations: string[];
  /** ISO 8601 UTC. */
  created: string;
  /** In an order in which they can be filled: each table after those that it references. */
  tables: BackupTable[];
}

/** The last line. */
export interface BackupEnd {
  /** Table → number of rows. */
  rows: Record<string, number>;
  /** Hex SHA-256 of all lines before this one, including line ends. */
  sha256: string;
}

/** A line of the file, parsed. */
export type BackupLine = BackupHeader | { table: string; row: Cells } | { end: BackupEnd };

/** A line of the file. */
export const lineOf = (line: BackupLine): string => `${JSON.stringify(line)}\n`;

/** Reads the first line. Throws BackupError. */
export function parseHeader(line: string): BackupHeader {
  const found = parseObject(line);
  if (found?.schema !== BACKUP_SCHEMA) {
    if (typeof found?.schema !== 'string')
      throw damageError('its first line is not a header, so it is not a backup of arx');
    throw new BackupError({
      code: 'backup_newer',
      message: `The backup has the format ${found.schema}; this arx reads ${BACKUP_SCHEMA}.`,
      remedy: `Restore the backup with arx ${String(found.arx)} or newer.`,
    });
  }
  const header = found as unknown as BackupHeader;
  const isValid =
    typeof header.arx === 'string' &&
    isTexts(header.migrations) &&
    [header.tables].flat().every((one) => isTable(one));
  if (!isValid) throw damageError('its header is invalid');
  return header;
}

/** Reads any other line: a row of one of these tables, or the end. Throws BackupError. */
export function parseLine(
  line: string,
  tables: ReadonlyMap<string, BackupTable>,
): Exclude<BackupLine, BackupHeader> {
  const found = parseObject(line);
  if (found && 'end' in found && isEnd(found.end)) return { end: found.end };
  const table = tables.get(String(found?.table));
  const row = found?.row;
  if (!table || !Array.isArray(row) || row.length !== table.columns.length || !row.every(isCell)) {
    throw damageError('one of its lines is neither a row nor the end');
  }
  return { table: table.name, row };
}

function parseObject(line: string): Record<string, unknown> | null {
  try {
    const found: unknown = JSON.parse(line);
    return typeof found === 'object' ? (found as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}

const isCell = (value: unknown): boolean => value === null || typeof value === 'string';
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

function isTable(value: unknown): boolean {
  const { name, columns, sequences } = (value ?? {}) as Partial<BackupTable>;
  return (
    typeof name === 'string' && isTexts(columns) && isTexts(Object.values(sequences ?? { none: 0 }))
  );
}

function isEnd(value: unknown): value is BackupEnd {
  const { rows, sha256 } = (value ?? {}) as Partial<BackupEnd>;
  return typeof sha256 === 'string' && typeof rows === 'object' && rows !== null;
}
