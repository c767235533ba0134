import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { sameHash } from '../../audit/merkle.ts';
import { asRemoved, removalId, removalText } from '../../audit/removed.ts';
import { TileTree } from '../../audit/tiles.ts';
import type { ReadTile } from '../../audit/tiles.ts';
import type { AuditEntry } from '../../audit/types.ts';
import type { AuditRemoval } from '../audit-types.ts';
import type { Database } from '../schema.ts';
import { brokenTrail, chainAt, countLeaves, nextEntries, tileReader } from './audit-tree.ts';
import type { CheckedEntry } from './audit-tree.ts';

const OTHERWISE = 'nothing more is removed';

/** Removes the content of old entries in the database. */
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
      const [end, readTile] = [Math.min(upTo, await countLeaves(db)), tileReader(db)];
      const chain = await chainAt(readTile, await firstWhole(db));
      let removed = 0;
      while (chain.entries < end) {
        const entries = await nextEntries(db, chain, { to: end, otherwise: OTHERWISE });
        await checkSigned(readTile, entries);
        removed += await removeContent(db, entries);
      }
      return removed;
    },
  };
}

/** The index after the last entry before the first newer one, within the tree. */
async function olderThan(db: Kysely<Database>, before: string): Promise<number> {
  const at = new Date(before).toISOString();
  const younger = await db
    .selectFrom('audit_entries')
    .select('index')
    .where('at', '>=', at)
    .orderBy('index')
    .limit(1)
    .executeTakeFirst();
  const leaves = await countLeaves(db);
  return Math.min(younger?.index ?? leaves, leaves);
}

/** The first entry that still has its content; removal starts at the beginning of the trail. */
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

/**
 * Replaces the content of these entries with `removedText`; the trigger of migration 0021 allows no
 * other change.
 */
async function removeContent(
  db: Kysely<Database>,
  entries: readonly CheckedEntry[],
): Promise<number> {
  const whole = entries.flatMap(({ index, text }) => {
    const entry = JSON.parse(text) as AuditEntry;
    return asRemoved(entry) ? [] : [{ index, id: removalId(index), text: removalText(entry) }];
  });
  const column = <Name extends keyof (typeof whole)[number]>(name: Name) =>
    whole.map((row) => row[name]);
  const { numAffectedRows } = await sql`
    update audit_entries e set id = r.id, workflow_id = '', run = '', subject = '', sequence = 0, text = r.text
    from unnest(${column('index')}::bigint[], ${column('id')}::text[], ${column('text')}::text[]) as r(index, id, text)
    where e.index = r.index`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/**
 * Checks the entries against the signed tree, so that removal cannot hide an entry that was
 * rewritten.
 */
async function checkSigned(readTile: ReadTile, entries: readonly CheckedEntry[]): Promise<void> {
  const tree = new TileTree(readTile);
  for (const { index, leaf } of entries) {
    if (!sameHash(await tree.leaf(index), leaf))
      throw brokenTrail({ index, reason: 'differs from the signed one' }, OTHERWISE);
  }
}
