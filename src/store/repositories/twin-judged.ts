import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { DriftKind, Gap } from '../../twin/types.ts';
import type { Database } from '../schema.ts';
import type {
  Attempt,
  GapChanges,
  JudgedPage,
  TwinJudgedRepository,
} from '../twin-judged-types.ts';
import type { StoreTransaction } from '../types.ts';
import { addParts } from './twin-search.ts';

/** Results of a sync: stored page by page, then made visible. */
export function createTwinJudgedRepository(db: Kysely<Database>): TwinJudgedRepository {
  return {
    add: (on, page) =>
      db.transaction().execute(async (tx) => {
        await addStandings(tx, on, page.standings);
        for (const change of CHANGES) await addGaps(tx, on, { change, gaps: page.gaps[change] });
        await addDrift(tx, on, page.drift);
        await addParts(tx, on, page.parts);
      }),
    async settle(tx, { org, run, attempt, at }, drift) {
      const on = { org, run, attempt };
      await settleStandings(tx, on);
      await settleGaps(tx, { ...on, at });
      if (drift) await settleDrift(tx, { ...on, at }, drift);
      for (const table of ['twin_judged_users', 'twin_judged_gaps', 'twin_judged_drift'] as const) {
        await tx.deleteFrom(table).where('run', '=', run).execute();
      }
    },
  };
}

const CHANGES = ['opened', 'closed', 'reworded'] as const satisfies (keyof GapChanges)[];

async function addStandings(
  tx: StoreTransaction,
  { run, attempt }: Attempt,
  rows: JudgedPage['standings'],
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into twin_judged_users (run, attempt, user_id, privileged, mfa)
    select ${run}, ${attempt}, s.* from unnest(${rows.map(({ id }) => id)}::text[],
      ${rows.map(({ standing }) => standing.privileged)}::boolean[],
      ${rows.map(({ standing }) => standing.mfa)}::text[]) as s`.execute(tx);
}

async function addGaps(
  tx: StoreTransaction,
  { run, attempt }: Attempt,
  { change, gaps }: { change: keyof GapChanges; gaps: readonly Gap[] },
): Promise<void> {
  if (gaps.length === 0) return;
  const column = (name: keyof Gap): string[] => gaps.map((gap) => gap[name]);
  await sql`
    insert into twin_judged_gaps (run, attempt, change, kind, subject, since, severity, name, detail)
    select ${run}, ${attempt}, ${change}, g.* from unnest(
      ${column('kind')}::text[], ${column('subject')}::text[], ${column('since')}::text[],
      ${column('severity')}::text[], ${column('name')}::text[], ${column('detail')}::text[]) as g`.execute(
    tx,
  );
}

async function addDrift(
  tx: StoreTransaction,
  { run, attempt }: Attempt,
  drift: JudgedPage['drift'],
): Promise<void> {
  if (drift.length === 0) return;
  const entries = drift.map((entry) => JSON.stringify(entry));
  await sql`
    insert into twin_judged_drift (run, attempt, kind, entry)
    select ${run}, ${attempt}, kind, entry::json
    from unnest(${drift.map(({ kind }) => kind)}::text[], ${entries}::text[]) with ordinality as d(kind, entry, n)
    order by n`.execute(tx);
}

/** Locks users by ascending id, as do writes of pages, so that two writers never deadlock. */
async function settleStandings(
  tx: StoreTransaction,
  { org, run, attempt }: Attempt,
): Promise<void> {
  await sql`
    with judged as (
      select u.id, j.privileged, j.mfa from twin_judged_users j join twin_users u on u.org = ${org} and u.id = j.user_id
      where j.run = ${run} and j.attempt = ${attempt} order by u.id for update of u
    )
    update twin_users u set privileged = judged.privileged, mfa = judged.mfa
    from judged where u.org = ${org} and u.id = judged.id`.execute(tx);
}

async function settleGaps(
  tx: StoreTransaction,
  { org, run, attempt, at }: Attempt & { at: string },
): Promise<void> {
  const changed = (change: keyof GapChanges) =>
    sql`j.run = ${run} and j.attempt = ${attempt} and j.change = ${sql.lit(change)}`;
  const same = sql`g.org = ${org} and g.kind = j.kind and g.subject = j.subject and g.closed_at is null`;
  await sql`update twin_gaps g set closed_at = ${at}
    from twin_judged_gaps j where ${changed('closed')} and ${same}`.execute(tx);
  await sql`
    insert into twin_gaps (org, kind, subject, since, severity, name, detail)
    select ${org}, kind, subject, since, severity, name, detail from twin_judged_gaps j where ${changed('opened')}
    on conflict do nothing`.execute(tx);
  await sql`update twin_gaps g set name = j.name, detail = j.detail, severity = j.severity
    from twin_judged_gaps j where ${changed('reworded')} and ${same}`.execute(tx);
}

async function settleDrift(
  tx: StoreTransaction,
  { org, run, attempt, at }: Attempt & { at: string },
  kinds: readonly DriftKind[],
): Promise<void> {
  await sql`
    insert into twin_drift (org, run, at, entry)
    select ${org}, run, ${at}, entry from twin_judged_drift where run = ${run} and attempt = ${attempt}
    order by array_position(${[...kinds]}::text[], kind), position`.execute(tx);
}
