import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { fitColumns, GAP } from '../../../../src/cli/kit/fit.ts';
import { grid } from '../../../../src/cli/kit/grid.ts';
import type { Column } from '../../../../src/cli/kit/grid.ts';
import { recordText } from '../../../../src/cli/kit/record.ts';
import { cutTo, widthOf, wrapTo } from '../../../../src/cli/kit/width.ts';
import { assertProperty } from '../../../support/properties.ts';
import { screen, screensOf } from '../support/screens.ts';

const COLUMNS: Column[] = [
  { name: 'run', long: 'keep' },
  { name: 'state', tone: (cell, { red, green }) => (cell === 'failed' ? red : green) },
  { name: 'users' },
  { name: 'target', drop: 1, least: 24 },
  { name: 'reason', drop: 2, least: 20 },
  { name: 'note', drop: 3, long: 'cut' },
];
const ROWS = [
  ['88166a0e', 'complete', 503, 'renata.bennett@northwind.example', '', 'kept since the last run'],
  [
    '01a20258',
    'failed',
    1_000_000,
    '山田太郎@例え.jp 👩‍👩‍👧',
    'Okta refused the credential: the token was revoked by an administrator',
    'a note that nobody needs on a narrow terminal, because it is long',
  ],
];

describe('a table', () => {
  it('fits terminals of 80 and 120 columns', async () => {
    await expect(screensOf((colors) => grid(COLUMNS, ROWS, colors))).toMatchFileSnapshot(
      '../screens/grid.txt',
    );
  });

  it('is neither narrowed nor shortened in a file', () => {
    const text = grid(COLUMNS, ROWS, screen());
    expect(text).toContain('a note that nobody needs on a narrow terminal, because it is long');
    expect(text).not.toContain('left out');
  });

  it('becomes records if the columns that must stay do not fit', () => {
    const head: Column[] = ['one', 'two', 'three'].map((name) => ({ name, long: 'keep' }));
    const row = ['a'.repeat(30), 'b'.repeat(30), 'c'.repeat(30)];
    expect(grid(head, [row], screen(80)).split('\n')).toEqual([
      `one    ${row[0]}`,
      `two    ${row[1]}`,
      `three  ${row[2]}`,
    ]);
  });

  it('shows nothing that a terminal would obey', () => {
    const text = grid(['login'], [['\u001b[2Jada\u202e@example.com\r\n']], screen(80));
    expect(text.split('\n').at(-1)).toBe('ada@example.com');
  });

  it('fits any content into any width', () => {
    const cell = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.nat());
    const rows = fc.array(fc.tuple(cell, cell, cell), { maxLength: 5 });
    assertProperty(
      fc.property(rows, fc.integer({ min: 40, max: 200 }), (table, width) => {
        for (const line of grid(['a', 'b', 'c'], table, screen(width)).split('\n'))
          expect(widthOf(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('the widths of columns', () => {
  const need = (natural: number, least: number, drop = 0) => ({ natural, least, drop });

  it('are natural if there is room, or no terminal', () => {
    expect(fitColumns([need(10, 5), need(20, 5)], 32)).toEqual([10, 20]);
    expect(fitColumns([need(1_000, 5)], undefined)).toEqual([1_000]);
  });

  it('shrink from the widest down, before a column is left out', () => {
    expect(fitColumns([need(10, 5), need(60, 12), need(40, 12, 1)], 64)).toEqual([10, 25, 25]);
  });

  it('leave out what matters least, one column at a time', () => {
    const needs = [need(30, 30), need(30, 30, 1), need(30, 30, 2)];
    expect(fitColumns(needs, 92 + GAP)).toEqual([30, 30, 30]);
    expect(fitColumns(needs, 80)).toEqual([30, 30, null]);
    expect(fitColumns(needs, 40)).toEqual([30, null, null]);
    expect(fitColumns(needs, 20)).toBeNull();
  });
});

describe('text', () => {
  it('is cut and wrapped by columns, not by characters', () => {
    expect(cutTo('日本語テキスト', 7)).toBe('日本語…');
    expect(wrapTo('日本語 テキスト', 6)).toEqual(['日本語', 'テキス', 'ト']);
    expect(cutTo('👩‍👩‍👧 family', 4)).toBe('👩‍👩‍👧…');
  });

  it('breaks long words where addresses have their parts', () => {
    expect(wrapTo('renata.bennett@northwind.example', 20)).toEqual([
      'renata.bennett@',
      'northwind.example',
    ]);
    expect(wrapTo('a'.repeat(25), 10)).toEqual(['a'.repeat(10), 'a'.repeat(10), 'a'.repeat(5)]);
  });

  it('loses no character', () => {
    assertProperty(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 2, max: 30 }),
        (text, width) => {
          const words = (all: string): string => all.replaceAll(' ', '');
          expect(words(wrapTo(text, width).join(''))).toBe(words(text));
        },
      ),
    );
  });
});

describe('a record', () => {
  const facts = [
    ['account', 'renata.bennett@northwind.example'],
    ['empty', ''],
    ['groups', ['Engineering', 'Everyone', 'A group with a name so long that it needs two lines']],
    ['reason', 'she left the company last Friday, and her manager asked for it by telephone'],
  ] as const;

  it('aligns its values, lists several below each other, and leaves out what is empty', async () => {
    await expect(screensOf((colors) => recordText(facts, colors))).toMatchFileSnapshot(
      '../screens/record.txt',
    );
  });
});
