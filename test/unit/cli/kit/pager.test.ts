import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { createIo } from '../../../../src/cli/kit/io.ts';
import { printPaged } from '../../../../src/cli/kit/pager.ts';

const folder = mkdtempSync(join(tmpdir(), 'arx-pager-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Prints lines at a terminal of ten rows; returns what the terminal itself received. */
async function printed(lines: number, pager: string, isTTY = true): Promise<string> {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 80, rows: 10 });
  let text = '';
  stream.on('data', (piece: Buffer) => (text += piece.toString('utf8')));
  const env = { ...process.env, PAGER: pager };
  const io = createIo({ out: stream, err: stream, env, signal: new AbortController().signal });
  await printPaged(io, Array.from({ length: lines }, (_, n) => `line ${n}`).join('\n'));
  return text;
}

test('a long text at a terminal goes through the pager', async () => {
  const file = join(folder, 'shown');
  expect(await printed(50, `cat > ${file}`)).toBe('');
  expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(51);
});

test.each([
  ['fits the screen', 5, 'exit 9', true],
  ['is not shown at a terminal', 50, 'exit 9', false],
  ['has no pager', 50, 'no-such-pager-here 2> /dev/null', true],
  ['is wanted without one', 50, 'cat', true],
])('a text that %s is printed as it is', async (_, lines, pager, isTTY) => {
  expect(await printed(lines, pager, isTTY)).toContain(`line ${lines - 1}\n`);
});

test('a reader who leaves the pager early is not shown the text again', async () => {
  expect(await printed(5_000, 'head -1 > /dev/null')).toBe('');
});
