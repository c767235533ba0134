import { sql } from 'kysely';
import type { Kysely, RawBuilder } from 'kysely';
import type { JsonObject } from '../../audit/types.ts';
import type { SqlClock } from '../clock.ts';
import type { EnrichmentDrop, EnrichmentRepository, NewEnrichment } from '../enrichment-types.ts';
import type { Database } from '../schema.ts';
import type { StoreTransaction } from '../types.ts';

/** The user id of answers without a single user. */
const NO_USER = '';
/** Expired rows that are deleted when an answer is stored. */
const DELETED_AT_ONCE = 50;

/** Cached answers about accounts, with the leases of look-ups. */
export function createEnrichmentRepository(
  db: Kysely<Database>,
  clock: SqlClock,
): EnrichmentRepository {
  const after = (ms: number): RawBuilder<Date> =>
    sql<Date>`${clock()} + make_interval(secs => ${ms / 1000}::float8)`;
  return {
    async get(key) {
      const { rows } = await sql<{ content: JsonObject; age: number }>`
        select content, (extract(epoch from ${clock()} - kept_at) * 1000)::float8 as age
        from enrichments where key = ${key} and content is not null and expires_at > ${clock()}`.execute(
        db,
      );
      const [row] = rows;
      return row ? { content: row.content, ageMs: Math.max(0, row.age) } : null;
    },
    async claim({ key, org }, owner, { ttlMs, refresh = false }) {
      const { rows } = await sql`
        insert into enrichments (key, org, begun_at, expires_at, lease_owner, lease_until)
        values (${key}, ${org}, ${clock()}, ${clock()}, ${owner}, ${after(ttlMs)})
        on conflict (key) do update set
          begun_at = case when enrichments.lease_owner = ${owner} then enrichments.begun_at else ${clock()} end,
          lease_owner = ${owner}, lease_until = ${after(ttlMs)}
        where enrichments.lease_owner = ${owner} or (
          (enrichments.lease_owner is null or enrichments.lease_until <= ${clock()})
          and (${refresh}::boolean or enrichments.content is null or enrichments.expires_at <= ${clock()})
        ) returning key`.execute(db);
      return rows.length > 0;
    },
    async keep(key, owner, answer) {
      const kept = await db
        .transaction()
        .execute((tx) => keepAnswer(tx, { key, owner, answer }, { clock, after }));
      await deleteExpired(db, clock);
      return kept;
    },
    release: (key, owner) => release(db, key, owner),
    drop: (tx, what) => drop(tx, what, { clock, after }),
  };
}

interface Times {
  clock: SqlClock;
  after: (ms: number) => RawBuilder<Date>;
}
interface Keeping {
  key: string;
  owner: string;
  answer: NewEnrichment;
}

/**
 * Stores an answer, unless a write to the user that came after the answer was started has locked or
 * changed the user's row.
 */
async function keepAnswer(
  tx: StoreTransaction,
  { key, owner, answer }: Keeping,
  times: Times,
): Promise<boolean> {
  const { userId, content, ttlMs } = answer;
  const of = await sql<{ org: string }>`
    select org from enrichments where key = ${key} and lease_owner = ${owner}`.execute(tx);
  const org = of.rows[0]?.org;
  if (org === undefined) return false;
  const user = userId ?? NO_USER;
  await sql`insert into enriched_users (org, user_id) values (${org}, ${user}) on conflict do nothing`.execute(
    tx,
  );
  await sql`select 1 from enriched_users where org = ${org} and user_id = ${user} for update`.execute(
    tx,
  );
  const { rows } = await sql`
    update enrichments set user_id = ${userId}, content = ${JSON.stringify(content)}, kept_at = ${times.clock()},
      expires_at = ${times.after(ttlMs)}, lease_owner = null, lease_until = null
    where key = ${key} and lease_owner = ${owner} and not exists (
      select 1 from enriched_users u
      where u.org = ${org} and u.user_id = ${user} and u.written_at >= enrichments.begun_at
    ) returning key`.execute(tx);
  if (rows.length === 0) await release(tx, key, owner);
  return rows.length > 0;
}

async function release(db: Kysely<Database>, key: string, owner: string): Promise<void> {
  await sql`update enrichments set lease_owner = null, lease_until = null
    where key = ${key} and lease_owner = ${owner}`.execute(db);
}

/**
 * Updates the rows of the users first, which storing an answer locks too, and then deletes the
 * answers.
 */
async function drop(
  tx: StoreTransaction,
  { org, userId, forMs }: EnrichmentDrop,
  { clock, after }: Times,
): Promise<void> {
  const [now, until] = [clock(), after(forMs)];
  const users = [...new Set([NO_USER, userId ?? NO_USER])];
  await sql`
    insert into enriched_users (org, user_id, written_at)
    select ${org}, user_id, ${until} from unnest(${users}::text[]) as u(user_id) order by user_id
    on conflict (org, user_id) do update set written_at = excluded.written_at`.execute(tx);
  if (userId === null)
    await sql`update enriched_users set written_at = ${until} where org = ${org}`.execute(tx);
  await sql`
    update enrichments set content = null, expires_at = ${now}
    where org = ${org} and (user_id is null or ${userId}::text is null or user_id = ${userId})`.execute(
    tx,
  );
}

/** Deletes expired answers. */
async function deleteExpired(db: Kysely<Database>, clock: SqlClock): Promise<void> {
  await sql`
    delete from enrichments where key in (
      select key from enrichments
      where expires_at <= ${clock()} and (lease_until is null or lease_until <= ${clock()})
      limit ${DELETED_AT_ONCE} for update skip locked
    )`.execute(db);
}
