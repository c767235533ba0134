import { createHash } from 'node:crypto';
import { damageError } from './errors.ts';
import { parseHeader, parseLine } from './format.ts';
import type { BackupEnd, BackupHeader, BackupTable, Cells } from './format.ts';
import { decompress } from './gzip.ts';

/** Opens the file; called twice, because the file is read twice. */
export type BackupSource = () => AsyncIterable<Uint8Array>;

/** Callbacks for the content of a file; whether the file is complete is known only at its end. */
interface BackupReader {
  begin?: (header: BackupHeader) => Promise<void>;
  /** Some rows of a table, in order. */
  rows?: (table: BackupTable, rows: readonly Cells[]) => Promise<void>;
}

export interface ReadBackup {
  header: BackupHeader;
  end: BackupEnd;
}

/**
 * Reads a backup completely. Throws BackupError if it is not exactly what was written, and errors
 * of the source.
 */
export async function readBackup(
  source: BackupSource,
  reader: BackupReader = {},
): Promise<ReadBackup> {
  const reading = new Reading(reader);
  try {
    for await (const lines of linesOf(decompress(source()))) {
      for (const line of lines) await reading.take(line);
    }
  } catch (thrown) {
    throw isOfZlib(thrown)
      ? damageError('it is truncated or damaged (its gzip data is invalid)')
      : thrown;
  }
  return await reading.finish();
}

/** Rows passed on at a time: at most this many, or this many characters. */
const MAX_ROWS = 1_000;
const PIECE = 512 * 1024;

class Reading {
  readonly #reader: BackupReader;
  readonly #hash = createHash('sha256');
  readonly #tables = new Map<string, BackupTable>();
  readonly #counts = new Map<string, number>();
  #header: BackupHeader | null = null;
  #end: BackupEnd | null = null;
  #waiting: { table: string; rows: Cells[]; size: number } = { table: '', rows: [], size: 0 };

  constructor(reader: BackupReader) {
    this.#reader = reader;
  }

  async take(line: string): Promise<void> {
    if (this.#end) throw damageError('it continues after its end');
    if (!this.#header) return await this.#begin(line);
    const found = parseLine(line, this.#tables);
    if ('end' in found) this.#end = found.end;
    else await this.#row(line, found);
  }

  async finish(): Promise<ReadBackup> {
    if (!this.#header || !this.#end) throw damageError('it is truncated');
    await this.#flush();
    if (this.#hash.digest('hex') !== this.#end.sha256)
      throw damageError('its content does not match its checksum');
    const counted = this.#header.tables.every(
      ({ name }) => this.#end?.rows[name] === (this.#counts.get(name) ?? 0),
    );
    if (!counted) throw damageError('its number of rows does not match the stated one');
    return { header: this.#header, end: this.#end };
  }

  async #begin(line: string): Promise<void> {
    this.#hash.update(`${line}\n`);
    this.#header = parseHeader(line);
    for (const table of this.#header.tables) this.#tables.set(table.name, table);
    await this.#reader.begin?.(this.#header);
  }

  async #row(line: string, { table, row }: { table: string; row: Cells }): Promise<void> {
    this.#hash.update(`${line}\n`);
    this.#counts.set(table, (this.#counts.get(table) ?? 0) + 1);
    const { rows, size } = this.#waiting;
    if (this.#waiting.table !== table || rows.length >= MAX_ROWS || size >= PIECE)
      await this.#flush();
    this.#waiting.table = table;
    this.#waiting.rows.push(row);
    this.#waiting.size += line.length;
  }

  async #flush(): Promise<void> {
    const { table, rows } = this.#waiting;
    this.#waiting = { table, rows: [], size: 0 };
    if (rows.length > 0) await this.#reader.rows?.(this.#tables.get(table)!, rows);
  }
}

/** Complete lines. Throws BackupError if the last one is incomplete. */
async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string[]> {
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    yield lines;
  }
  if (rest !== '') throw damageError('it is truncated');
}

const isOfZlib = (thrown: unknown): boolean =>
  String((thrown as { code?: unknown }).code).startsWith('Z_');
