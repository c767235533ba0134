import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { chainFrom, checkNext } from '../../audit/chain.ts';
import { parseCheckpoint } from '../../audit/checkpoint.ts';
import { verifyInclusion } from '../../audit/merkle.ts';
import { parseNote } from '../../audit/note.ts';
import { removalId } from '../../audit/removed.ts';
import type { RemovedEntry } from '../../audit/removed.ts';
import { TileTree } from '../../audit/tiles.ts';
import type { AuditEntry } from '../../audit/types.ts';
import type { Store } from '../../store/types.ts';

/**
 * An inclusion proof. With the checkpoint's note and the log's verifier key it can be verified on
 * its own.
 */
export interface Proof {
  schema: 'arx.proof/v1';
  id: string;
  leafHash: string;
  index: number;
  size: number;
  hashes: string[];
  checkpoint: string;
}

/** Thrown if an entry cannot be shown or proven, because the trail is broken. */
export class AuditBrokenError extends Error {
  override readonly name = 'AuditBrokenError';
  readonly code = 'audit_broken';
  readonly remedy = 'Run `arx audit verify` to see up to where the trail is intact.';
  constructor(what: string) {
    super(`The entry cannot be proven: ${what}.`);
  }
}

/** An entry at its place, with its stored text. */
export interface FoundEntry {
  index: number;
  entry: StoredEntry;
  text: string;
}

/** The entry with this id or index; null if there is none. Throws AuditBrokenError. */
export async function findEntry(
  { audit }: Pick<Store, 'audit'>,
  reference: string,
): Promise<FoundEntry | null> {
  const row = await audit.get(reference);
  return row === null ? null : { ...row, entry: entryAt(row) };
}

/** An entry, or the remainder of an entry whose content was removed after its retention period. */
export type StoredEntry = AuditEntry | RemovedEntry;

/**
 * The entry, if its text has the hash that it states. Whether that hash is in the tree is shown by
 * the proof.
 */
function entryAt({ index, text }: { index: number; text: string }): StoredEntry {
  const stated = parseEntry(text);
  const bad = checkNext(chainFrom({ entries: index, head: prevHashOf(stated) }), { index, text });
  if (stated && !bad) return stated;
  throw new AuditBrokenError(`the entry at index ${index} ${bad?.reason ?? 'is not valid JSON'}`);
}

const prevHashOf = (entry: StoredEntry | null): string =>
  entry && 'prevHash' in entry ? entry.prevHash : '';

function parseEntry(text: string): StoredEntry | null {
  try {
    return JSON.parse(text) as StoredEntry;
  } catch {
    return null;
  }
}

/** Proves with a checkpoint that covers the entry that it is at its place. Throws AuditBrokenError. */
export async function proofOf(
  store: Pick<Store, 'auditTree'>,
  { index, entry }: Pick<FoundEntry, 'index' | 'entry'>,
  note: string,
): Promise<Proof> {
  const { size, root } = parseCheckpoint(parseNote(note).text);
  const hashes = await new TileTree(store.auditTree.readTile).inclusion(index, size);
  const holds = verifyInclusion({ leafHash: hexToBytes(entry.hash), index, size, hashes, root });
  if (!holds)
    throw new AuditBrokenError(
      `the entry at index ${index} is not the one that the checkpoint of ${size} entries signed`,
    );
  const hex = hashes.map((hash) => bytesToHex(hash));
  const id = 'id' in entry ? entry.id : removalId(index);
  return {
    schema: 'arx.proof/v1',
    id,
    leafHash: entry.hash,
    index,
    size,
    hashes: hex,
    checkpoint: note,
  };
}
