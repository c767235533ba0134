import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { printNoteOnce } from '../../../../src/cli/kit/notes.ts';
import { ioOf } from '../governed/support.ts';

const home = mkdtempSync(join(tmpdir(), 'arx-notes-'));
afterAll(() => rmSync(home, { recursive: true }));

const printed = (verbose: boolean, folder = home): string => {
  const { io, err } = ioOf({});
  printNoteOnce({ ...io, verbose }, folder, { name: 'stack-in-use', line: 'it goes on' });
  return err();
};

test('a note that is true for every command is printed once, and each time with --verbose', () => {
  expect(printed(false)).toBe('it goes on\n');
  expect(printed(false)).toBe('');
  expect(printed(true)).toBe('it goes on\n');
});

test('without a place to remember it, a note is printed each time', () => {
  const missing = join(home, 'missing');
  expect(printed(false, missing) + printed(false, missing)).toBe('it goes on\nit goes on\n');
});
