import { createReadStream } from 'node:fs';
import type { ReadBackup } from '../../store/backup/read.ts';
import { checkBackup, restoreBackup } from '../../store/backup/restore.ts';
import type { Verdict } from '../../services/audit/verify-store.ts';
import { verifyStore } from '../../services/audit/verify-store.ts';
import { verifyText } from '../audit/render.ts';
import { CliError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { Io } from '../kit/io.ts';
import { printNote, writeJson } from '../kit/io.ts';
import { withStoreAt, withDatabase } from '../kit/store.ts';
import { plural, timeText } from '../kit/text.ts';
import { runWithProgress } from '../backup/progress.ts';

/**
 * `arx restore`. Reads the whole file once to check it before the store is opened, and a second
 * time to restore it.
 */
export async function restore(io: Io, file: string, { json }: { json?: boolean }) {
  const source = () => bytesOf(file, io.signal);
  const { read, audit } = await runWithProgress(io, 'restoring', async (watch) => {
    await checkBackup(source);
    return withDatabase(io, (databaseUrl) => fill({ databaseUrl, source, ...watch }), {
      create: true,
    });
  }).catch((thrown: unknown) => {
    throw toReadError(file, thrown);
  });
  await printResult(io, { file, read, audit, json: json ?? false });
  return audit.ok ? EXIT.ok : EXIT.error;
}

/** Opens the file only when it is read, so that the reader receives any error. */
async function* bytesOf(file: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  yield* createReadStream(file, { signal });
}

async function fill(
  options: Parameters<typeof restoreBackup>[0],
): Promise<{ read: ReadBackup; audit: Verdict }> {
  const read = await restoreBackup(options);
  return {
    read,
    audit: await withStoreAt(options.databaseUrl, (store) => verifyStore(store, null)),
  };
}

function toReadError(file: string, thrown: unknown): unknown {
  const { code, syscall } = thrown as NodeJS.ErrnoException;
  if (!['open', 'read'].includes(syscall ?? '')) return thrown;
  return new CliError({
    code: 'no_file',
    message: `${file} cannot be read (${code}).`,
    remedy: 'Name a file written by `arx backup`.',
    exit: EXIT.usage,
  });
}

interface RestoreResult {
  file: string;
  read: ReadBackup;
  audit: Verdict;
  json: boolean;
}

async function printResult(
  io: Io,
  { file, read: { header, end }, audit, json }: RestoreResult,
): Promise<void> {
  const rows = Object.values(end.rows).reduce((sum, some) => sum + some, 0);
  const { arx, created, migrations } = header;
  if (json) {
    const content = {
      arx,
      created,
      migrations,
      tables: end.rows,
      rows,
      contentSha256: end.sha256,
      audit,
    };
    await writeJson(io, { schema: 'arx.restore-result/v1', file, ...content });
    return;
  }
  const what = `${plural(rows, 'row')} of ${plural(header.tables.length, 'table')}`;
  printNote(io, `${what} restored, as arx ${arx} backed them up at ${timeText(created)}.`);
  printNote(io, verifyText(audit, io.colors.err));
  if (audit.ok) return;
  printNote(
    io,
    'The store was restored exactly as it was backed up, so its trail was already broken at that time.',
  );
  printNote(io, 'Restore an older backup into another empty store to find out since when.');
}
