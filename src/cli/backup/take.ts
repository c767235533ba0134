import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BackupSummary, Sink } from '../../store/backup/write.ts';
import { writeBackup } from '../../store/backup/write.ts';
import { CliError, usageError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import { writeOutput } from '../kit/files.ts';
import type { Io } from '../kit/io.ts';
import { printNote, writeJson } from '../kit/io.ts';
import { withDatabase } from '../kit/store.ts';
import { count, plural } from '../kit/text.ts';
import { runWithProgress } from './progress.ts';

export interface BackupVerbOptions {
  force?: boolean;
  json?: boolean;
}

/** `arx backup`. */
export async function takeBackup(
  io: Io,
  given: string | undefined,
  options: BackupVerbOptions & { version: string },
) {
  const created = new Date();
  const file = targetOf(io, given ?? nameAt(created), options);
  const measure = new Measure();
  const sink: Sink = (pieces) => writeOutput(io, measure.of(pieces), file ?? undefined);
  const summary = await runWithProgress(io, 'backing up', (watch) =>
    withDatabase(io, (databaseUrl) =>
      writeBackup({ databaseUrl, arx: options.version, created, ...watch }, sink),
    ),
  );
  await printResult(io, { summary, file, written: measure, json: options.json ?? false });
  return EXIT.ok;
}

const nameAt = (time: Date): string =>
  `arx-backup-${time.toISOString().slice(0, 19).replaceAll(':', '-')}Z.ndjson.gz`;

/** The file to write; null for standard output. Throws CliError if that cannot take a backup. */
function targetOf(io: Io, given: string, { force, json }: BackupVerbOptions): string | null {
  if (given === '-') {
    if (json)
      throw usageError(
        'A backup and a JSON document cannot both be written to standard output.',
        'Name a file.',
      );
    if ((io.out as { isTTY?: boolean }).isTTY) {
      throw usageError(
        'A backup cannot be written to a terminal.',
        'Name a file, or pipe standard output to another program.',
      );
    }
    return null;
  }
  const file = resolve(given);
  if (force || !existsSync(file)) return file;
  throw new CliError({
    code: 'file_exists',
    message: `${file} already exists.`,
    remedy: 'Choose another file, or replace this one with --force.',
    exit: EXIT.usage,
  });
}

/** Measures the length and SHA-256 of a file while it is written. */
class Measure {
  bytes = 0;
  readonly #hash: Hash = createHash('sha256');

  async *of(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      this.bytes += piece.length;
      this.#hash.update(piece);
      yield piece;
    }
  }

  sha256(): string {
    return this.#hash.digest('hex');
  }
}

interface WrittenBackup {
  summary: BackupSummary;
  file: string | null;
  written: Measure;
  json: boolean;
}

async function printResult(io: Io, { summary, file, written, json }: WrittenBackup): Promise<void> {
  const { header, rows: tables, contentSha256, audit } = summary;
  const rows = Object.values(tables).reduce((sum, some) => sum + some, 0);
  const [{ bytes }, sha256, { created, migrations }] = [written, written.sha256(), header];
  if (json) {
    const content = { created, migrations, tables, rows, contentSha256, audit };
    await writeJson(io, { schema: 'arx.backup-result/v1', file, bytes, sha256, ...content });
    return;
  }
  const size = `${plural(rows, 'row')} of ${plural(header.tables.length, 'table')}, ${count(bytes)} bytes`;
  printNote(io, `${size} written to ${file ?? 'standard output'}`);
  printNote(io, `SHA-256 ${sha256}`);
  if (audit)
    printNote(io, `audit trail: ${plural(audit.entries, 'entry', 'entries')}, head ${audit.head}`);
  printNote(
    io,
    'The backup contains personal data: restrict access to it. It does not contain keys or configuration.',
  );
}
