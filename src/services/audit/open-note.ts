import { openCheckpoint } from '../../audit/checkpoint.ts';
import type { OpenCheckpoint } from '../../audit/checkpoint.ts';
import { NoteError } from '../../audit/errors.ts';
import type { NoteKey } from '../../audit/note.ts';
import { verifyEd25519 } from '../../store/journal/ed25519.ts';

/** Opens a note with these keys, or returns the reason why it cannot be opened. */
export function tryOpen(
  note: string,
  keys: readonly NoteKey[],
): OpenCheckpoint | { reason: string } {
  const origin = keys[0]?.name;
  if (origin === undefined) return { reason: 'this log has no key, so none of it was signed' };
  try {
    return openCheckpoint(note, { origin, keys, verify: verifyEd25519 });
  } catch (thrown) {
    if (thrown instanceof NoteError) return { reason: thrown.message };
    throw thrown;
  }
}
