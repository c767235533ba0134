/**
 * RFC 6962 tree hashing and proof verification. Hashes have 32 bytes. tiles.ts creates the proofs.
 */
import { sha256 } from '@noble/hashes/sha2.js';

export type Hash = Uint8Array;

const NODE_PREFIX = Uint8Array.of(1);

/** SHA-256(0x01 ‖ left ‖ right), the hash of an inner node. */
export function nodeHash(left: Hash, right: Hash): Hash {
  return sha256.create().update(NODE_PREFIX).update(left).update(right).digest();
}

/** Root of the empty tree: the hash of the empty string. */
export function emptyRoot(): Hash {
  return sha256(new Uint8Array());
}

/**
 * The largest power of two below `size` (at least 2): where RFC 6962 splits a list of this length.
 */
export function powerBelow(size: number): number {
  return 2 ** (Math.ceil(Math.log2(size)) - 1);
}

/** Root of a complete subtree, from its 2^n hashes in order. */
export function completeRoot(hashes: readonly Hash[]): Hash {
  let level = hashes;
  while (level.length > 1) {
    level = Array.from({ length: level.length / 2 }, (_, n) =>
      nodeHash(level[2 * n]!, level[2 * n + 1]!),
    );
  }
  return level[0]!;
}

export function sameHash(one: Hash, other: Hash): boolean {
  return one.length === other.length && one.every((byte, n) => byte === other[n]);
}

/**
 * The right edge of a growing tree: the roots of its complete subtrees, largest first. Appending a
 * leaf computes one hash on average, and the root is available at every size. Stores at most
 * log2(size) hashes.
 */
export class Frontier {
  readonly #edge: { level: number; hash: Hash }[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  append(leaf: Hash): void {
    let node = { level: 0, hash: leaf };
    for (let left = this.#edge.at(-1); left?.level === node.level; left = this.#edge.at(-1)) {
      this.#edge.pop();
      node = { level: node.level + 1, hash: nodeHash(left.hash, node.hash) };
    }
    this.#edge.push(node);
    this.#size += 1;
  }

  root(): Hash {
    if (this.#size === 0) return emptyRoot();
    return this.#edge.map(({ hash }) => hash).reduceRight((right, left) => nodeHash(left, right));
  }
}

/**
 * The claim of an inclusion proof: this leaf is at `index` in the tree of `size` entries with this
 * root.
 */
interface Inclusion {
  leafHash: Hash;
  index: number;
  size: number;
  hashes: readonly Hash[];
  root: Hash;
}

/** Verifies an inclusion proof (RFC 9162, 2.1.3.2). */
export function verifyInclusion({ leafHash, index, size, hashes, root }: Inclusion): boolean {
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  let place = index;
  let last = size - 1;
  let hash = leafHash;
  for (const sibling of hashes) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      hash = nodeHash(sibling, hash);
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && sameHash(hash, root);
}

/**
 * The claim of a consistency proof: the tree of `size` entries starts with the tree of `oldSize`
 * entries.
 */
interface Consistency {
  oldSize: number;
  oldRoot: Hash;
  size: number;
  root: Hash;
  hashes: readonly Hash[];
}

/** Verifies a consistency proof (RFC 9162, 2.1.4.2). Every tree starts with the empty tree. */
export function verifyConsistency({ oldSize, oldRoot, size, root, hashes }: Consistency): boolean {
  if (!isCount(oldSize) || !isCount(size) || oldSize > size) return false;
  if (oldSize === size) return hashes.length === 0 && sameHash(oldRoot, root);
  if (oldSize === 0) return hashes.length === 0 && sameHash(oldRoot, emptyRoot());
  const path = Number.isInteger(Math.log2(oldSize)) ? [oldRoot, ...hashes] : [...hashes];
  return climb(path, { oldSize, oldRoot, size, root });
}

function climb(
  path: readonly Hash[],
  { oldSize, oldRoot, size, root }: Omit<Consistency, 'hashes'>,
): boolean {
  const [start, ...rest] = path;
  if (!start) return false;
  let place = oldSize - 1;
  let last = size - 1;
  while (place % 2 === 1) [place, last] = [half(place), half(last)];
  let [older, newer] = [start, start];
  for (const hash of rest) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      [older, newer] = [nodeHash(hash, older), nodeHash(hash, newer)];
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      newer = nodeHash(newer, hash);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && sameHash(older, oldRoot) && sameHash(newer, root);
}

// Sizes may exceed 32 bits, so bit shifts cannot be used.
const half = (value: number): number => Math.floor(value / 2);
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
