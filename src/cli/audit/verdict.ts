/** Verifies the store or an exported file, for `arx audit verify`. */

import { EMPTY_HEAD } from '../../audit/entry.ts';
import { parseCheckpoint } from '../../audit/checkpoint.ts';
import { parseNote } from '../../audit/note.ts';
import type { NoteKey } from '../../audit/note.ts';
import type { Store } from '../../store/types.ts';
import { CliError, usageError } from '../kit/errors.ts';
import type { Io } from '../kit/io.ts';
import { withStore, withStoreOr } from '../kit/store.ts';
import { keyHolderOf, readKeyOption, readNote } from './log-keys.ts';
import { signingKeysAt, verifyStore } from '../../services/audit/verify-store.ts';
import type { Verdict } from '../../services/audit/verify-store.ts';
import { withSinkReport } from './sink.ts';
import { verifyExport } from './verify.ts';

/**
 * What is verified: the store or an exported file, optionally with an external checkpoint and the
 * key to accept for it.
 */
interface VerifySource {
  file?: string;
  checkpoint?: string;
  key?: string;
  /** Also compare the store with the sink. */
  sink?: boolean;
}

const EMPTY: Verdict = { ok: true, entries: 0, head: EMPTY_HEAD, checkpoints: 0 };

/** The verdict of `arx audit verify`. */
export async function verifySource(
  io: Io,
  { file, checkpoint, key, sink = false }: VerifySource,
): Promise<Verdict> {
  if (sink && file !== undefined) {
    throw usageError('--sink compares the store, so it cannot be used with --file.', 'Omit one.');
  }
  if (key !== undefined && checkpoint === undefined) {
    throw usageError('--key has no effect without --checkpoint.', 'Add --checkpoint FILE.');
  }
  const note = checkpoint === undefined ? null : readNote(checkpoint);
  const accepted = key === undefined ? null : [readKeyOption(key)];
  // A trail that has not started is intact, unless a checkpoint shows that there was one.
  if (file === undefined && note === null && !sink)
    return await withStoreOr(io, EMPTY, async (store) =>
      withSinkReport(io, store, { verdict: await verifyStore(store, null), compare: false }),
    );
  if (file === undefined) {
    return await withStore(io, async (store) => {
      const outside =
        note === null ? null : { note, keys: accepted ?? (await keysOf(store, note)) };
      const verdict = await verifyStore(store, outside);
      return withSinkReport(io, store, { verdict, compare: sink });
    });
  }
  return await verifyExport(
    file,
    note === null ? null : { note, keys: accepted ?? (await availableKeys(io, note)) },
  );
}

/**
 * Public keys of a store that may sign at the size of a note. A key retired before that size may
 * not.
 */
async function keysOf(store: Store, note: string): Promise<NoteKey[]> {
  const { size } = parseCheckpoint(parseNote(note).text);
  return signingKeysAt(size, await store.auditKeys.list());
}

/**
 * An exported file does not name its keys, so the keys available here and those of the store are
 * used.
 */
async function availableKeys(io: Io, note: string): Promise<readonly NoteKey[]> {
  const held = keyHolderOf(io).load();
  const stored = await withStore(io, (store) => keysOf(store, note)).catch((thrown: unknown) => {
    if (held.length > 0 || !(thrown instanceof CliError)) return [];
    throw usageError(
      'It is not known here which key signs the log of this file.',
      'Add --key with the output of `arx audit key`.',
    );
  });
  return [...stored, ...held.filter(({ hash }) => stored.every((key) => key.hash !== hash))];
}
