import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../config/folder.ts';
import { printNote } from './io.ts';
import type { Io } from './io.ts';

/** Notes that are true for every command, so that repeating them helps nobody. */
type LastingNote = 'emulated-identity' | 'stored-okta-credentials' | 'stack-in-use';

/**
 * Prints a note the first time only, or each time with `--verbose`. What was printed is remembered
 * in ARX_HOME; as long as there is no such folder, the note is printed each time.
 */
export function printNoteOnce(
  io: Io,
  home: string,
  note: { name: LastingNote; line: string },
): void {
  if (isFirst(home, note.name) || io.verbose) printNote(io, io.colors.err.dim(note.line));
}

function isFirst(home: string, name: LastingNote): boolean {
  if (!existsSync(home)) return true;
  try {
    makeFolder(join(home, 'notes'), 0o700);
    writeFileSync(join(home, 'notes', name), '', { flag: 'wx', mode: 0o600 });
    return true;
  } catch (thrown) {
    // A folder that cannot be written is not the reader's concern here.
    return (thrown as NodeJS.ErrnoException).code !== 'EEXIST';
  }
}
