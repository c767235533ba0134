import { beforeEach, afterEach, expect, test } from 'vitest';
import { restoreBackup } from '../../../src/store/backup/restore.ts';
import { writeBackup } from '../../../src/store/backup/write.ts';
import { openStore } from '../../../src/store/open.ts';
import type { Store } from '../../../src/store/types.ts';
import { backupOf, contentOf, fillStore, sourceOf } from '../../support/backups.ts';
import { appendMany, keyHome } from '../../support/checkpoints.ts';
import { borrowEmptyPglite } from '../../support/pglite.ts';
import type { TestDatabase } from '../../support/pglite.ts';
import { emptyDatabase } from '../../support/postgres.ts';
import { queryOnce } from '../../support/stores.ts';

let databases: Record<'PostgreSQL' | 'PGlite', TestDatabase>;

beforeEach(async () => {
  databases = { PostgreSQL: await emptyDatabase(), PGlite: await borrowEmptyPglite() };
});
afterEach(() => Promise.all(Object.values(databases).map((database) => database.close())));

const queryOn =
  ({ databaseUrl }: TestDatabase) =>
  (statement: string) =>
    queryOnce(databaseUrl, statement);

async function filledStore(database: TestDatabase): Promise<Store> {
  const store = await openStore(database);
  await store.migrate();
  await fillStore(store, queryOn(database), keyHome());
  return store;
}

test.each([
  ['PostgreSQL', 'PGlite'],
  ['PGlite', 'PostgreSQL'],
] as const)('restores a backup of %s into %s, whose backup is then the same', async (from, to) => {
  await (await filledStore(databases[from])).close();
  const { file, summary } = await backupOf(databases[from].databaseUrl);
  await restoreBackup({ databaseUrl: databases[to].databaseUrl, source: sourceOf(file) });
  expect(await contentOf(queryOn(databases[to]))).toEqual(
    await contentOf(queryOn(databases[from])),
  );
  expect((await backupOf(databases[to].databaseUrl)).summary).toMatchObject({
    rows: summary.rows,
    audit: summary.audit,
  });
});

test('a backup on PostgreSQL does not block writers', async () => {
  const store = await filledStore(databases.PostgreSQL);
  const { entries } = await store.audit.head();
  const { databaseUrl } = databases.PostgreSQL;
  const pieces: Uint8Array[] = [];
  const summary = await writeBackup(
    { databaseUrl, arx: '0.1.0', created: new Date(0) },
    async (from) => {
      await appendMany(store, 40, 'run-3');
      for await (const piece of from) pieces.push(piece);
    },
  );
  expect(summary.audit).toMatchObject({ entries });
  expect(summary.rows.audit_entries).toBe(entries);
  expect(await store.audit.head()).toMatchObject({ entries: entries + 40 });
  await store.close();
});
