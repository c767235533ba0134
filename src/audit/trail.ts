/**
 * Checks a trail against what was signed of it: the chain alone shows no tail that was cut off or
 * rewritten whole.
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { verifyChain } from './chain.ts';
import type { BadEntry, ChainReport, StoredPages } from './chain.ts';
import { Frontier, sameHash, verifyConsistency } from './merkle.ts';
import type { Hash } from './merkle.ts';
import { TileTree } from './tiles.ts';
import type { ReadTile } from './tiles.ts';
import type { AuditHead } from './types.ts';

/** A size and root that were signed once, and how to name the checkpoint to people. */
export interface SignedRoot {
  size: number;
  root: Hash;
  what: string;
}

export interface TrailParts {
  pages: StoredPages;
  /** The end of the chain as recorded elsewhere. */
  expected?: AuditHead;
  /** Their signatures are verified already. */
  signed: readonly SignedRoot[];
  /** The kept tree, where there is one: shows which entry of a rewritten tail is the first. */
  readTile?: ReadTile;
}

/**
 * Checks chain and tree of a whole trail, and names the first entry that is not what was signed.
 */
export async function verifyTrail({
  pages,
  expected,
  signed,
  readTile,
}: TrailParts): Promise<ChainReport> {
  const check = new RootCheck(signed);
  const start = check.settle();
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

/** Compares the root with what was signed at each size at which something was. */
class RootCheck {
  readonly #frontier = new Frontier();
  readonly #due: SignedRoot[];
  /** Hashes behind the last size at which the root was right. */
  readonly since: string[] = [];
  good: AuditHead = { entries: 0, head: '0'.repeat(64) };
  bad: BadEntry | null = null;

  constructor(signed: readonly SignedRoot[]) {
    this.#due = signed.toSorted((a, b) => a.size - b.size);
  }

  readonly next = (hash: string): BadEntry | null => {
    this.#frontier.append(hexToBytes(hash));
    this.since.push(hash);
    return this.settle();
  };

  settle(): BadEntry | null {
    const { size } = this.#frontier;
    while (this.#due[0]?.size === size) {
      const { root, what } = this.#due.shift()!;
      if (!sameHash(root, this.#frontier.root())) return (this.bad = this.#rewritten(what, size));
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
          reason: `is missing: ${due.what} covers ${due.size}`,
        }
      : null;
  }

  #rewritten(what: string, size: number): BadEntry {
    const { entries } = this.good;
    const others = size - entries > 1 ? `or one behind it up to index ${size - 1} ` : '';
    return {
      index: Math.min(entries, Math.max(0, size - 1)),
      id: null,
      reason: `${others}is not what ${what} signed`,
    };
  }
}

function failureReport({ good, since }: RootCheck, firstBad: BadEntry): ChainReport {
  const head = since[firstBad.index - good.entries - 1] ?? good.head;
  return { ok: false, entries: firstBad.index, head, firstBad };
}

/** The kept leaf hashes tell which entry it is, unless they were rewritten as well. */
async function findFirstBad(
  { bad, good, since }: RootCheck,
  readTile: ReadTile | undefined,
): Promise<BadEntry> {
  const tree = new TileTree(readTile ?? (async () => []));
  for (const [n, hash] of since.entries()) {
    const kept = await tree.leaf(good.entries + n).catch(() => null);
    if (kept === null) break;
    if (sameHash(kept, hexToBytes(hash))) continue;
    return {
      index: good.entries + n,
      id: null,
      reason: `is not the one that was there when a checkpoint was signed`,
    };
  }
  return bad!;
}

/**
 * Whether the kept tree proves that each signed root is a beginning of the next; what is wrong, or
 * null.
 */
export async function verifyKeptTree(
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
        reason: `cannot be proved: the kept tree is not the one of ${next.what}`,
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
