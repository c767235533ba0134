/** RFC 6962 as specified: recursive, over all leaf hashes. The oracle for the incremental tree. */
import { createHash } from 'node:crypto';
import type { Hash } from '../../src/audit/merkle.ts';
import type { ReadTile, Tile } from '../../src/audit/tiles.ts';
import { TileEdge } from '../../src/audit/tiles.ts';

const sha256 = (...parts: Uint8Array[]): Hash =>
  new Uint8Array(parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest());

export const leafOf = (data: Uint8Array | string): Hash =>
  sha256(Uint8Array.of(0), Buffer.from(data));

/** MTH(D[n]) over leaf hashes. */
export function treeHash(leaves: readonly Hash[]): Hash {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaves[0]!;
  const k = split(leaves.length);
  return sha256(Uint8Array.of(1), treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)));
}

/** PATH(m, D[n]). */
export function auditPath(m: number, leaves: readonly Hash[]): Hash[] {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return m < k
    ? [...auditPath(m, leaves.slice(0, k)), treeHash(leaves.slice(k))]
    : [...auditPath(m - k, leaves.slice(k)), treeHash(leaves.slice(0, k))];
}

/** PROOF(m, D[n]), for 0 < m <= n. */
export function consistencyProof(m: number, leaves: readonly Hash[]): Hash[] {
  return subproof(m, leaves, true);
}

function subproof(m: number, leaves: readonly Hash[], b: boolean): Hash[] {
  if (m === leaves.length) return b ? [] : [treeHash(leaves)];
  const k = split(leaves.length);
  return m <= k
    ? [...subproof(m, leaves.slice(0, k), b), treeHash(leaves.slice(k))]
    : [...subproof(m - k, leaves.slice(k), false), treeHash(leaves.slice(0, k))];
}

function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** Leaf hashes of the texts "0", "1", …. */
export const leavesOf = (count: number): Hash[] =>
  Array.from({ length: count }, (_, n) => leafOf(String(n)));

/** Tiles in memory, as in a store. */
export class TileShelf {
  readonly tiles = new Map<string, Tile>();
  readonly read: ReadTile = async (level, index) => {
    const tile = this.tiles.get(`${level}/${index}`);
    if (!tile) throw new Error(`no tile ${level}/${index}`);
    return tile.hashes;
  };

  put(tiles: readonly Tile[]): void {
    for (const tile of tiles)
      this.tiles.set(`${tile.level}/${tile.index}`, { ...tile, hashes: [...tile.hashes] });
  }

  /** Appends leaves after the first `size`. */
  async grow(size: number, leaves: readonly Hash[]): Promise<void> {
    const edge = await TileEdge.at(size, this.read);
    for (const leaf of leaves) edge.append(leaf);
    this.put(edge.takeChanged());
  }
}

export async function shelfOf(leaves: readonly Hash[]): Promise<TileShelf> {
  const shelf = new TileShelf();
  await shelf.grow(0, leaves);
  return shelf;
}
