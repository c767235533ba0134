/** A sink in a file: one entry per line, as `arx audit export --format jsonl` writes them. */

import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '../../config/folder.ts';
import { conflictError, SinkError } from './errors.ts';
import type { AuditSink, IndexedText } from './types.ts';

const CHUNK = 65_536;
const PAGE = 1_000;
const NEWLINE = 0x0a;
const { O_APPEND, O_CREAT, O_RDWR } = constants;

/** The complete lines of the file, and an incomplete one after them. */
interface FileEnd {
  /** Offset after the last complete line. */
  size: number;
  entries: number;
  torn: Buffer;
}

/**
 * Appends to a file, which is only ever extended and thus may have the attribute append-only. A last
 * line that a killed process left incomplete is completed by the next append.
 */
export function createFileSink(path: string): AuditSink {
  let known: Omit<FileEnd, 'torn'> = { size: 0, entries: 0 };

  const append = async (
    first: number,
    texts: readonly string[],
  ): Promise<readonly string[] | null> => {
    const file = await openForAppend(path);
    try {
      const end = await readEnd(file, path, known);
      known = { size: end.size, entries: end.entries };
      if (end.entries > first) return await linesFrom(path, first);
      if (end.entries < first) throw conflictError(lossMessage(path, end.entries, first));
      const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(''));
      if (!bytes.subarray(0, end.torn.length).equals(end.torn))
        throw conflictError(`the incomplete last line of ${path} is not the entry ${first}`);
      await file.appendFile(bytes.subarray(end.torn.length));
      await file.datasync();
      known = { size: end.size + bytes.length, entries: first + texts.length };
      return null;
    } finally {
      await file.close();
    }
  };

  return {
    name: `file:${path}`,
    exclusive: true,
    keptMs: null,
    append: (first, texts) => append(first, texts).catch((error) => rethrow(path, error)),
    pages: () => pagesOf(path),
    probe: () => probe(path).catch((error) => rethrow(path, error)),
  };
}

async function openForAppend(path: string): Promise<FileHandle> {
  const isNew = (await stat(path).catch(() => null)) === null;
  if (isNew) makeFolder(dirname(path), 0o700);
  const file = await open(path, O_RDWR | O_APPEND | O_CREAT, 0o600);
  if (isNew) await syncFolder(dirname(path));
  return file;
}

/** Makes the name of a new file durable. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Counts the lines after the known ones. */
async function readEnd(
  file: FileHandle,
  path: string,
  known: Omit<FileEnd, 'torn'>,
): Promise<FileEnd> {
  const { size } = await file.stat();
  if (size < known.size) throw conflictError(`${path} is shorter than it was`);
  const end = { ...known, torn: Buffer.alloc(0) };
  const buffer = Buffer.alloc(CHUNK);
  for (let at = known.size; at < size;) {
    const { bytesRead } = await file.read(buffer, 0, CHUNK, at);
    if (bytesRead === 0) break;
    const chunk = buffer.subarray(0, bytesRead);
    for (let n = chunk.indexOf(NEWLINE); n !== -1; n = chunk.indexOf(NEWLINE, n + 1)) {
      end.entries += 1;
      end.size = at + n + 1;
    }
    at += bytesRead;
  }
  if (end.size === size) return end;
  const torn = Buffer.alloc(size - end.size);
  const { bytesRead } = await file.read(torn, 0, torn.length, end.size);
  return { ...end, torn: torn.subarray(0, bytesRead) };
}

async function linesFrom(path: string, first: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const page of pagesOf(path)) {
    lines.push(...page.filter(({ index }) => index >= first).map(({ text }) => text));
    if (lines.length >= PAGE) break;
  }
  return lines;
}

/** The complete lines; a file that does not exist yet has none. */
async function* pagesOf(path: string): AsyncGenerator<IndexedText[]> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    return rethrow(path, error);
  });
  if (file === null) return;
  try {
    let rest = Buffer.alloc(0);
    let index = 0;
    for (const buffer = Buffer.alloc(CHUNK * 16); ;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return;
      const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      rest = Buffer.from(bytes.subarray(end));
      const lines = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
      if (lines.length > 0) yield lines.map((text) => ({ index: index++, text }));
    }
  } finally {
    await file.close();
  }
}

async function probe(path: string): Promise<void> {
  const file = await openForAppend(path);
  await file.close();
}

const lossMessage = (path: string, has: number, had: number): string =>
  `${path} has only ${has} of the ${had} entries that were written to it`;

function rethrow(path: string, error: unknown): never {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof SinkError || code === undefined) throw error;
  throw new SinkError(
    'sink_unavailable',
    `${path} cannot be used (${code})`,
    'Make the file of audit.sink writable, or correct audit.sink.file.',
  );
}
