import type { Kysely } from 'kysely';
import { canonicalJson, digestOf } from '../../audit/canonical.ts';
import type { JsonObject } from '../../audit/types.ts';
import type { Database } from '../schema.ts';
import type { SnapshotRepository } from '../types.ts';

/** Configuration snapshots, stored once under the hex SHA-256 of their canonical JSON. */
export function createSnapshotRepository(
  db: Kysely<Database>,
  now: () => Date = () => new Date(),
): SnapshotRepository {
  return {
    async put(content) {
      const digest = digestOf(content);
      const kept_at = now().toISOString();
      const insert = db
        .insertInto('snapshots')
        .values({ digest, content: canonicalJson(content), kept_at });
      await insert
        .onConflict((conflict) => conflict.column('digest').doUpdateSet({ kept_at }))
        .execute();
      return digest;
    },
    async get(digest) {
      const row = await db
        .selectFrom('snapshots')
        .select('content')
        .where('digest', '=', digest)
        .executeTakeFirst();
      return row ? (JSON.parse(row.content) as JsonObject) : null;
    },
  };
}
