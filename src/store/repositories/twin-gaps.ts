import { sql } from 'kysely';
import type { Kysely, Selectable } from 'kysely';
import type { Gap } from '../../twin/types.ts';
import { inChunks } from '../chunks.ts';
import type { Database } from '../schema.ts';
import type { TwinDatabase } from '../twin-schema.ts';
import type { TwinGapRepository } from '../twin-types.ts';
import type { StoreTransaction } from '../types.ts';

/** Gaps, open and closed: one is open at most for each kind and subject. */
export function createTwinGapRepository(db: Kysely<Database>): TwinGapRepository {
  const gapsOf = (org: string) => db.selectFrom('twin_gaps').selectAll().where('org', '=', org);
  return {
    async open(org, subjects) {
      const all = gapsOf(org).where('closed_at', 'is', null);
      const some = subjects && all.where(sql<boolean>`subject = any(${[...subjects]}::text[])`);
      return (await (some ?? all).orderBy('subject').orderBy('kind').execute()).map(toGap);
    },
    async orphans(org) {
      const { rows } = await sql<Row>`
        select * from twin_gaps g where org = ${org} and closed_at is null and subject <> ${org}
          and not exists (select 1 from twin_users u where u.org = g.org and u.id = g.subject)
          and not exists (select 1 from twin_apps a where a.org = g.org and a.id = g.subject)`.execute(db);
      return rows.map(toGap);
    },
    async history(org, limit) {
      const rows = await gapsOf(org).orderBy('since', 'desc').orderBy('subject').limit(limit).execute();
      return rows.map((row) => ({ ...toGap(row), closedAt: row.closed_at }));
    },
    async change(tx, { org, at }, { opened, closed, reworded }) {
      for (const gaps of inChunks(closed)) await close(tx, { org, at, gaps });
      for (const gaps of inChunks(opened)) {
        const insert = tx.insertInto('twin_gaps').values(gaps.map((gap) => ({ org, ...gap, closed_at: null })));
        await insert.onConflict((conflict) => conflict.doNothing()).execute();
      }
      for (const gaps of inChunks(reworded)) await reword(tx, org, gaps);
    },
  };
}

type Row = Selectable<TwinDatabase['twin_gaps']>;

const toGap = ({ kind, severity, subject, name, detail, since }: Row): Gap => ({
  kind,
  severity,
  subject,
  name,
  detail,
  since,
});

async function close(
  tx: StoreTransaction,
  { org, at, gaps }: { org: string; at: string; gaps: readonly Gap[] },
): Promise<void> {
  await sql`
    update twin_gaps g set closed_at = ${at}
    from unnest(${gaps.map(({ kind }) => kind)}::text[], ${gaps.map(({ subject }) => subject)}::text[])
      as c(kind, subject)
    where g.org = ${org} and g.kind = c.kind and g.subject = c.subject and g.closed_at is null`.execute(tx);
}

async function reword(tx: StoreTransaction, org: string, gaps: readonly Gap[]): Promise<void> {
  await sql`
    update twin_gaps g set name = w.name, detail = w.detail, severity = w.severity
    from unnest(${gaps.map(({ kind }) => kind)}::text[], ${gaps.map(({ subject }) => subject)}::text[],
      ${gaps.map(({ name }) => name)}::text[], ${gaps.map(({ detail }) => detail)}::text[],
      ${gaps.map(({ severity }) => severity)}::text[]) as w(kind, subject, name, detail, severity)
    where g.org = ${org} and g.kind = w.kind and g.subject = w.subject and g.closed_at is null`.execute(tx);
}
