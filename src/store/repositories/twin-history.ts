import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Drift, DRIFT_KINDS, SEVERITIES } from '../../twin/types.ts';
import type { Database } from '../schema.ts';
import type { TwinHistoryRepository } from '../twin-types.ts';

/** The types ensure that these lists equal those in `twin`, which `store` may not import. */
const KINDS = [
  'admin_added',
  'mfa_lost',
  'gap_opened',
  'gap_closed',
  'app_added',
] as const satisfies typeof DRIFT_KINDS;
const GRADES = ['critical', 'high', 'medium', 'low'] as const satisfies typeof SEVERITIES;

/** The posture at each sync, and the changes between syncs. */
export function createTwinHistoryRepository(db: Kysely<Database>): TwinHistoryRepository {
  return {
    async add(tx, { org, run, at }, timeline) {
      const insert = tx
        .insertInto('twin_timeline')
        .values({ org, run, at, entry: JSON.stringify(timeline) });
      await insert.onConflict((conflict) => conflict.column('run').doNothing()).execute();
    },
    async timeline(org, limit) {
      const rows = db.selectFrom('twin_timeline').select('entry').where('org', '=', org);
      return (await rows.orderBy('position', 'desc').limit(limit).execute()).map(
        ({ entry }) => entry,
      );
    },
    async drift(org, limit, run) {
      const { rows } = await sql<{ entry: Drift }>`
        select entry from twin_drift where org = ${org} and (${run ?? null}::text is null or run = ${run ?? null})
        order by array_position(${[...KINDS]}::text[], entry->>'kind'), at desc,
          array_position(${[...GRADES]}::text[], entry->>'severity'), position
        limit ${limit}`.execute(db);
      return rows.map(({ entry }) => entry);
    },
    async countDrift(org, run) {
      const all = db
        .selectFrom('twin_drift')
        .select((eb) => eb.fn.countAll<number>().as('changes'));
      const mine = all.where('org', '=', org);
      return Number(
        (await (run === undefined ? mine : mine.where('run', '=', run)).executeTakeFirst())
          ?.changes ?? 0,
      );
    },
  };
}
