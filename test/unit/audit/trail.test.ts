import { hexToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifyStoredTree, verifyTrail } from '../../../src/audit/trail.ts';
import type { SignedRoot } from '../../../src/audit/trail.ts';
import type { StoredText } from '../../../src/audit/chain.ts';
import { chainOf, draftOf } from '../../support/audit.ts';
import { leafOf, shelfOf, treeHash } from '../../support/tree.ts';
import { assertProperty } from '../../support/properties.ts';

const draftsOf = (count: number, mark = '') =>
  Array.from({ length: count }, (_, n) => draftOf({ subject: `s${n}${n >= 20 ? mark : ''}` }));
const { stored, head } = chainOf(draftsOf(40));
const leaves = stored.map(({ text }) => hexToBytes((JSON.parse(text) as { hash: string }).hash));
const shelf = await shelfOf(leaves);
const signedAt = (size: number): SignedRoot => ({
  size,
  root: treeHash(leaves.slice(0, size)),
  name: `checkpoint ${size}`,
});
const signed = [0, 7, 15, 33].map(signedAt);
const check = (entries: readonly StoredText[], also: SignedRoot[] = []) =>
  verifyTrail({ pages: [entries], signed: [...signed, ...also], readTile: shelf.read });

test('a whole trail agrees with every checkpoint', async () => {
  expect(await check(stored)).toMatchObject({ ok: true, entries: 40, head: head.head });
  expect(await verifyStoredTree(shelf.read, signed)).toBeNull();
});

test('any flipped byte is located', async () => {
  await assertProperty(
    fc.asyncProperty(
      fc.nat(39),
      fc.nat(),
      fc.integer({ min: 1, max: 127 }),
      async (index, at, mask) => {
        const bytes = Buffer.from(stored[index]!.text);
        bytes[at % bytes.length]! ^= mask;
        const text = bytes.toString('utf8');
        const report = await check(stored.with(index, { index, text }));
        expect(report).toMatchObject({ ok: false, entries: index, firstBad: { index } });
      },
    ),
    { numRuns: 400 },
  );
});

test('a deleted entry, two swapped entries, and a truncation are located', async () => {
  await assertProperty(
    fc.asyncProperty(fc.nat(32), fc.nat(32), async (one, other) => {
      const closed = stored.toSpliced(one, 1).map(({ text }, index) => ({ index, text }));
      expect(await check(closed)).toMatchObject({ ok: false, firstBad: { index: one } });
      const cut = stored.slice(0, one);
      expect(await check(cut)).toMatchObject({ ok: false, entries: one, firstBad: { index: one } });
      if (one === other) return;
      const swapped = stored
        .with(one, { index: one, text: stored[other]!.text })
        .with(other, { index: other, text: stored[one]!.text });
      expect(await check(swapped)).toMatchObject({
        ok: false,
        firstBad: { index: Math.min(one, other) },
      });
    }),
  );
});

describe('a completely rewritten end with a valid chain', () => {
  const forged = chainOf(draftsOf(40, '-forged')).stored;

  test('is located with the stored tree', async () => {
    const report = await check(forged);
    expect(report).toMatchObject({ ok: false, entries: 20, firstBad: { index: 20 } });
    expect(report.head).toBe((JSON.parse(stored[19]!.text) as { hash: string }).hash);
  });

  test('is found between two checkpoints if the tree was rewritten too', async () => {
    const forgedTree = await shelfOf(
      forged.map(({ text }) => hexToBytes((JSON.parse(text) as { hash: string }).hash)),
    );
    const report = await verifyTrail({ pages: [forged], signed, readTile: forgedTree.read });
    expect(report).toMatchObject({ ok: false, entries: 15, firstBad: { index: 15 } });
    expect(report.firstBad?.reason).toContain(
      'up to index 32 differs from what checkpoint 33 signed',
    );
    expect(await verifyStoredTree(forgedTree.read, signed)).toMatchObject({ index: 32 });
  });

  test('is not found if nothing after it was signed', async () => {
    expect(await verifyTrail({ pages: [forged], signed: [signedAt(15)] })).toMatchObject({
      ok: true,
    });
  });
});

test('a truncation after the newest stored checkpoint is found with a copy of a newer one', async () => {
  const cut = stored.slice(0, 35);
  expect(await check(cut)).toMatchObject({ ok: true });
  const report = await check(cut, [{ ...signedAt(38), name: 'the copy' }]);
  expect(report).toMatchObject({ ok: false, entries: 35, firstBad: { index: 35 } });
  expect(report.firstBad?.reason).toContain('the copy covers 38');
});

test('a checkpoint of an empty log has the root of the empty tree', async () => {
  const report = await verifyTrail({
    pages: [stored],
    signed: [{ size: 0, root: leafOf('x'), name: 'it' }],
  });
  expect(report).toMatchObject({ ok: false, entries: 0, firstBad: { index: 0 } });
});

test('a stored tree with a changed or missing hash proves nothing', async () => {
  const broken = async (level: number, index: number) =>
    (await shelf.read(level, index)).with(3, leafOf('x'));
  expect(await verifyStoredTree(broken, signed)).toMatchObject({ index: 6 });
  expect(await verifyStoredTree(async () => [], signed)).toMatchObject({ index: 6 });
});
