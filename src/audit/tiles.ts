/**
 * The Merkle tree as stored: tiles of up to 256 hashes, as in C2SP's tlog-tiles. Tile (0, n) holds
 * the leaf hashes from index 256·n; tile (l, n) holds the roots of the full tiles from 256·n of the
 * level below. This takes one hash of storage per entry, and a proof reads at most two tiles per
 * level: six for 16 million entries.
 */
import { completeRoot, emptyRoot, nodeHash, powerBelow } from './merkle.ts';
import type { Hash } from './merkle.ts';

/** Number of hashes in a full tile, and of tree levels that it spans. */
export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;

/** A tile with the hashes it holds so far. Hashes are only appended, never changed. */
export interface Tile {
  level: number;
  index: number;
  hashes: readonly Hash[];
}

/** Returns the hashes of a tile; rejects if the tile is not stored. */
export type ReadTile = (level: number, index: number) => Promise<readonly Hash[]>;

/**
 * Thrown when stored tiles lack hashes that a proof needs: the tree must be rebuilt from the
 * entries.
 */
export class TileError extends Error {
  override readonly name = 'TileError';
  readonly code = 'audit_tiles';
  constructor(level: number, index: number) {
    super(`the audit tree lacks hashes of tile ${level}/${index}`);
  }
}

/** The tree of the first `size` entries, read from stored tiles. Each tile is read once. */
export class TileTree {
  readonly #read: ReadTile;
  readonly #tiles = new Map<string, Promise<readonly Hash[]>>();

  constructor(read: ReadTile) {
    this.#read = read;
  }

  /** Root of the first `size` entries. */
  async root(size: number): Promise<Hash> {
    return size === 0 ? emptyRoot() : this.#range(0, size);
  }

  async leaf(index: number): Promise<Hash> {
    return this.#node(0, index);
  }

  /** The audit path of RFC 6962, 2.1.1: from the leaf's sibling up. Needs index < size. */
  async inclusion(index: number, size: number): Promise<Hash[]> {
    if (!(index >= 0 && index < size))
      throw new RangeError(`no entry ${index} in a tree of ${size}`);
    return this.#path(index, 0, size);
  }

  /** The consistency proof of RFC 6962, 2.1.2, between two sizes. Needs oldSize <= size. */
  async consistency(oldSize: number, size: number): Promise<Hash[]> {
    if (!(oldSize >= 0 && oldSize <= size))
      throw new RangeError(`no tree of ${oldSize} in one of ${size}`);
    return oldSize === 0 ? [] : this.#subproof(oldSize, { from: 0, to: size, known: true });
  }

  async #path(index: number, from: number, to: number): Promise<Hash[]> {
    if (to - from === 1) return [];
    const middle = from + powerBelow(to - from);
    return index < middle
      ? [...(await this.#path(index, from, middle)), await this.#range(middle, to)]
      : [...(await this.#path(index, middle, to)), await this.#range(from, middle)];
  }

  async #subproof(
    oldSize: number,
    { from, to, known }: { from: number; to: number; known: boolean },
  ): Promise<Hash[]> {
    if (oldSize === to) return known ? [] : [await this.#range(from, to)];
    const middle = from + powerBelow(to - from);
    return oldSize <= middle
      ? [
          ...(await this.#subproof(oldSize, { from, to: middle, known })),
          await this.#range(middle, to),
        ]
      : [
          ...(await this.#subproof(oldSize, { from: middle, to, known: false })),
          await this.#range(from, middle),
        ];
  }

  /**
   * Root of the entries from `from` to before `to`. `from` must be a possible start of a subtree of
   * this size.
   */
  async #range(from: number, to: number): Promise<Hash> {
    const level = Math.log2(to - from);
    if (Number.isInteger(level)) return this.#node(level, from / (to - from));
    const middle = from + powerBelow(to - from);
    return nodeHash(await this.#range(from, middle), await this.#range(middle, to));
  }

  /** Root of complete subtree number `index` with 2^level entries. */
  async #node(level: number, index: number): Promise<Hash> {
    const row = Math.floor(level / TILE_HEIGHT);
    const width = 2 ** (level % TILE_HEIGHT);
    const first = index * width;
    const number = Math.floor(first / TILE_WIDTH);
    const offset = first % TILE_WIDTH;
    const hashes = (await this.#tile(row, number)).slice(offset, offset + width);
    if (hashes.length < width) throw new TileError(row, number);
    return completeRoot(hashes);
  }

  #tile(level: number, index: number): Promise<readonly Hash[]> {
    const name = `${level}/${index}`;
    const known = this.#tiles.get(name) ?? this.#read(level, index);
    this.#tiles.set(name, known);
    return known;
  }
}

/**
 * Appends leaves to the tree and returns the changed tiles. Holds the unfinished tile of each
 * level.
 */
export class TileEdge {
  readonly #open: { index: number; hashes: Hash[] }[] = [];
  readonly #changed = new Map<string, Tile>();

  /** Reads the unfinished tiles of a tree of `size` entries. */
  static async at(size: number, read: ReadTile): Promise<TileEdge> {
    const edge = new TileEdge();
    for (
      let level = 0, count = size;
      count > 0;
      level += 1, count = Math.floor(count / TILE_WIDTH)
    ) {
      const index = Math.floor(count / TILE_WIDTH);
      const held = count % TILE_WIDTH;
      const hashes = held === 0 ? [] : (await read(level, index)).slice(0, held);
      if (hashes.length < held) throw new TileError(level, index);
      edge.#open.push({ index, hashes });
    }
    return edge;
  }

  append(leaf: Hash): void {
    this.#push(0, leaf);
  }

  /** Tiles that are new or longer since the last call, by level, then index. */
  takeChanged(): Tile[] {
    const tiles = [...this.#changed.values()];
    this.#changed.clear();
    return tiles.toSorted((a, b) => a.level - b.level || a.index - b.index);
  }

  #push(level: number, hash: Hash): void {
    const tile = (this.#open[level] ??= { index: 0, hashes: [] });
    tile.hashes.push(hash);
    this.#changed.set(`${level}/${tile.index}`, { level, index: tile.index, hashes: tile.hashes });
    if (tile.hashes.length < TILE_WIDTH) return;
    this.#open[level] = { index: tile.index + 1, hashes: [] };
    this.#push(level + 1, completeRoot(tile.hashes));
  }
}
