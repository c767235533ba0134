import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { BucketState } from '../../connectors/rate-limit/types.ts';
import type { Database } from '../schema.ts';
import type { RateBucketRepository, StoreTransaction } from '../types.ts';

/** The drift of two clocks, in milliseconds per millisecond. */
const DRIFT = 0.001;

/** The states of the buckets of all vendors, by the database's clock. */
export function createRateBucketRepository(db: Kysely<Database>): RateBucketRepository {
  const clock = databaseClock();
  return {
    now: clock.now,
    get: async (name) => {
      const row = await db
        .selectFrom('rate_buckets')
        .select('state')
        .where('name', '=', name)
        .executeTakeFirst();
      return row?.state ?? null;
    },
    change: (name, step) =>
      db.transaction().execute(async (tx) => {
        const row = (await lock(tx, name)) ?? (await begin(tx, name));
        clock.adjustTo(row.at);
        const { state, result } = step(row.state, clock.now());
        const text = JSON.stringify(state);
        await tx
          .updateTable('rate_buckets')
          .set({ state: text })
          .where('name', '=', name)
          .execute();
        return result;
      }),
  };
}

interface Row {
  state: BucketState | null;
  at: number;
}

const lock = (tx: StoreTransaction, name: string): Promise<Row | undefined> =>
  tx
    .selectFrom('rate_buckets')
    .select(['state', sql<number>`(extract(epoch from clock_timestamp()) * 1000)::float8`.as('at')])
    .where('name', '=', name)
    .forUpdate()
    .executeTakeFirst();

async function begin(tx: StoreTransaction, name: string): Promise<Row> {
  const first = tx.insertInto('rate_buckets').values({ name, state: null });
  await first.onConflict((conflict) => conflict.column('name').doNothing()).execute();
  const row = await lock(tx, name);
  if (!row) throw new TypeError('a row that was just written is missing');
  return row;
}

/**
 * The database's clock, estimated from the local monotonic one. A time from the database is always
 * slightly old when it arrives, so the largest difference ever seen is the best estimate.
 */
function databaseClock(): { now: () => number; adjustTo: (at: number) => void } {
  let ahead = Date.now() - performance.now();
  let heardAt: number | null = null;
  return {
    now: () => performance.now() + ahead,
    adjustTo: (at) => {
      const here = performance.now();
      const old = heardAt === null ? -Infinity : ahead - (here - heardAt) * DRIFT;
      ahead = Math.max(at - here, old);
      heardAt = here;
    },
  };
}
