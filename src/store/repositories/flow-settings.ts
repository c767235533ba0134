import type { Kysely } from 'kysely';
import type { ResourceSet } from '../../flows/types.ts';
import type { FlowSettingsRepository } from '../flow-types.ts';
import type { Database } from '../schema.ts';

/** Resource sets, and the switches of flows. */
export function createFlowSettingsRepository(db: Kysely<Database>): FlowSettingsRepository {
  return {
    async sets() {
      const rows = await db.selectFrom('flow_sets').selectAll().orderBy('name').execute();
      return rows.flatMap(({ name, content }) => (content === null ? [] : [{ name, ...content }]));
    },
    async seed(sets) {
      if (sets.length === 0) return;
      const insert = db.insertInto('flow_sets').values(sets.map(toRow));
      await insert.onConflict((conflict) => conflict.column('name').doNothing()).execute();
    },
    async putSet(tx, set) {
      const row = toRow(set);
      const insert = (tx ?? db).insertInto('flow_sets').values(row);
      await insert
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ content: row.content }))
        .execute();
    },
    async removeSet(tx, name) {
      const there = (tx ?? db)
        .updateTable('flow_sets')
        .set({ content: null })
        .where('name', '=', name);
      return (await there.where('content', 'is not', null).executeTakeFirst()).numUpdatedRows > 0n;
    },
    async switches() {
      const rows = await db.selectFrom('flow_switches').selectAll().execute();
      return new Map(rows.map(({ flow, enabled }) => [flow, enabled]));
    },
    async switch(tx, flow, enabled) {
      const insert = (tx ?? db).insertInto('flow_switches').values({ flow, enabled });
      await insert
        .onConflict((conflict) => conflict.column('flow').doUpdateSet({ enabled }))
        .execute();
    },
  };
}

const toRow = ({ name, ...content }: ResourceSet) => ({ name, content: JSON.stringify(content) });
