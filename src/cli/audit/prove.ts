/** Shows one audit entry, or proves that it is in the trail. */

import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { chainFrom, checkNext } from '../../audit/chain.ts';
import { originOf, parseCheckpoint } from '../../audit/checkpoint.ts';
import { verifyInclusion } from '../../audit/merkle.ts';
import { parseNote } from '../../audit/note.ts';
import { removalId } from '../../audit/removed.ts';
import type { RemovedEntry } from '../../audit/removed.ts';
import { TileTree } from '../../audit/tiles.ts';
import type { AuditEntry } from '../../audit/types.ts';
import { makeCheckpoint } from '../../store/journal/checkpointer.ts';
import type { Store } from '../../store/types.ts';
import { CliError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { Io } from '../kit/io.ts';
import { print, writeJson } from '../kit/io.ts';
import { readEnvironment } from '../kit/settings.ts';
import { withStore } from '../kit/store.ts';
import { hostInEnvironment } from '../../services/twin/org.ts';
import { checkpointParts } from './log-keys.ts';

interface Options {
  json?: boolean;
}

/**
 * An inclusion proof. With the checkpoint's note and the log's verifier key it can be verified on
 * its own.
 */
interface Proof {
  schema: 'arx.proof/v1';
  id: string;
  leafHash: string;
  index: number;
  size: number;
  hashes: string[];
  checkpoint: string;
}

/**
 * `arx audit prove`: proves with a signed checkpoint that an entry is at its place in the trail.
 */
export async function prove(io: Io, reference: string, { json }: Options) {
  const proof = await withStore(io, async (store) => {
    const { index, entry } = await entryOf(store, reference);
    return proofOf(store, { index, entry, note: await checkpointCovering(io, store, index) });
  });
  if (json) await writeJson(io, proof);
  else await print(io, proofText(proof));
  return EXIT.ok;
}

/** `arx audit show`: shows one entry in full. */
export async function show(io: Io, reference: string, { json }: Options) {
  const { index, entry } = await withStore(io, (store) => entryOf(store, reference));
  if (json)
    await writeJson(io, {
      schema: 'arx.audit/v1',
      entries: [{ index, ...entry }],
      items: [{ index, ...entry }],
    });
  else await print(io, JSON.stringify({ index, ...entry }, null, 2));
  return EXIT.ok;
}

async function entryOf(
  store: Store,
  reference: string,
): Promise<{ index: number; entry: StoredEntry }> {
  const row = await store.audit.get(reference);
  if (row) return { index: row.index, entry: entryAt(row) };
  throw new CliError({
    code: 'not_found',
    message: `There is no audit entry ${reference}.`,
    remedy: 'Name an entry by its id or its index: `arx audit list` shows both.',
  });
}

/** An entry, or the remainder of an entry whose content was removed after its retention period. */
type StoredEntry = AuditEntry | RemovedEntry;

/**
 * The entry, if its text has the hash that it states. Whether that hash is in the tree is shown by
 * the proof.
 */
function entryAt({ index, text }: { index: number; text: string }): StoredEntry {
  const stated = parseEntry(text);
  const bad = checkNext(chainFrom({ entries: index, head: prevHashOf(stated) }), { index, text });
  if (stated && !bad) return stated;
  throw brokenError(`the entry at index ${index} ${bad?.reason ?? 'is not valid JSON'}`);
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

/**
 * The newest checkpoint; if it does not cover the entry and the log's key is available, a new one.
 */
async function checkpointCovering(io: Io, store: Store, index: number): Promise<string> {
  const newest = await store.checkpoints.newest();
  if (newest && newest.size > index) return newest.note;
  const host = hostInEnvironment(readEnvironment(io).arx);
  // The first checkpoint of a store creates the key of the trail.
  const origin = host === null ? null : originOf(host);
  const made = await makeCheckpoint(checkpointParts(io, store), origin);
  if (made) return made.note;
  throw brokenError(`no checkpoint covers the entry at index ${index}`);
}

async function proofOf(
  store: Store,
  { index, entry, note }: { index: number; entry: StoredEntry; note: string },
): Promise<Proof> {
  const { size, root } = parseCheckpoint(parseNote(note).text);
  const hashes = await new TileTree(store.auditTree.readTile).inclusion(index, size);
  const holds = verifyInclusion({ leafHash: hexToBytes(entry.hash), index, size, hashes, root });
  if (!holds)
    throw brokenError(
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

function brokenError(what: string): CliError {
  return new CliError({
    code: 'audit_broken',
    message: `The entry cannot be proven: ${what}.`,
    remedy: 'Run `arx audit verify` to see up to where the trail is intact.',
  });
}

function proofText({ id, leafHash, index, size, hashes, checkpoint }: Proof): string {
  const head = [`entry     ${id}`, `leaf hash ${leafHash}`, `index     ${index} of ${size}`];
  return [
    ...head,
    ...hashes.map((hash, n) => `${n === 0 ? 'path      ' : '          '}${hash}`),
    '',
    checkpoint,
  ].join('\n');
}
