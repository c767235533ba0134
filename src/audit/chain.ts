/** Verifies the hash chain of an audit trail. */

import { canonicalJson, leafHash } from './canonical.ts';
import type { HashLeaf } from './canonical.ts';
import { EMPTY_HEAD, entryId } from './entry.ts';
import { asRemoved, purgeEnd, removalText } from './removed.ts';
import type { RemovedEntry } from './removed.ts';
import type { AuditEntry, AuditHead } from './types.ts';

/** One entry as stored: its index in the chain and its exact text. */
export interface StoredText {
  index: number;
  text: string;
}

/** The first invalid entry; `id` is null if it cannot be read. */
export interface BadEntry {
  index: number;
  id: string | null;
  reason: string;
}

/**
 * `entries` and `head` describe the valid part of the chain. `removed` is the number of entries
 * without content, if there are any.
 */
export type ChainReport = { entries: number; head: string; removed?: number } & (
  { ok: true; firstBad?: undefined } | { ok: false; firstBad: BadEntry }
);

/** Pages of stored texts, in chain order. */
export type StoredPages = AsyncIterable<readonly StoredText[]> | Iterable<readonly StoredText[]>;

/**
 * Receives the hash of every valid entry in order, and may report a problem that the chain alone
 * does not reveal.
 */
type HashObserver = (hash: string) => BadEntry | null;

/**
 * Verifies a whole trail from its first entry and names the first invalid one. `expected` is the
 * end of the chain as recorded elsewhere (the store's head row); it reveals entries removed from or
 * added to the end.
 */
export async function verifyChain(
  pages: StoredPages,
  expected?: AuditHead,
  observe: HashObserver = () => null,
): Promise<ChainReport> {
  const state = chainFrom({ entries: 0, head: EMPTY_HEAD });
  for await (const page of pages) {
    for (const stored of page) {
      const firstBad = checkNext(state, stored) ?? observe(state.head);
      if (firstBad) return { ok: false, ...summaryOf(state), firstBad };
    }
  }
  const firstBad = (expected ? checkEnd(state, expected) : null) ?? checkRemoved(state);
  return firstBad
    ? { ok: false, ...summaryOf(state), firstBad }
    : { ok: true, ...summaryOf(state) };
}

function summaryOf({
  entries,
  head,
  removed,
}: ChainState): Pick<ChainReport, 'entries' | 'head' | 'removed'> {
  const count = removed.reduce((total, { from, to }) => total + to - from, 0);
  return { entries, head, ...(count > 0 && { removed: count }) };
}

/** State of the verification. */
export interface ChainState extends AuditHead {
  ids: Set<string>;
  hashLeaf: HashLeaf;
  /** Ranges of entries without content, and the index below which an entry records a removal. */
  removed: { from: number; to: number }[];
  purgedUpTo: number;
}

/** A chain that is valid up to this head; `checkNext` verifies the entries after it. */
export function chainFrom({ entries, head }: AuditHead, hashLeaf: HashLeaf = leafHash): ChainState {
  return { entries, head, ids: new Set(), hashLeaf, removed: [], purgedUpTo: 0 };
}

/** Verifies the next entry and advances. Returns what is wrong with it, or null. */
export function checkNext(state: ChainState, { index, text }: StoredText): BadEntry | null {
  if (index > state.entries) return { index: state.entries, id: null, reason: 'missing' };
  if (index < state.entries)
    return { index, id: null, reason: 'has an index that is already used' };
  const value = parseOrNull(text);
  const removed = asRemoved(value);
  if (removed) return checkRemovedText(state, removed, text);
  const entry = asEntry(value);
  if (!entry) return { index, id: null, reason: 'is not a JSON object with id, prevHash and hash' };
  const canonical = canonicalOrNull(entry);
  const reason = CHECKS.find(({ holds }) => !holds({ state, entry, text, canonical }))?.reason;
  if (reason) return { index, id: entry.id, reason };
  state.ids.add(entry.id);
  state.purgedUpTo = Math.max(state.purgedUpTo, purgeEnd(entry));
  state.entries += 1;
  state.head = entry.hash;
  return null;
}

/**
 * The chain continues with the hash that was kept: the next entry must contain it, and so must the
 * tree.
 */
function checkRemovedText(state: ChainState, removed: RemovedEntry, text: string): BadEntry | null {
  const index = state.entries;
  if (removalText(removed) !== text) return { index, id: null, reason: 'is not canonical JSON' };
  const last = state.removed.at(-1);
  if (last?.to === index) last.to += 1;
  else state.removed.push({ from: index, to: index + 1 });
  state.entries += 1;
  state.head = removed.hash;
  return null;
}

/** Checks that a later entry records every removal of content. */
function checkRemoved({ removed, purgedUpTo }: ChainState): BadEntry | null {
  const open = removed.find(({ to }) => to > purgedUpTo);
  if (!open) return null;
  return {
    index: Math.max(open.from, purgedUpTo),
    id: null,
    reason: 'has no content, and no entry records its removal',
  };
}

interface Check {
  reason: string;
  holds(facts: {
    state: ChainState;
    entry: AuditEntry;
    text: string;
    canonical: Canonical | null;
  }): boolean;
}

/** An entry as canonical JSON, and the text that is hashed. */
interface Canonical {
  text: string;
  leaf: string;
}

const CHECKS: readonly Check[] = [
  { reason: 'is not canonical JSON', holds: ({ canonical, text }) => canonical?.text === text },
  {
    reason: 'does not match its own hash',
    holds: ({ state, entry, canonical }) =>
      canonical !== null && state.hashLeaf(canonical.leaf) === entry.hash,
  },
  {
    reason: 'does not follow the entry before it',
    holds: ({ state, entry }) => entry.prevHash === state.head,
  },
  {
    reason: 'has an id that does not match its content',
    holds: ({ entry }) => idOrNull(entry) === entry.id,
  },
  { reason: 'repeats an earlier id', holds: ({ state, entry }) => !state.ids.has(entry.id) },
];

function checkEnd(state: ChainState, expected: AuditHead): BadEntry | null {
  if (state.entries < expected.entries)
    return { index: state.entries, id: null, reason: 'missing' };
  if (state.entries > expected.entries) {
    return {
      index: expected.entries,
      id: null,
      reason: 'comes after the recorded end of the trail',
    };
  }
  if (state.head !== expected.head) {
    return { index: state.entries - 1, id: null, reason: 'is not the recorded end of the trail' };
  }
  return null;
}

function asEntry(value: unknown): AuditEntry | null {
  if (value === null || typeof value !== 'object') return null;
  const { id, prevHash, hash } = value as Partial<AuditEntry>;
  return [id, prevHash, hash].every((field) => typeof field === 'string')
    ? (value as AuditEntry)
    : null;
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function canonicalOrNull(entry: AuditEntry): Canonical | null {
  try {
    const text = canonicalJson(entry);
    return { text, leaf: withoutHash(text, entry.hash) };
  } catch {
    return null;
  }
}

/**
 * The canonical text without the entry's own hash, which is always followed by `id`. This text is
 * hashed.
 */
const withoutHash = (text: string, hash: string): string =>
  text.replace(`"hash":${JSON.stringify(hash)},`, '');

function idOrNull(entry: AuditEntry): string | null {
  try {
    return entryId(entry);
  } catch {
    return null;
  }
}
