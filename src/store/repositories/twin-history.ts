import type { Kysely } from 'kysely';
import type { Database } from '../schema.ts';
import type { TwinHistoryRepository } from '../twin-types.ts';

/** The posture at each sync, and what changed from one to the next. */
export function createTwinHistoryRepository(db: Kysely<Database>): TwinHistoryRepository {
  return {
    async add(tx, { org, run, at }, timeline) {
      const insert = tx.insertInto('twin_timeline').values({ org, run, at, entry: JSON.stringify(timeline) });
      await insert.onConflict((conflict) => conflict.column('run').doNothing()).execute();
    },
    async timeline(org, limit) {
      const rows = db.selectFrom('twin_timeline').select('entry').where('org', '=', org);
      return (await rows.orderBy('position', 'desc').limit(limit).execute()).map(({ entry }) => entry);
    },
    async drift(org, limit, run) {
      const all = db.selectFrom('twin_drift').select('entry').where('org', '=', org);
      const rows = run === undefined ? all : all.where('run', '=', run);
      return (await rows.orderBy('position', 'desc').limit(limit).execute()).map(({ entry }) => entry);
    },
  };
}
