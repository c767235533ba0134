import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { CarryOver } from '../../twin/events/types.ts';
import type { Database } from '../schema.ts';
import type { TwinEventRepository } from '../twin-types.ts';
import type { StoreTransaction } from '../types.ts';

/** The run id of the row with which the next sync of an org begins. */
const KEPT = '';

/**
 * Security events, each stored once, and the entries passed from one window of the log to the next.
 */
export function createTwinEventRepository(db: Kysely<Database>): TwinEventRepository {
  return {
    async add(tx, { org, run }, events) {
      if (events.length === 0) return 0;
      const rows = events.map((event) => ({ ...event, org, run }));
      rows.sort((one, other) => (one.uuid < other.uuid ? -1 : 1));
      const insert = tx.insertInto('twin_events').values(rows);
      const added = await insert
        .onConflict((conflict) => conflict.columns(['org', 'uuid', 'rule']).doNothing())
        .executeTakeFirst();
      return Number(added.numInsertedOrUpdatedRows ?? 0);
    },
    async list(org, limit, { severities, rule, since, until, after } = {}) {
      let rows = db
        .selectFrom('twin_events')
        .select(['uuid', 'rule', 'severity', 'tactic', 'technique', 'at', 'actor', 'target'])
        .where('org', '=', org);
      if (severities !== undefined) rows = rows.where('severity', 'in', [...severities]);
      if (rule !== undefined) rows = rows.where('rule', '=', rule);
      if (since !== undefined) rows = rows.where('at', '>=', since);
      if (until !== undefined) rows = rows.where('at', '<', until);
      if (after !== undefined) rows = rows.where(isAfter(org, after));
      return await rows
        .orderBy('at', 'desc')
        .orderBy('uuid')
        .orderBy('rule')
        .limit(limit)
        .execute();
    },
    async rules(org) {
      const rows = db
        .selectFrom('twin_events')
        .select('rule')
        .distinct()
        .where('org', '=', org)
        .orderBy('rule');
      return (await rows.execute()).map(({ rule }) => rule);
    },
    raisedSince: (org, at) =>
      db
        .selectFrom('twin_events')
        .select(['uuid', 'rule'])
        .where('org', '=', org)
        .where('at', '>=', at)
        .execute(),
    async countOf(run) {
      const rows = db
        .selectFrom('twin_events')
        .select((eb) => eb.fn.countAll<number>().as('events'));
      return (await rows.where('run', '=', run).executeTakeFirst())?.events ?? 0;
    },
    readCarried: async (org) => (await read(db, org, KEPT)) ?? null,
    readCarriedIn: (org, run) => read(db, org, run),
    carry: (tx, { org, run }, carried) => write(tx, { org, run, carried }),
    async keepCarried(tx, { org, run }) {
      const [mine, kept] = [await read(tx, org, run), await read(tx, org, KEPT)];
      await sql`delete from twin_log where org = ${org} and run = ${run}`.execute(tx);
      if (!mine || (kept && Date.parse(kept.until) > Date.parse(mine.until))) return;
      await write(tx, { org, run: KEPT, carried: mine });
    },
  };
}

/** Newest first, and by uuid and rule among events of one time. */
const isAfter = (org: string, { uuid, rule }: { uuid: string; rule: string }) => {
  const at = sql`(select l.at from twin_events l
    where l.org = ${org} and l.uuid = ${uuid} and l.rule = ${rule})`;
  return sql<boolean>`(at < ${at} or (at = ${at} and (uuid, rule) > (${uuid}, ${rule})))`;
};

async function read(
  db: Kysely<Database>,
  org: string,
  run: string,
): Promise<CarryOver | null | undefined> {
  const rows = db
    .selectFrom('twin_log')
    .select('carried')
    .where('org', '=', org)
    .where('run', '=', run);
  return (await rows.executeTakeFirst())?.carried;
}

async function write(
  tx: StoreTransaction,
  { org, run, carried }: { org: string; run: string; carried: CarryOver | null },
): Promise<void> {
  const text = carried && JSON.stringify(carried);
  await sql`
    insert into twin_log (org, run, carried) values (${org}, ${run}, ${text}::json)
    on conflict (org, run) do update set carried = excluded.carried`.execute(tx);
}
