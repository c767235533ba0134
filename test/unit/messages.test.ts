import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../src');
const SOURCES = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map(({ parentPath, name }) => join(parentPath, name));

/** What no message may say, and where to look for it. */
const FORBIDDEN: [rule: string, folder: string, text: RegExp][] = [
  [
    'a record that is missing in a store comes with the remedy',
    'activities',
    /is not in this worker's store(?!: run arx)/,
  ],
  [
    'nobody is asked to report something without an address',
    '',
    /^(?! *(?:\*|\/)).*report it(?! to )\b/m,
  ],
  ['the audit trail has one name', '', /^(?! *(?:\*|\/)).*['"`][^'"`]*audit log\b/m],
  [
    'an unknown value in a file is quoted',
    'config',
    /unknown (?:connector|operation|step)(?: of \$\{\w+\})?`/,
  ],
];

it.each(FORBIDDEN)('in messages, %s', (_rule, folder, text) => {
  const found = SOURCES.filter(
    (file) => relative(root, file).startsWith(folder) && text.test(readFileSync(file, 'utf8')),
  );
  expect(found.map((file) => relative(root, file))).toEqual([]);
});
