import { sql } from 'kysely';
import type { Kysely, Selectable } from 'kysely';
import type { Gap } from '../../twin/types.ts';
import type { Database } from '../schema.ts';
import type { TwinDatabase } from '../twin-schema.ts';
import type { TwinGapRepository } from '../twin-types.ts';

/** Gaps, open and closed; at most one is open for each kind and subject. */
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
          and not exists (select 1 from twin_apps a where a.org = g.org and a.id = g.subject)`.execute(
        db,
      );
      return rows.map(toGap);
    },
    async openAt(org, subject, at) {
      const { rows } = await sql<Row>`
        select * from twin_gaps where org = ${org} and subject = ${subject} and since <= ${at}
          and (closed_at is null or closed_at > ${at}) order by kind`.execute(db);
      return rows.map(toGap);
    },
    async history(org, limit) {
      const rows = await gapsOf(org)
        .orderBy('since', 'desc')
        .orderBy('subject')
        .limit(limit)
        .execute();
      return rows.map((row) => ({ ...toGap(row), closedAt: row.closed_at }));
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
