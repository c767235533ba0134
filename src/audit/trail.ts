/**
 * Verifies a trail against signed checkpoints. The hash chain alone does not reveal a removed or
 * completely rewritten end.
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { verifyChain } from './chain.ts';
import type { BadEntry, ChainReport, StoredPages } from './chain.ts';
import { Frontier, sameHash, verifyConsistency } from './merkle.ts';
import type { Hash } from './merkle.ts';
import { TileTree } from './tiles.ts';
import type { ReadTile } from './tiles.ts';
import type { AuditHead } from './types.ts';

/** A signed size and root, and the name of the checkpoint for messages. */
export interface SignedRoot {
  size: number;
  root: Hash;
  name: string;
}

interface TrailParts {
  pages: StoredPages;
  /** The end of the chain, as recorded elsewhere. */
  expected?: AuditHead;
  /** Checkpoints whose signatures are already verified. */
  signed: readonly SignedRoot[];
  /** Reads the stored tree, if there is one. It reveals the first entry of a rewritten end. */
  readTile?: ReadTile;
}

/**
 * Verifies the chain and tree of a whole trail, and names the first entry that differs from what
 * was signed.
 */
export async function verifyTrail({
  pages,
  expected,
  signed,
  readTile,
}: TrailParts): Promise<ChainReport> {
  const check = new RootCheck(signed);
  const start = check.compareRoots();
  const report = start
    ? failureReport(check, start)
    : await verifyChain(pages, expected, check.next);
  if (!report.ok)
    return report.firstBad === check.bad
      ? failureReport(check, await findFirstBad(check, readTile))
      : report;
  const missing = check.missing();
  return missing ? { ...report, ok: false, firstBad: missing } : report;
}

/** Compares the root with the signed root at each signed size. */
class RootCheck {
  readonly #frontier = new Frontier();
  readonly #due: SignedRoot[];
  /** Hashes after the last size whose root matched. */
  readonly since: string[] = [];
  good: AuditHead = { entries: 0, head: '0'.repeat(64) };
  bad: BadEntry | null = null;

  constructor(signed: readonly SignedRoot[]) {
    this.#due = signed.toSorted((a, b) => a.size - b.size);
  }

  readonly next = (hash: string): BadEntry | null => {
    this.#frontier.append(hexToBytes(hash));
    this.since.push(hash);
    return this.compareRoots();
  };

  compareRoots(): BadEntry | null {
    const { size } = this.#frontier;
    while (this.#due[0]?.size === size) {
      const { root, name } = this.#due.shift()!;
      if (!sameHash(root, this.#frontier.root()))
        return (this.bad = this.#rewrittenEntry(name, size));
      this.good = { entries: size, head: this.since.at(-1) ?? this.good.head };
      this.since.length = 0;
    }
    return null;
  }

  missing(): BadEntry | null {
    const due = this.#due.at(-1);
    return due
      ? {
          index: this.#frontier.size,
          id: null,
          reason: `is missing: ${due.name} covers ${due.size} entries`,
        }
      : null;
  }

  #rewrittenEntry(name: string, size: number): BadEntry {
    const { entries } = this.good;
    const others = size - entries > 1 ? `or a later one up to index ${size - 1} ` : '';
    return {
      index: Math.min(entries, Math.max(0, size - 1)),
      id: null,
      reason: `${others}differs from what ${name} signed`,
    };
  }
}

function failureReport({ good, since }: RootCheck, firstBad: BadEntry): ChainReport {
  const head = since[firstBad.index - good.entries - 1] ?? good.head;
  return { ok: false, entries: firstBad.index, head, firstBad };
}

/** Finds the first changed entry by the stored leaf hashes, unless they were rewritten as well. */
async function findFirstBad(
  { bad, good, since }: RootCheck,
  readTile: ReadTile | undefined,
): Promise<BadEntry> {
  const tree = new TileTree(readTile ?? (async () => []));
  for (const [n, hash] of since.entries()) {
    const stored = await tree.leaf(good.entries + n).catch(() => null);
    if (stored === null) break;
    if (sameHash(stored, hexToBytes(hash))) continue;
    return {
      index: good.entries + n,
      id: null,
      reason: `differs from the entry that existed when a checkpoint was signed`,
    };
  }
  return bad!;
}

/**
 * Checks that the stored tree proves each signed root to be a prefix of the next. Returns what is
 * wrong, or null.
 */
export async function verifyStoredTree(
  readTile: ReadTile,
  signed: readonly SignedRoot[],
): Promise<BadEntry | null> {
  const tree = new TileTree(readTile);
  let before: SignedRoot | null = null;
  for (const next of signed.toSorted((a, b) => a.size - b.size)) {
    if (!(await follows(tree, before, next).catch(() => false))) {
      const index = Math.max(0, next.size - 1);
      return {
        index,
        id: null,
        reason: `cannot be proved: the stored tree is not that of ${next.name}`,
      };
    }
    before = next;
  }
  return null;
}

async function follows(
  tree: TileTree,
  before: SignedRoot | null,
  { size, root }: SignedRoot,
): Promise<boolean> {
  if (!sameHash(await tree.root(size), root)) return false;
  if (!before) return true;
  const hashes = await tree.consistency(before.size, size);
  return verifyConsistency({ oldSize: before.size, oldRoot: before.root, size, root, hashes });
}
