import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { AuditSinkRepository } from '../audit-types.ts';
import type { Database } from '../schema.ts';

/** How much of the trail each sink has. */
export function createAuditSinkRepository(db: Kysely<Database>): AuditSinkRepository {
  const advance = async (on: Kysely<Database>, name: string, entries: number): Promise<void> => {
    await on
      .insertInto('audit_sinks')
      .values({ name, entries, shipped_at: new Date().toISOString() })
      .onConflict((conflict) =>
        conflict
          .column('name')
          .doUpdateSet({ entries, shipped_at: new Date().toISOString() })
          .where('audit_sinks.entries', '<', entries),
      )
      .execute();
  };
  return {
    async find(name) {
      const row = await db
        .selectFrom('audit_sinks')
        .select(['entries', 'shipped_at'])
        .where('name', '=', name)
        .executeTakeFirst();
      return row ? { entries: row.entries, shippedAt: row.shipped_at } : null;
    },
    advance: (name, entries) => advance(db, name, entries),
    async alone(name, task) {
      await advance(db, name, 0);
      return await db.transaction().execute(async (tx) => {
        const { rows } = await sql<{ entries: number }>`
          select entries from audit_sinks where name = ${name} for update`.execute(tx);
        const before = rows[0]?.entries ?? 0;
        const entries = await task(before);
        if (entries > before) await advance(tx, name, entries);
        return entries;
      });
    },
  };
}
