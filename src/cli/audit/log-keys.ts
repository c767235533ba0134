import { readFileSync } from 'node:fs';
import { openCheckpoint, parseCheckpoint } from '../../audit/checkpoint.ts';
import type { OpenCheckpoint } from '../../audit/checkpoint.ts';
import { NoteError } from '../../audit/errors.ts';
import { parseNote, parseVerifierKey } from '../../audit/note.ts';
import type { NoteKey } from '../../audit/note.ts';
import { auditKey } from '../../config/env/audit-key.ts';
import type { CheckpointParts } from '../../store/journal/checkpointer.ts';
import { verifyEd25519 } from '../../store/journal/ed25519.ts';
import { keyHolder } from '../../store/journal/key-file.ts';
import type { Store } from '../../store/types.ts';
import { CliError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { Io } from '../kit/io.ts';
import { readEnvironment } from '../kit/settings.ts';

/** What makes checkpoints on the command line: the key of ARX_AUDIT_KEY or of ARX_HOME. */
export function checkpointParts(io: Io, store: Store): CheckpointParts {
  return { store, holder: holderOf(io), now: () => new Date() };
}

export function holderOf(io: Io) {
  const { arx } = readEnvironment(io);
  return keyHolder(arx.home, () => auditKey(arx)?.reveal() ?? null);
}

/** The key of --key: the text itself, or a file that holds it. Throws CliError `usage`. */
export function readKeyOption(value: string): NoteKey {
  const text = isKey(value) ? value : readText(value, '--key');
  try {
    return parseVerifierKey(text.trim());
  } catch (thrown) {
    throw unusable(
      `--key ${(thrown as Error).message}`,
      'Give what `arx audit key` printed, or a file that holds it.',
    );
  }
}

function isKey(text: string): boolean {
  try {
    parseVerifierKey(text.trim());
    return true;
  } catch {
    return false;
  }
}

/**
 * A checkpoint kept outside: its note, forgiving about line ends, as copies from messages have
 * them.
 */
export function readNote(file: string): string {
  const text = readText(file, '--checkpoint');
  const note = `${text
    .replaceAll('\r\n', '\n')
    .replace(/^\ufeff|^\n+/g, '')
    .trimEnd()}\n`;
  try {
    parseCheckpoint(parseNote(note).text);
    return note;
  } catch (thrown) {
    const remedy =
      'Give a checkpoint as arx put it into the Slack message of a run, or as `arx audit prove` prints it.';
    throw unusable(`${file} is no checkpoint: ${(thrown as Error).message}`, remedy);
  }
}

/** Opens a note with these keys; the reason where it does not. */
export function tryOpen(
  note: string,
  keys: readonly NoteKey[],
): OpenCheckpoint | { reason: string } {
  const origin = keys[0]?.name;
  if (origin === undefined) return { reason: 'this log has no key: nothing of it was ever signed' };
  try {
    return openCheckpoint(note, { origin, keys, verify: verifyEd25519 });
  } catch (thrown) {
    if (thrown instanceof NoteError) return { reason: thrown.message };
    throw thrown;
  }
}

function readText(file: string, flag: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    throw unusable(
      `${file} cannot be read (${(thrown as NodeJS.ErrnoException).code})`,
      `Name a file with ${flag}.`,
    );
  }
}

const unusable = (message: string, remedy: string): CliError =>
  new CliError({ code: 'usage', message, remedy, exit: EXIT.usage });
