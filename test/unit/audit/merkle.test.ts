import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leafHash } from '../../../src/audit/canonical.ts';
import { Frontier, verifyConsistency, verifyInclusion } from '../../../src/audit/merkle.ts';
import type { Hash } from '../../../src/audit/merkle.ts';
import { TileEdge, TileError, TileTree } from '../../../src/audit/tiles.ts';
import {
  auditPath,
  consistencyProof,
  leafOf,
  leavesOf,
  shelfOf,
  TileShelf,
  treeHash,
} from '../../support/tree.ts';
import { assertProperty } from '../../support/properties.ts';

const hex = (hashes: readonly Hash[]): string[] => hashes.map((hash) => bytesToHex(hash));

/**
 * The inputs of Certificate Transparency's reference implementation, and the roots of the first n.
 */
const INPUTS = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

test('gives the roots of the published vectors', () => {
  const frontier = new Frontier();
  const roots = [bytesToHex(frontier.root())];
  for (const input of INPUTS) {
    frontier.append(leafOf(hexToBytes(input)));
    roots.push(bytesToHex(frontier.root()));
  }
  expect(roots).toEqual(ROOTS);
});

test('the hash of an entry is its leaf hash', () => {
  expect(leafHash('{"a":"é"}')).toBe(bytesToHex(leafOf('{"a":"é"}')));
});

test('frontier, tiles and oracle agree at every size', async () => {
  const leaves = leavesOf(530);
  const shelf = await shelfOf(leaves);
  const frontier = new Frontier();
  for (let size = 0; size <= leaves.length; size += 1) {
    const root = bytesToHex(frontier.root());
    expect(bytesToHex(treeHash(leaves.slice(0, size)))).toBe(root);
    expect(bytesToHex(await new TileTree(shelf.read).root(size))).toBe(root);
    if (size < leaves.length) frontier.append(leaves[size]!);
  }
});

test('a tree built in parts has the same tiles as one built at once', async () => {
  const leaves = leavesOf(900);
  const whole = await shelfOf(leaves);
  await assertProperty(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 12 }),
      async (steps) => {
        const shelf = new TileShelf();
        let size = 0;
        for (const step of [...steps, leaves.length]) {
          const next = Math.min(leaves.length, size + step);
          await shelf.grow(size, leaves.slice(size, next));
          size = next;
        }
        expect([...shelf.tiles.entries()].toSorted()).toEqual(
          [...whole.tiles.entries()].toSorted(),
        );
      },
    ),
    { numRuns: 20 },
  );
});

test('inclusion proofs equal those of the RFC, and are valid only for their entry', async () => {
  const leaves = leavesOf(600);
  const { read } = await shelfOf(leaves);
  const place = fc.integer({ min: 1, max: leaves.length }).chain((size) => {
    return fc.record({
      size: fc.constant(size),
      index: fc.nat(size - 1),
      other: fc.nat(size - 1),
      at: fc.nat(),
    });
  });
  await assertProperty(
    fc.asyncProperty(place, async ({ size, index, other, at }) => {
      const part = leaves.slice(0, size);
      const hashes = await new TileTree(read).inclusion(index, size);
      expect(hex(hashes)).toEqual(hex(auditPath(index, part)));
      const proof = { leafHash: leaves[index]!, index, size, hashes, root: treeHash(part) };
      expect(verifyInclusion(proof)).toBe(true);
      if (other !== index) expect(verifyInclusion({ ...proof, index: other })).toBe(false);
      if (other !== index)
        expect(verifyInclusion({ ...proof, leafHash: leaves[other]! })).toBe(false);
      expect(verifyInclusion({ ...proof, hashes: [...hashes, proof.root] })).toBe(false);
      expect(verifyInclusion({ ...proof, root: flipped(proof.root, at) })).toBe(false);
      if (hashes.length === 0) return;
      expect(verifyInclusion({ ...proof, hashes: hashes.slice(1) })).toBe(false);
      expect(verifyInclusion({ ...proof, hashes: hashes.slice(0, -1) })).toBe(false);
      expect(verifyInclusion({ ...proof, hashes: mutated(hashes, at) })).toBe(false);
    }),
  );
});

test('every inclusion proof of small trees', async () => {
  const leaves = leavesOf(40);
  const { read } = await shelfOf(leaves);
  for (let size = 1; size <= leaves.length; size += 1) {
    const root = treeHash(leaves.slice(0, size));
    for (let index = 0; index < size; index += 1) {
      const hashes = await new TileTree(read).inclusion(index, size);
      expect(verifyInclusion({ leafHash: leaves[index]!, index, size, hashes, root })).toBe(true);
    }
  }
});

test('consistency proofs between any two sizes equal those of the RFC', async () => {
  const leaves = leavesOf(72);
  const { read } = await shelfOf(leaves);
  const roots = Array.from({ length: 73 }, (_, size) => treeHash(leaves.slice(0, size)));
  for (let size = 0; size <= leaves.length; size += 1) {
    for (let oldSize = 0; oldSize <= size; oldSize += 1) {
      const hashes = await new TileTree(read).consistency(oldSize, size);
      if (oldSize > 0)
        expect(hex(hashes)).toEqual(hex(consistencyProof(oldSize, leaves.slice(0, size))));
      const proof = { oldSize, oldRoot: roots[oldSize]!, size, root: roots[size]!, hashes };
      expect(verifyConsistency(proof)).toBe(true);
      if (oldSize !== size && oldSize > 0) {
        expect(verifyConsistency({ ...proof, oldRoot: roots[oldSize - 1]! })).toBe(false);
        expect(verifyConsistency({ ...proof, oldSize: oldSize - 1, oldRoot: proof.oldRoot })).toBe(
          false,
        );
        expect(verifyConsistency({ ...proof, hashes: hashes.slice(0, -1) })).toBe(false);
        expect(verifyConsistency({ ...proof, hashes: mutated(hashes, size * oldSize) })).toBe(
          false,
        );
      }
    }
  }
});

test('consistency proofs of larger trees are valid, but not for a tree with a different history', async () => {
  const leaves = leavesOf(1200);
  const { read } = await shelfOf(leaves);
  const sizes = fc.tuple(
    fc.integer({ min: 1, max: 1200 }),
    fc.integer({ min: 1, max: 1200 }),
    fc.nat(),
  );
  await assertProperty(
    fc.asyncProperty(sizes, async ([one, other, at]) => {
      const [oldSize, size] = one < other ? [one, other] : [other, one];
      const hashes = await new TileTree(read).consistency(oldSize, size);
      const [oldRoot, root] = [treeHash(leaves.slice(0, oldSize)), treeHash(leaves.slice(0, size))];
      expect(verifyConsistency({ oldSize, oldRoot, size, root, hashes })).toBe(true);
      const forged = leaves.with(at % oldSize, leafOf('forged'));
      const forgedRoot = treeHash(forged.slice(0, oldSize));
      expect(verifyConsistency({ oldSize, oldRoot: forgedRoot, size, root, hashes })).toBe(false);
    }),
    { numRuns: 60 },
  );
});

test('names the missing tile', async () => {
  const shelf = await shelfOf(leavesOf(300));
  await expect(new TileTree(shelf.read).root(301)).rejects.toBeInstanceOf(TileError);
  await expect(TileEdge.at(301, shelf.read)).rejects.toBeInstanceOf(TileError);
  await expect(new TileTree(shelf.read).inclusion(300, 300)).rejects.toBeInstanceOf(RangeError);
  await expect(new TileTree(shelf.read).consistency(301, 300)).rejects.toBeInstanceOf(RangeError);
});

test('holds 200,000 entries and reads six tiles for a proof', async () => {
  const leaves = Array.from({ length: 200_000 }, (_, n) => leafOf(String(n)));
  const shelf = await shelfOf(leaves);
  const frontier = new Frontier();
  for (const leaf of leaves) frontier.append(leaf);
  const reads: string[] = [];
  const tree = new TileTree(async (level, index) => {
    reads.push(`${level}/${index}`);
    return await shelf.read(level, index);
  });
  const hashes = await tree.inclusion(70_000, leaves.length);
  const proof = {
    leafHash: leaves[70_000]!,
    index: 70_000,
    size: leaves.length,
    hashes,
    root: frontier.root(),
  };
  expect(verifyInclusion(proof)).toBe(true);
  expect(reads.length).toBeLessThanOrEqual(6);
});

function flipped(hash: Hash, at: number): Hash {
  return hash.map((byte, n) => (n === at % hash.length ? byte ^ 1 : byte));
}

function mutated(hashes: readonly Hash[], at: number): Hash[] {
  return hashes.map((hash, n) => (n === at % hashes.length ? flipped(hash, at) : hash));
}
