/**
 * Checkpoints as in C2SP's tlog-checkpoint: origin, size and root of the log, as the text of a
 * signed note.
 */
import { fromBase64, toBase64 } from './base64.ts';
import { NoteError } from './errors.ts';
import type { Hash } from './merkle.ts';
import { parseNote, signNote, verifyNote } from './note.ts';
import type { NoteKey, NoteSigner, VerifySignature } from './note.ts';

/** The signed data: the log's name, its number of entries, and the root of their tree. */
export interface Checkpoint {
  origin: string;
  size: number;
  root: Hash;
}

/** The name of an organisation's log, and of its keys. */
export function originOf(org: string): string {
  return `arx/${org}`;
}

/** The text of a checkpoint, including the final line break. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** Signs a checkpoint with each of the keys. The note can be verified on its own. */
export function signCheckpoint(checkpoint: Checkpoint, signers: readonly NoteSigner[]): string {
  return signNote(checkpointText(checkpoint), signers);
}

/** Parses the text of a checkpoint. Further lines (extensions) are ignored. Throws NoteError. */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', size = '', root = '', ...more] = text.split('\n');
  const hash = fromBase64(root);
  if (more.pop() !== '' || more.includes(''))
    throw new NoteError('the checkpoint has an empty line or no final line break');
  if (origin === '') throw new NoteError('the checkpoint has no origin');
  if (!/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) {
    throw new NoteError('the size of the checkpoint is not a number of entries');
  }
  if (hash?.length !== 32) throw new NoteError('the root of the checkpoint is not a hash');
  return { origin, size: Number(size), root: hash };
}

/** A checkpoint from a verified note, and the known keys that signed it. */
export interface OpenCheckpoint extends Checkpoint {
  keys: readonly NoteKey[];
}

/**
 * Parses a note with a checkpoint and verifies its signatures. Throws NoteError if it is malformed,
 * belongs to another log, or is not signed by any of the keys.
 */
export function openCheckpoint(
  note: string,
  { origin, keys, verify }: { origin: string; keys: readonly NoteKey[]; verify: VerifySignature },
): OpenCheckpoint {
  const parsed = parseNote(note);
  const checkpoint = parseCheckpoint(parsed.text);
  if (checkpoint.origin !== origin) {
    throw new NoteError(
      `the checkpoint is of the audit trail ${checkpoint.origin}, not of ${origin}`,
    );
  }
  const signed = verifyNote(parsed, keys, verify);
  if (signed.length === 0)
    throw new NoteError(`the checkpoint is not signed by a key of ${origin}`);
  return { ...checkpoint, keys: signed };
}
