import { sql } from 'kysely';
import type { Kysely, Selectable } from 'kysely';
import type { Database } from '../schema.ts';
import type { TwinDatabase } from '../twin-schema.ts';
import type { StoredTwinApp, TwinAppRepository } from '../twin-types.ts';
import type { SyncView } from '../twin-sync-types.ts';
import { isMissed, isProvedMissed, sortUnique, touchRows } from './twin-seen.ts';

/** Applications, as last read. */
export function createTwinAppRepository(db: Kysely<Database>): TwinAppRepository {
  return {
    async put(tx, { org, run, at }, apps) {
      const rows = sortUnique(apps, ({ id }) => id);
      await sql`
        insert into twin_apps (org, id, label, sign_on_mode, status, seen_run, seen_at)
        select ${org}, id, label, mode, status, ${run}, ${at}
        from unnest(${rows.map(({ id }) => id)}::text[], ${rows.map(({ label }) => label)}::text[],
          ${rows.map(({ signOnMode }) => signOnMode)}::text[], ${rows.map(({ status }) => status)}::text[])
          as a(id, label, mode, status)
        on conflict (org, id) do update set label = excluded.label, sign_on_mode = excluded.sign_on_mode,
          status = excluded.status, gone = false, seen_run = excluded.seen_run,
          seen_at = excluded.seen_at`.execute(tx);
    },
    touch: (tx, stamp, ids) => touchRows(tx, 'twin_apps', { ...stamp, ids }),
    async setCount(tx, org, of, apps) {
      const rows = sortUnique(apps, ({ id }) => id);
      await sql`
        update twin_apps a set ${sql.ref(of)} = c.count
        from unnest(${rows.map(({ id }) => id)}::text[], ${rows.map(({ count }) => count)}::integer[]) as c(id, count)
        where a.org = ${org} and a.id = c.id`.execute(tx);
    },
    pages: (org, size, view) => pages(db, { org, size, view }),
    async settle(tx, view) {
      if (view.proves.includes('apps')) {
        await sql`update twin_apps set gone = true
          where org = ${view.org} and not gone and ${isMissed(view, 'twin_apps')}`.execute(tx);
      }
      await sql`update twin_apps set judged = true where org = ${view.org} and not judged`.execute(
        tx,
      );
    },
  };
}

interface Selection {
  org: string;
  size: number;
  view: SyncView | undefined;
}

async function* pages(
  db: Kysely<Database>,
  { org, size, view }: Selection,
): AsyncIterable<StoredTwinApp[]> {
  for (let after: string | undefined = ''; after !== undefined;) {
    const { rows }: { rows: Selectable<TwinDatabase['twin_apps']>[] } = await sql<
      Selectable<TwinDatabase['twin_apps']>
    >`
      select a.*, a.gone or ${isProvedMissed(view, 'apps', 'a')} as gone from twin_apps a
      where a.org = ${org} and a.id > ${after} order by a.id limit ${size}`.execute(db);
    if (rows.length > 0) yield rows.map(toStored);
    after = rows.length === size ? rows.at(-1)?.id : undefined;
  }
}

const toStored = ({
  id,
  label,
  sign_on_mode: signOnMode,
  status,
  ...row
}: Selectable<TwinDatabase['twin_apps']>): StoredTwinApp => ({
  app: { id, label, signOnMode, status, users: row.users, groups: row.groups, gone: row.gone },
  known: row.judged,
});
