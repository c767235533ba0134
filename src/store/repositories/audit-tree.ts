import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { chainFrom, checkNext } from '../../audit/chain.ts';
import type { BadEntry, ChainState, StoredText } from '../../audit/chain.ts';
import { EMPTY_HEAD } from '../../audit/entry.ts';
import { CheckpointError } from '../../audit/errors.ts';
import type { Hash } from '../../audit/merkle.ts';
import { TILE_WIDTH, TileEdge, TileTree } from '../../audit/tiles.ts';
import type { ReadTile, Tile } from '../../audit/tiles.ts';
import type { AuditTree } from '../audit-types.ts';
import { nativeLeafHash } from '../journal/leaf-hash.ts';
import type { Database } from '../schema.ts';

/** Entries that are read, checked and added together. */
const PAGE = 1_000;
const HASH_BYTES = 32;

/**
 * The stored tree. Appending does not change it; it is extended when a checkpoint is made, with one
 * and a half hashes per entry. Two processes may extend it at once: both write the same hashes, and
 * the longer tile is kept.
 */
export function createAuditTree(db: Kysely<Database>): AuditTree {
  const size = () => countLeaves(db);
  const readTile = tileReader(db);
  return {
    size,
    readTile,
    root: (of) => new TileTree(readTile).root(of),
    async grow(to) {
      const from = await size();
      if (from >= to) return;
      const edge = await TileEdge.at(from, readTile);
      const chain = await chainAt(readTile, from);
      while (chain.entries < to) {
        const entries = await nextEntries(db, chain, {
          to,
          otherwise: 'no checkpoint is signed over it',
        });
        for (const { leaf } of entries) edge.append(leaf);
        await keep(db, edge.takeChanged());
      }
    },
  };
}

/** Reads tiles of the stored tree. */
export function tileReader(db: Kysely<Database>): ReadTile {
  return async (level, index) => {
    const tile = await db
      .selectFrom('audit_tiles')
      .select('hashes')
      .where('level', '=', level)
      .where('index', '=', index)
      .executeTakeFirst();
    return tile ? cut(tile.hashes) : [];
  };
}

/** The number of entries that the stored tree covers. */
export async function countLeaves(db: Kysely<Database>): Promise<number> {
  const last = await db
    .selectFrom('audit_tiles')
    .select(['index', sql<number>`length(hashes)`.as('bytes')])
    .where('level', '=', 0)
    .orderBy('index', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last ? last.index * TILE_WIDTH + last.bytes / HASH_BYTES : 0;
}

/** The state of the chain at an index, from the stored tree. */
export async function chainAt(readTile: ReadTile, from: number): Promise<ChainState> {
  const head = from === 0 ? EMPTY_HEAD : bytesToHex(await new TileTree(readTile).leaf(from - 1));
  return chainFrom({ entries: from, head }, nativeLeafHash);
}

/** A stored entry with its hash. */
export interface CheckedEntry extends StoredText {
  leaf: Hash;
}

/*Reads the next entries, at most about 1,000, checks each against its text and the previous entry, and advances the chain. `otherwise` describes what is not done if one of them is broken. Throws CheckpointError `audit_broken`.
 */
export async function nextEntries(
  db: Kysely<Database>,
  chain: ChainState,
  { to, otherwise }: { to: number; otherwise: string },
): Promise<CheckedEntry[]> {
  const end = Math.min(to, chain.entries + PAGE);
  const rows = await db
    .selectFrom('audit_entries')
    .select(['index', 'text'])
    .where('index', '>=', chain.entries)
    .where('index', '<', end)
    .orderBy('index')
    .execute();
  const checked = rows.map((row) => {
    const bad = checkNext(chain, row);
    if (bad) throw brokenTrail(bad, otherwise);
    return { ...row, leaf: hexToBytes(chain.head) };
  });
  if (chain.entries < end)
    throw brokenTrail({ index: chain.entries, reason: 'is missing' }, otherwise);
  return checked;
}

/**
 * The error for a trail with a broken entry; `otherwise` describes what is not done because of it.
 */
export function brokenTrail(
  { index, reason }: Pick<BadEntry, 'index' | 'reason'>,
  otherwise: string,
): CheckpointError {
  const what = `the audit trail is broken: the entry at index ${index} ${reason}`;
  return new CheckpointError('audit_broken', `${what}; ${otherwise}: run \`arx audit verify\``);
}

async function keep(db: Kysely<Database>, tiles: readonly Tile[]): Promise<void> {
  const rows = tiles.map(({ level, index, hashes }) => ({
    level,
    index,
    hashes: Buffer.concat(hashes),
  }));
  // One statement, so that the levels are always consistent.
  await db
    .insertInto('audit_tiles')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['level', 'index'])
        .doUpdateSet({ hashes: (eb) => eb.ref('excluded.hashes') })
        .where(sql<boolean>`length(audit_tiles.hashes) < length(excluded.hashes)`),
    )
    .execute();
}

function cut(bytes: Uint8Array): Hash[] {
  return Array.from({ length: Math.floor(bytes.length / HASH_BYTES) }, (_, n) =>
    Uint8Array.from(bytes.subarray(n * HASH_BYTES, (n + 1) * HASH_BYTES)),
  );
}
