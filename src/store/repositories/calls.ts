import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Database } from '../schema.ts';
import type { CallCounts, CallLedger } from '../types.ts';

const COUNTERS = ['okta', 'jira', 'slack', 'throttled'] as const satisfies (keyof CallCounts)[];
const NONE: CallCounts = { okta: 0, jira: 0, slack: 0, throttled: 0 };

/** Counts calls per run. Not idempotent: add each batch once. */
export function createCallLedger(db: Kysely<Database>): CallLedger {
  return {
    async add(run, { okta, jira, slack, throttled }) {
      const sums = COUNTERS.map((name) => [
        name,
        sql<number>`calls.${sql.ref(name)} + excluded.${sql.ref(name)}`,
      ]);
      await db
        .insertInto('calls')
        .values({ run, okta, jira, slack, throttled })
        .onConflict((conflict) => conflict.column('run').doUpdateSet(Object.fromEntries(sums)))
        .execute();
    },
    async get(run) {
      const counts = db.selectFrom('calls').select(COUNTERS).where('run', '=', run);
      return (await counts.executeTakeFirst()) ?? { ...NONE };
    },
  };
}
