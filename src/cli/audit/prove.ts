/** Shows one audit entry, or proves that it is in the trail. */

import { originOf } from '../../audit/checkpoint.ts';
import { AuditBrokenError, findEntry, proofOf } from '../../services/audit/prove-entry.ts';
import type { FoundEntry, Proof } from '../../services/audit/prove-entry.ts';
import { hostInEnvironment } from '../../services/twin/org.ts';
import { makeCheckpoint } from '../../store/journal/checkpointer.ts';
import type { Store } from '../../store/types.ts';
import { CliError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { Io } from '../kit/io.ts';
import { print, writeJson } from '../kit/io.ts';
import { completeId } from '../kit/references.ts';
import { readEnvironment } from '../kit/settings.ts';
import { withStore } from '../kit/store.ts';
import { idsIn } from './list.ts';
import { checkpointParts } from './log-keys.ts';
import { entryText } from './render.ts';

interface Options {
  json?: boolean;
}

/**
 * `arx audit prove`: proves with a signed checkpoint that an entry is at its place in the trail.
 */
export async function prove(io: Io, reference: string, { json }: Options) {
  const proof = await withStore(io, async (store) => {
    const found = await entryOf(store, reference);
    return proofOf(store, found, await checkpointCovering(io, store, found.index));
  });
  if (json) await writeJson(io, proof);
  else await print(io, proofText(proof));
  return EXIT.ok;
}

/** `arx audit show`: shows one entry in full. */
export async function show(io: Io, reference: string, { json }: Options) {
  const { index, entry, names } = await withStore(io, async (store) => {
    const found = await entryOf(store, reference);
    const ids = 'id' in found.entry ? idsIn(found.entry) : [];
    return { ...found, names: await store.names.ofIds(ids) };
  });
  if (json)
    await writeJson(io, {
      schema: 'arx.audit/v1',
      entries: [{ index, ...entry }],
      items: [{ index, ...entry }],
    });
  else if ('id' in entry) await print(io, entryText({ index, ...entry }, names, io.colors.out));
  else await print(io, JSON.stringify({ index, ...entry }, null, 2));
  return EXIT.ok;
}

async function entryOf(store: Store, reference: string): Promise<FoundEntry> {
  const found = (await findEntry(store, reference)) ?? (await entryByHash(store, reference));
  if (found) return found;
  throw new CliError({
    code: 'not_found',
    message: `There is no audit entry ${reference}.`,
    remedy:
      'Name an entry by its index, its id or the beginning of its hash: `arx audit list` shows the index.',
  });
}

async function entryByHash(store: Store, reference: string): Promise<FoundEntry | null> {
  const index = await completeId(store, 'audit entry', reference);
  return index === null ? null : findEntry(store, index);
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
  throw new AuditBrokenError(`no checkpoint covers the entry at index ${index}`);
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
