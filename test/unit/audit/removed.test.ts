import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifyChain } from '../../../src/audit/chain.ts';
import type { StoredText } from '../../../src/audit/chain.ts';
import { EXPORT_FORMATS } from '../../../src/audit/export.ts';
import { asRemoved, removalId, removalText } from '../../../src/audit/removed.ts';
import type { AuditEntry } from '../../../src/audit/types.ts';
import { chainOf, draftOf } from '../../support/audit.ts';
import { assertProperty } from '../../support/properties.ts';

const SECRET = 'ann@example.com';

/**
 * A chain of `before` entries, then one that records the removal of those below `upTo`, then more
 * entries.
 */
function purged(before: number, upTo: number, behind = 2) {
  const person = (n: number) => draftOf({ subject: `u${n}`, target: SECRET });
  const purge = draftOf({
    kind: 'data.purged',
    subject: 'store',
    outcome: { audit: { upTo, entries: upTo } },
  });
  const many = (count: number, from: number) =>
    Array.from({ length: count }, (_, n) => person(from + n));
  return chainOf([...many(before, 0), purge, ...many(behind, before)]);
}

const without = (stored: StoredText[], from: number, to: number): StoredText[] =>
  stored.map(({ index, text }) =>
    index >= from && index < to
      ? { index, text: removalText(JSON.parse(text) as AuditEntry) }
      : { index, text },
  );

describe('a chain with entries whose content was removed', () => {
  test('is valid if a later entry records the removal, however much was removed', async () => {
    await assertProperty(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.nat(9),
        fc.nat(9),
        async (before, upTo, done) => {
          const end = Math.min(upTo, before);
          const to = Math.min(done, end);
          const { stored, head } = purged(before, end);
          const left = without(stored, 0, to);
          expect(await verifyChain([left], head)).toEqual({
            ok: true,
            ...head,
            ...(to > 0 && { removed: to }),
          });
          expect(left.slice(0, to).some(({ text }) => text.includes(SECRET))).toBe(false);
        },
      ),
    );
  });

  test.each([
    ['behind what was said', 3, 0, 5, 3],
    ['in the midst of the others', 3, 4, 5, 4],
    ['though nobody said so', 0, 0, 2, 0],
    ['behind the entry that says so', 3, 7, 8, 7],
  ])('is invalid if content was removed %s', async (_, upTo, from, to, index) => {
    const { stored, head } = purged(6, upTo, 4);
    const { firstBad, ok } = await verifyChain([without(stored, from, to)], head);
    expect({ ok, firstBad }).toMatchObject({
      ok: false,
      firstBad: { index, reason: 'has no content, and no entry records its removal' },
    });
  });

  test('is invalid if the last stored hash is not that of the entry', async () => {
    const { stored, head } = purged(5, 3);
    const changed = without(stored, 0, 3).map(({ index, text }) =>
      index === 2 ? { index, text: text.replace(/"hash":"../, '"hash":"zz') } : { index, text },
    );
    expect((await verifyChain([changed], head)).firstBad).toMatchObject({
      index: 3,
      reason: 'does not follow the entry before it',
    });
  });

  test.each([
    ['another order', '{"removed":true,"at":"a","hash":"b","kind":"c"}', 'is not canonical JSON'],
    [
      'one more member',
      '{"at":"a","hash":"b","kind":"c","removed":true,"x":1}',
      'is not a JSON object',
    ],
    ['another word', '{"at":"a","hash":"b","kind":"c","removed":"true"}', 'is not a JSON object'],
  ])('does not accept a text with %s as a removed entry', async (_, text, reason) => {
    expect((await verifyChain([[{ index: 0, text }]])).firstBad).toMatchObject({
      index: 0,
      reason: expect.stringContaining(reason) as string,
    });
  });
});

test('exports handle removed entries: JSON Lines as stored, OCSF without an event, CSV with the remaining fields', () => {
  const { stored } = purged(2, 1);
  const [first] = without(stored, 0, 1);
  const { at, kind, hash } = asRemoved(JSON.parse(first!.text))!;
  expect(EXPORT_FORMATS.jsonl.line(first!)).toBe(`${first!.text}\n`);
  expect(EXPORT_FORMATS.ocsf.line(first!)).toBe('');
  const cells = EXPORT_FORMATS.csv.line(first!).trimEnd().split(',');
  const columns = EXPORT_FORMATS.csv.head.trimEnd().split(',');
  expect(
    Object.fromEntries(columns.map((name, n) => [name, cells[n]]).filter(([, cell]) => cell)),
  ).toEqual({
    index: '0',
    id: removalId(0),
    at,
    kind,
    hash,
  });
});
