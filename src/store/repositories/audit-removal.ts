import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { chainFrom, checkNext } from '../../audit/chain.ts';
import type { StoredText } from '../../audit/chain.ts';
import { EMPTY_HEAD } from '../../audit/entry.ts';
import { CheckpointError } from '../../audit/errors.ts';
import { sameHash } from '../../audit/merkle.ts';
import { removedId } from '../../audit/removed.ts';
import { TileTree } from '../../audit/tiles.ts';
import type { AuditRemoval } from '../audit-types.ts';
import { nativeLeafHash } from '../leaf-hash.ts';
import type { Database } from '../schema.ts';
import { keptLeaves, tileReader } from './audit-tree.ts';

/** Entries of one transaction. */
const PIECE = 1_000;

/** Removal by age, in the database of the trail. */
export function createAuditRemoval(db: Kysely<Database>): AuditRemoval {
  return {
    async due(before) {
      const [upTo, first] = [await olderThan(db, before), await firstWhole(db)];
      const { entries } = await db
        .selectFrom('audit_entries')
        .select((eb) => eb.fn.countAll<number>().as('entries'))
        .where('index', '>=', first)
        .where('index', '<', upTo)
        .where('workflow_id', '<>', '')
        .executeTakeFirstOrThrow();
      return { entries, upTo };
    },
    async remove(upTo) {
      const end = Math.min(upTo, await keptLeaves(db));
      let removed = 0;
      for (let from = await firstWhole(db); from < end; from += PIECE) {
        removed += await removePiece(db, from, Math.min(end, from + PIECE));
      }
      return removed;
    },
  };
}

/** The index behind the last entry before the first younger one, within the tree. */
async function olderThan(db: Kysely<Database>, before: string): Promise<number> {
  const at = new Date(before).toISOString();
  const younger = await db
    .selectFrom('audit_entries')
    .select('index')
    .where('at', '>=', at)
    .orderBy('index')
    .limit(1)
    .executeTakeFirst();
  const leaves = await keptLeaves(db);
  return Math.min(younger?.index ?? leaves, leaves);
}

/** The first entry that has its content; removal goes from the start on. */
async function firstWhole(db: Kysely<Database>): Promise<number> {
  const row = await db
    .selectFrom('audit_entries')
    .select('index')
    .where('workflow_id', '<>', '')
    .orderBy('index')
    .limit(1)
    .executeTakeFirst();
  return row?.index ?? 0;
}

async function removePiece(db: Kysely<Database>, from: number, to: number): Promise<number> {
  const rows = await db
    .selectFrom('audit_entries')
    .select(['index', 'text'])
    .where('index', '>=', from)
    .where('index', '<', to)
    .orderBy('index')
    .execute();
  await checkPiece(db, { from, to, rows });
  // The condition of the trigger in migration 0021 is this very text.
  const { numAffectedRows } = await sql`
    update audit_entries set id = ${removedId(0).slice(0, -1)} || index, workflow_id = '', run = '', subject = '',
      sequence = 0, text = '{"at":"' || at || '","hash":"' || (text::json ->> 'hash') || '","kind":"' || kind
        || '","removed":true}'
    where index >= ${from} and index < ${to} and workflow_id <> ''`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** What was changed is not to be covered up by removing it. */
async function checkPiece(
  db: Kysely<Database>,
  { from, to, rows }: { from: number; to: number; rows: readonly StoredText[] },
): Promise<void> {
  const tree = new TileTree(tileReader(db));
  const head = from === 0 ? EMPTY_HEAD : bytesToHex(await tree.leaf(from - 1));
  const chain = chainFrom({ entries: from, head }, nativeLeafHash);
  for (const row of rows) {
    const bad = checkNext(chain, row);
    if (bad) throw broken(bad.index, bad.reason);
    if (!sameHash(await tree.leaf(row.index), hexToBytes(chain.head))) throw broken(row.index, 'is not the one signed');
  }
  if (chain.entries < to) throw broken(chain.entries, 'is missing');
}

function broken(index: number, reason: string): CheckpointError {
  const what = `the audit trail is not whole: the entry at index ${index} ${reason}`;
  return new CheckpointError('audit_broken', `${what}; nothing more is removed: run \`arx audit verify\``);
}
