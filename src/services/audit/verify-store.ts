/** Verifies the hash chain and tree of the audit trail against its checkpoints. */

import type { BadEntry, ChainReport } from '../../audit/chain.ts';
import { parseVerifierKey } from '../../audit/note.ts';
import type { NoteKey } from '../../audit/note.ts';
import { verifyStoredTree, verifyTrail } from '../../audit/trail.ts';
import type { SignedRoot } from '../../audit/trail.ts';
import type { AuditKey, CheckpointRow } from '../../store/audit-types.ts';
import type { Store } from '../../store/types.ts';
import { tryOpen } from './open-note.ts';
import type { SinkReport } from './sink.ts';

const PAGE = 1_000;
const ATTEMPTS = 5;

/** A checkpoint kept outside the store, and the keys accepted for it. */
export interface ExternalCheckpoint {
  note: string;
  keys: readonly NoteKey[];
}

/** The result of `arx audit verify`; `checkpoints` counts those that were compared. */
export type Verdict = ChainReport & {
  checkpoints: number;
  /**
   * Set if the file is an extract of this run, which cannot be verified alone; `firstBad.reason`
   * explains it.
   */
  extractOf?: string;
  /** The sink of arx.yaml, if it names one. */
  sink?: SinkReport;
};

/**
 * Recomputes the chain and tree of a store, and compares them with the recorded head, every stored
 * checkpoint and an external one. Repeats the verification if the trail grew meanwhile.
 */
export async function verifyStore(
  store: Store,
  external: ExternalCheckpoint | null,
): Promise<Verdict> {
  for (let attempt = 1; ; attempt += 1) {
    // Read before the head, so that none is newer than the head.
    const [rows, keys] = [await store.checkpoints.list(), await store.auditKeys.list()];
    const before = await store.audit.head();
    const verdict = await addEntryId(
      store,
      await verifyOnce(store, { rows, keys, before, outside: external }),
    );
    const grown = !verdict.ok && (await store.audit.head()).entries > before.entries;
    if (!grown || attempt === ATTEMPTS) return verdict;
  }
}

interface Snapshot {
  rows: readonly CheckpointRow[];
  keys: readonly AuditKey[];
  before: { entries: number; head: string };
  outside: ExternalCheckpoint | null;
}

async function verifyOnce(
  store: Store,
  { rows, keys, before, outside }: Snapshot,
): Promise<Verdict> {
  const kept = rows.map((row) => checkpointRoot(row, keys));
  const { readTile } = store.auditTree;
  const all = [...kept, ...(outside ? [externalRoot(outside)] : [])];
  const signed = all.filter((root) => 'root' in root);
  const report = await verifyTrail({
    pages: store.audit.pages(PAGE),
    expected: before,
    signed,
    readTile,
  });
  const firstBad =
    report.firstBad ??
    all.find((root) => 'reason' in root) ??
    (await verifyStoredTree(readTile, signed));
  return firstBad
    ? {
        ok: false,
        entries: report.entries,
        head: report.head,
        firstBad,
        checkpoints: signed.length,
      }
    : { ...report, checkpoints: signed.length };
}

/**
 * A stored checkpoint with valid signatures, each by a key that may sign at its size, or else what
 * is wrong with it.
 */
function checkpointRoot(
  { note, size }: CheckpointRow,
  keys: readonly AuditKey[],
): SignedRoot | BadEntry {
  return rootOf(note, signingKeysAt(size, keys), `the checkpoint of ${size} entries`);
}

/** The keys that may sign the log at this size. */
export function signingKeysAt(size: number, keys: readonly AuditKey[]): NoteKey[] {
  const allowed = keys.filter(
    ({ fromSize, toSize }) => size >= fromSize && size <= (toSize ?? Infinity),
  );
  return allowed.map(({ verifierKey }) => parseVerifierKey(verifierKey));
}

/** A checkpoint kept outside as the root that it signs, or else what is wrong with it. */
export function externalRoot({ note, keys }: ExternalCheckpoint): SignedRoot | BadEntry {
  return rootOf(note, keys, 'the checkpoint kept outside');
}

function rootOf(note: string, keys: readonly NoteKey[], what: string): SignedRoot | BadEntry {
  const opened = tryOpen(note, keys);
  if (!('reason' in opened)) return { size: opened.size, root: opened.root, name: what };
  const size = Number(/^.*\n(\d+)\n/.exec(note)?.[1] ?? 0);
  return {
    index: Math.max(0, size - 1),
    id: null,
    reason: `cannot be compared with ${what}: ${opened.reason}`,
  };
}

/** Adds the id of the entry at the index that was found. */
export async function addEntryId(store: Store, verdict: Verdict): Promise<Verdict> {
  if (verdict.ok || verdict.firstBad.id !== null) return verdict;
  const [row] = await store.audit
    .list({ after: verdict.firstBad.index - 1, limit: 1 })
    .catch(() => []);
  const id =
    row?.index === verdict.firstBad.index && typeof row.entry.id === 'string' ? row.entry.id : null;
  return { ...verdict, firstBad: { ...verdict.firstBad, id } };
}
