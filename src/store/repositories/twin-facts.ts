import { sql } from 'kysely';
import type { Kysely, Selectable } from 'kysely';
import type { Database } from '../schema.ts';
import type { TwinDatabase } from '../twin-schema.ts';
import type { FactVersion, TwinFactRepository } from '../twin-types.ts';

/** All versions of facts, by key. */
export function createTwinFactRepository(db: Kysely<Database>): TwinFactRepository {
  return {
    async current(org) {
      const { rows } = await sql<Row>`
        select distinct on (key) * from twin_facts where org = ${org} order by key, version desc`.execute(
        db,
      );
      return rows.map(toVersion).map(({ version: _version, since: _since, ...fact }) => fact);
    },
    async history(org, key) {
      const versions = db
        .selectFrom('twin_facts')
        .selectAll()
        .where('org', '=', org)
        .where('key', '=', key);
      return (await versions.orderBy('version', 'desc').execute()).map(toVersion);
    },
    async put(tx, org, { changed, seen }) {
      for (const fact of changed) {
        const { key, value, text, confidence, source, run, observedAt, leavesOut } = fact;
        if (confidence === 'stale')
          throw new TypeError('a stale fact cannot be stored: staleness follows from age');
        await sql`
          insert into twin_facts (org, key, version, value, text, confidence, source, run, since, observed_at, leaves_out)
          select ${org}, ${key}, coalesce(max(version), 0) + 1, ${value}, ${text}, ${confidence}, ${source}, ${run},
            ${observedAt}, ${observedAt}, ${leavesOut}
          from twin_facts where org = ${org} and key = ${key}`.execute(tx);
      }
      await sql`
        update twin_facts f set observed_at = s.at
        from unnest(${seen.map(({ key }) => key)}::text[], ${seen.map(({ observedAt }) => observedAt)}::text[])
          as s(key, at)
        where f.org = ${org} and f.key = s.key
          and f.version = (select max(version) from twin_facts n where n.org = f.org and n.key = f.key)`.execute(
        tx,
      );
    },
  };
}

type Row = Selectable<TwinDatabase['twin_facts']>;

const toVersion = ({
  observed_at: observedAt,
  leaves_out: leavesOut,
  org: _org,
  ...row
}: Row): FactVersion => ({ ...row, observedAt, leavesOut });
