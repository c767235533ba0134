import { EMPTY_HEAD } from '../../audit/entry.ts';
import { parseCheckpoint } from '../../audit/checkpoint.ts';
import { parseNote } from '../../audit/note.ts';
import type { NoteKey } from '../../audit/note.ts';
import type { Store } from '../../store/types.ts';
import { CliError, usageError } from '../kit/errors.ts';
import type { Io } from '../kit/io.ts';
import { withStore, withStoreOr } from '../kit/store.ts';
import { holderOf, readKeyOption, readNote } from './log-keys.ts';
import { signingKeysAt, verifyExport, verifyStore } from './verify.ts';
import type { Verdict } from './verify.ts';

/**
 * What is verified: the store or an exported file, and a checkpoint kept outside with the key that
 * is believed.
 */
export interface VerifyWhat {
  file?: string;
  checkpoint?: string;
  key?: string;
}

const EMPTY: Verdict = { ok: true, entries: 0, head: EMPTY_HEAD, checkpoints: 0 };

/** The verdict of `arx audit verify`. */
export async function verdictOn(io: Io, { file, checkpoint, key }: VerifyWhat): Promise<Verdict> {
  if (key !== undefined && checkpoint === undefined) {
    throw usageError('--key says nothing without --checkpoint.', 'Add --checkpoint FILE.');
  }
  const note = checkpoint === undefined ? null : readNote(checkpoint);
  const believed = key === undefined ? null : [readKeyOption(key)];
  // A trail that has not begun is whole; a checkpoint says that there was one.
  if (file === undefined && note === null)
    return await withStoreOr(io, EMPTY, (store) => verifyStore(store, null));
  if (file === undefined) {
    return await withStore(io, async (store) =>
      verifyStore(
        store,
        note === null ? null : { note, keys: believed ?? (await keysOf(store, note)) },
      ),
    );
  }
  return await verifyExport(
    file,
    note === null ? null : { note, keys: believed ?? (await anyKeys(io, note)) },
  );
}

/**
 * Public keys of a store that might sign at the size of a note: a key that was retired before signs
 * nothing more.
 */
async function keysOf(store: Store, note: string): Promise<NoteKey[]> {
  const { size } = parseCheckpoint(parseNote(note).text);
  return signingKeysAt(size, await store.auditKeys.list());
}

/** An exported file does not say who signs the log: the key held here does, else the store. */
async function anyKeys(io: Io, note: string): Promise<readonly NoteKey[]> {
  const held = holderOf(io).load();
  const stored = await withStore(io, (store) => keysOf(store, note)).catch((thrown: unknown) => {
    if (held.length > 0 || !(thrown instanceof CliError)) return [];
    throw usageError(
      'Nothing here says which key signs the log of this file.',
      'Add --key with what `arx audit key` printed.',
    );
  });
  return [...stored, ...held.filter(({ hash }) => stored.every((key) => key.hash !== hash))];
}
