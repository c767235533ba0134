import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifyChain } from '../../../src/audit/chain.ts';
import { csvRow, EXPORT_FORMATS } from '../../../src/audit/export.ts';
import { chainOf, draftOf } from '../../support/audit.ts';
import { assertProperty } from '../../support/properties.ts';

test('exported JSON Lines are the stored bytes and verify again', async () => {
  const { stored, head } = chainOf([draftOf({ subject: 'a' }), draftOf({ subject: 'b\nc' })]);
  const lines = stored.map((entry) => EXPORT_FORMATS.jsonl.line(entry)).join('');
  const read = lines.trimEnd().split('\n');
  expect(read).toEqual(stored.map(({ text }) => text));
  expect(await verifyChain([read.map((text, index) => ({ index, text }))], head)).toMatchObject({
    ok: true,
    entries: 2,
  });
});

test('CSV has a header and a row per entry', () => {
  const draft = draftOf({
    outcome: { verdict: 'none' },
    decision: { effect: 'allow', code: 'granted', policies: ['p', 'q'], bundleDigest: null },
  });
  const [stored] = chainOf([draft]).stored;
  const header = EXPORT_FORMATS.csv.head.trimEnd().split(',');
  const row = parseRow(EXPORT_FORMATS.csv.line(stored!));
  const cells = Object.fromEntries(header.map((name, n) => [name, row[n]]));
  expect(cells).toMatchObject({
    index: '0',
    kind: 'user.checked',
    principal: 'workflow:mfa-enforcement-check',
    policies: 'p q',
    outcome: '{"verdict":"none"}',
    operation: '',
  });
  expect(cells['hash']).toMatch(/^[0-9a-f]{64}$/);
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx'])('the cell %j is no formula', (cell) => {
  expect(parseRow(csvRow([cell]))).toEqual([`'${cell}`]);
});

test('no cell starts like a formula, and all other cells are unchanged', () => {
  assertProperty(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (cells) => {
      const back = parseRow(csvRow(cells));
      expect(back.every((cell) => !/^[=+\-@\t\r]/.test(cell))).toBe(true);
      expect(back).toEqual(cells.map((cell) => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell)));
    }),
  );
});

/** A parser for one RFC 4180 row, independent of the writer. */
function parseRow(row: string): string[] {
  const cells: string[] = [''];
  let quoted = false;
  for (let n = 0; n < row.length - 2; n += 1) {
    const letter = row[n]!;
    if (quoted && letter === '"' && row[n + 1] === '"') {
      cells[cells.length - 1] += '"';
      n += 1;
    } else if (letter === '"') quoted = !quoted;
    else if (letter === ',' && !quoted) cells.push('');
    else cells[cells.length - 1] += letter;
  }
  return cells;
}
