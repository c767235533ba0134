/** The keys and checkpoints that `arx audit` works with. */

import { readFileSync } from 'node:fs';
import { parseCheckpoint } from '../../audit/checkpoint.ts';
import { parseNote, parseVerifierKey } from '../../audit/note.ts';
import type { NoteKey } from '../../audit/note.ts';
import { auditKey } from '../../config/env/audit-key.ts';
import type { CheckpointParts } from '../../store/journal/checkpointer.ts';
import { keyHolder } from '../../store/journal/key-file.ts';
import type { Store } from '../../store/types.ts';
import { CliError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { Io } from '../kit/io.ts';
import { readEnvironment } from '../kit/settings.ts';

/** What creates checkpoints on the command line, with the key of ARX_AUDIT_KEY or of ARX_HOME. */
export function checkpointParts(io: Io, store: Store): CheckpointParts {
  return { store, holder: keyHolderOf(io), now: () => new Date() };
}

export function keyHolderOf(io: Io) {
  const { arx } = readEnvironment(io);
  return keyHolder(arx.home, () => auditKey(arx)?.reveal() ?? null);
}

/** The key of --key: its text, or a file that contains it. Throws CliError `usage`. */
export function readKeyOption(value: string): NoteKey {
  const text = isKey(value) ? value : readText(value, '--key');
  try {
    return parseVerifierKey(text.trim());
  } catch (thrown) {
    throw invalidOption(
      `--key ${(thrown as Error).message}`,
      'Pass the output of `arx audit key`, or a file that contains it.',
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
 * The note of a checkpoint kept outside the store. Tolerates other line ends, as copies of messages
 * have them.
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
      'Pass a checkpoint from the thread of the Slack message of a run, or from the output of `arx audit prove`.';
    throw invalidOption(`${file} is not a checkpoint: ${(thrown as Error).message}`, remedy);
  }
}

function readText(file: string, flag: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    throw invalidOption(
      `${file} cannot be read (${(thrown as NodeJS.ErrnoException).code})`,
      `Name a file with ${flag}.`,
    );
  }
}

const invalidOption = (message: string, remedy: string): CliError =>
  new CliError({ code: 'usage', message, remedy, exit: EXIT.usage });
