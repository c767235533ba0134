import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inOrder } from '../../../src/store/backup/catalogue.ts';
import { BACKUP_SCHEMA, lineOf } from '../../../src/store/backup/format.ts';
import type { BackupHeader, BackupLine, Cells } from '../../../src/store/backup/format.ts';
import { readBackup } from '../../../src/store/backup/read.ts';
import { changed, sourceOf, withHeader } from '../../support/backups.ts';
import { assertProperty } from '../../support/properties.ts';

const header: BackupHeader = {
  schema: BACKUP_SCHEMA,
  arx: '0.1.0',
  migrations: ['0001-runs'],
  created: '2026-07-06T08:00:00.000Z',
  tables: [
    { name: 'parents', columns: ['id', 'text'], sequences: { id: '7' } },
    { name: 'children', columns: ['id'], sequences: {} },
  ],
};
const parent = (row: Cells): BackupLine => ({ table: 'parents', row });

function fileOf(rows: BackupLine[], counts: Record<string, number>): Buffer {
  const lines = [header, ...rows, { end: { rows: counts, sha256: '' } }].map(lineOf);
  return changed(gzipSync(lines.join('')), (same) => same);
}

const file = fileOf([parent(['1', 'a']), parent(['2', null]), { table: 'children', row: ['1'] }], {
  parents: 2,
  children: 1,
});
const read = async (bytes: Buffer) => await readBackup(sourceOf(bytes));
const damaged = (what: RegExp) =>
  expect.objectContaining({ code: 'backup_damaged', message: expect.stringMatching(what) });

describe('the backup file', () => {
  it('is read as it was written, with any texts and in any chunks', async () => {
    const cells = fc.array(fc.option(fc.string({ unit: 'grapheme' })), {
      minLength: 2,
      maxLength: 2,
    });
    const given = fc.record({ rows: fc.array(cells, { maxLength: 30 }), cut: fc.nat(200) });
    await assertProperty(
      fc.asyncProperty(given, async ({ rows, cut }) => {
        const bytes = fileOf(rows.map(parent), { parents: rows.length, children: 0 });
        const seen: Cells[] = [];
        const source = async function* () {
          yield bytes.subarray(0, cut);
          yield bytes.subarray(cut);
        };
        await readBackup(source, { rows: async (_, some) => void seen.push(...some) });
        expect(seen).toEqual(rows);
      }),
      { numRuns: 50 },
    );
  });

  it('is refused wherever it is truncated', async () => {
    for (let length = 0; length < file.length; length += 7)
      await expect(read(file.subarray(0, length)), `cut at ${length}`).rejects.toEqual(
        damaged(/./),
      );
  });

  it('is refused, or still has the same content, if any bit is flipped', async () => {
    const whole = await read(file);
    const verdicts = Array.from({ length: file.length }, async (_, at) => {
      const other = Buffer.from(file);
      other[at]! ^= 1 << (at % 8);
      return await read(other).catch((error: unknown) => error);
    });
    const found = await Promise.all(verdicts);
    // The time and system fields of the gzip header are not used.
    expect(found.slice(10)).toEqual(found.slice(10).map(() => damaged(/./)));
    for (const verdict of found.slice(0, 10)) expect([whole, damaged(/./)]).toContainEqual(verdict);
  });

  it.each<[string, RegExp, (lines: string[]) => string[], boolean]>([
    ['a missing row', /not match its checksum/, (lines) => lines.toSpliced(2, 1), false],
    [
      'a missing row and a recomputed checksum',
      /not match the stated/,
      (lines) => lines.toSpliced(2, 1),
      true,
    ],
    [
      'reordered rows',
      /not match its checksum/,
      ([a, b, c, ...rest]) => [a!, c!, b!, ...rest],
      false,
    ],
    ['lines after its end', /continues/, (lines) => [...lines, lines[1]!], false],
    ['no end line', /truncated/, (lines) => lines.slice(0, -1), false],
    [
      'a row without a table',
      /neither a row/,
      (lines) => lines.toSpliced(1, 0, '{"table":"x","row":[]}'),
      true,
    ],
    [
      'a row that is too long',
      /neither a row/,
      (lines) => lines.toSpliced(1, 0, '{"table":"children","row":["1","2"]}'),
      true,
    ],
    [
      'a number in a row',
      /neither a row/,
      (lines) => lines.toSpliced(1, 0, '{"table":"children","row":[1]}'),
      true,
    ],
    ['invalid JSON', /neither a row/, (lines) => lines.toSpliced(1, 0, '{'), true],
    ['no header', /not a header/, (lines) => lines.slice(1), true],
  ])('with %s is refused', async (_, reason, change, sealed) => {
    await expect(read(changed(file, change, sealed))).rejects.toEqual(damaged(reason));
  });

  it('of a later format is refused with the version that reads it', async () => {
    const later = withHeader(file, (one) => ({ ...one, schema: 'arx.backup/v2', arx: '3.0.0' }));
    await expect(read(later)).rejects.toMatchObject({
      code: 'backup_newer',
      remedy: expect.stringContaining('3.0.0'),
    });
    await expect(read(withHeader(file, (one) => ({ ...one, tables: [{}] })))).rejects.toEqual(
      damaged(/header/),
    );
    await expect(read(Buffer.from('plain text'))).rejects.toEqual(damaged(/gzip/));
  });
});

describe('the order of tables', () => {
  it('puts referenced tables first, and ends for circular references', () => {
    const reference = (child: string, parent: string) => ({ child, parent });
    expect(inOrder(['a', 'b', 'c'], [reference('a', 'c'), reference('c', 'b')])).toEqual([
      'b',
      'c',
      'a',
    ]);
    expect(inOrder(['a', 'b'], [reference('a', 'b'), reference('b', 'a')])).toEqual(['b', 'a']);
  });
});
