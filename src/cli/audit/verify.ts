import { verifyChain } from '../../audit/chain.ts';
import type { BadEntry, ChainReport } from '../../audit/chain.ts';
import { parseVerifierKey } from '../../audit/note.ts';
import type { NoteKey } from '../../audit/note.ts';
import { verifyStoredTree, verifyTrail } from '../../audit/trail.ts';
import type { SignedRoot } from '../../audit/trail.ts';
import type { AuditKey, CheckpointRow } from '../../store/audit-types.ts';
import type { Store } from '../../store/types.ts';
import { CliError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import { linesOf } from '../kit/lines.ts';
import { extractIn } from './extract.ts';
import { tryOpen } from './log-keys.ts';

const PAGE = 1_000;
const ATTEMPTS = 5;

/** A checkpoint kept outside, and the keys that are believed. */
export interface Outside {
  note: string;
  keys: readonly NoteKey[];
}

/** What `arx audit verify` found; `checkpoints` counts those that were compared. */
export type Verdict = ChainReport & {
  checkpoints: number;
  /**
   * The file is an extract of this run, which cannot be verified alone: `firstBad.reason` says so.
   */
  extractOf?: string;
};

/**
 * Recomputes chain and tree of a store and compares them with the recorded end, every kept
 * checkpoint and one kept outside. A trail that grows meanwhile is looked at again.
 */
export async function verifyStore(store: Store, outside: Outside | null): Promise<Verdict> {
  for (let attempt = 1; ; attempt += 1) {
    // Before the head, so that none is newer than it.
    const [rows, keys] = [await store.checkpoints.list(), await store.auditKeys.list()];
    const before = await store.audit.head();
    const verdict = await addEntryId(store, await look(store, { rows, keys, before, outside }));
    const grown = !verdict.ok && (await store.audit.head()).entries > before.entries;
    if (!grown || attempt === ATTEMPTS) return verdict;
  }
}

interface Seen {
  rows: readonly CheckpointRow[];
  keys: readonly AuditKey[];
  before: { entries: number; head: string };
  outside: Outside | null;
}

async function look(store: Store, { rows, keys, before, outside }: Seen): Promise<Verdict> {
  const kept = rows.map((row) => checkpointRoot(row, keys));
  const { readTile } = store.auditTree;
  const all = [...kept, ...(outside ? [outsideRoot(outside)] : [])];
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
 * A kept checkpoint whose signatures hold, each by a key that may sign its size; else what is wrong
 * with it.
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

function outsideRoot({ note, keys }: Outside): SignedRoot | BadEntry {
  return rootOf(note, keys, 'the checkpoint kept outside');
}

function rootOf(note: string, keys: readonly NoteKey[], what: string): SignedRoot | BadEntry {
  const opened = tryOpen(note, keys);
  if (!('reason' in opened)) return { size: opened.size, root: opened.root, name: what };
  const size = Number(/^.*\n(\d+)\n/.exec(note)?.[1] ?? 0);
  return {
    index: Math.max(0, size - 1),
    id: null,
    reason: `cannot be held against ${what}: ${opened.reason}`,
  };
}

/** Adds the id of the entry that stands at the place found. */
async function addEntryId(store: Store, verdict: Verdict): Promise<Verdict> {
  if (verdict.ok || verdict.firstBad.id !== null) return verdict;
  const [row] = await store.audit
    .list({ after: verdict.firstBad.index - 1, limit: 1 })
    .catch(() => []);
  const id =
    row?.index === verdict.firstBad.index && typeof row.entry.id === 'string' ? row.entry.id : null;
  return { ...verdict, firstBad: { ...verdict.firstBad, id } };
}

/** What the chain says where entries of others were left out. */
const BREAK = 'does not follow the entry before it';

/**
 * A file that breaks where entries are left out may be an extract: then its own entries are looked
 * at.
 */
async function extractVerdict(file: string, found: Verdict): Promise<Verdict> {
  const extract = await extractIn(file);
  if (extract === null || found.ok) return found;
  const { run: extractOf, entries, firstBad } = extract;
  if (firstBad !== null) return { ...found, firstBad, extractOf };
  const reason =
    `follows an entry that is not in the file: it is an extract with the entries of run ${extractOf} only, which cannot ` +
    `be verified alone (each of its ${entries} entries has the hash it states; whether some are missing, only the whole ` +
    'trail shows: export it without --run)';
  return { ...found, firstBad: { ...found.firstBad, reason }, extractOf };
}

/** Recomputes chain and tree of an exported JSONL file. Throws CliError `no_file`. */
export async function verifyExport(file: string, outside: Outside | null): Promise<Verdict> {
  const root = outside ? outsideRoot(outside) : null;
  const signed = root && 'root' in root ? [root] : [];
  try {
    const report = outside
      ? await verifyTrail({ pages: linesOf(file), signed })
      : await verifyChain(linesOf(file));
    const firstBad = report.firstBad ?? (root && 'reason' in root ? root : null);
    const checkpoints = signed.length;
    if (report.firstBad?.reason === BREAK)
      return await extractVerdict(file, { ...report, checkpoints });
    return firstBad ? { ...report, ok: false, firstBad, checkpoints } : { ...report, checkpoints };
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === undefined) throw thrown;
    throw new CliError({
      code: 'no_file',
      message: `${file} cannot be read (${code}).`,
      remedy: 'Name a file made by `arx audit export --format jsonl`.',
      exit: EXIT.usage,
    });
  }
}
