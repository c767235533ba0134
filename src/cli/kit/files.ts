/** Writes the output of a command to a file or to standard output. */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { makeFolder } from '../../config/folder.ts';
import { CliError } from './errors.ts';
import { write } from './io.ts';
import type { Io } from './io.ts';

type Pieces = AsyncIterable<string | Uint8Array> | Iterable<string>;

/**
 * Writes to the file, or to standard output if no file is named. The file appears only when it is
 * complete and flushed to disk.
 */
export async function writeOutput(io: Io, pieces: Pieces, out: string | undefined): Promise<void> {
  if (out === undefined) {
    for await (const piece of pieces) await write(io.out, piece);
    return;
  }
  await toFile(resolve(out), pieces);
}

async function toFile(path: string, pieces: Pieces): Promise<void> {
  const partial = `${path}.${process.pid}.part`;
  try {
    makeFolder(dirname(path));
    // Reports and exports contain personal data, so only the owner may read them.
    const file = createWriteStream(partial, { mode: 0o600, flush: true });
    await once(file, 'open');
    for await (const piece of pieces) await write(file, piece);
    file.end();
    await once(file, 'close');
    await rename(partial, path);
    await flushFolder(dirname(path));
  } catch (thrown) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw notWritableError(path, thrown);
  }
}

/** Flushes the folder, so that the new file name survives a crash. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path);
  await folder.sync().finally(() => folder.close());
}

function notWritableError(path: string, thrown: unknown): unknown {
  const code = (thrown as NodeJS.ErrnoException).code;
  if (
    ![
      'EACCES',
      'EISDIR',
      'ENOENT',
      'ENOSPC',
      'ENOTDIR',
      'EPERM',
      'EROFS',
      'EEXIST',
      'ENOTEMPTY',
    ].includes(code ?? '')
  )
    return thrown;
  return new CliError({
    code: 'not_writable',
    message: `${path} cannot be written (${code}).`,
    remedy: 'Choose another file.',
  });
}
