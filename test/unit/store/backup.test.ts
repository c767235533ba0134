import { expect, test } from 'vitest';
import { verifyChain } from '../../../src/audit/chain.ts';
import { restoreBackup } from '../../../src/store/backup/restore.ts';
import { connect } from '../../../src/store/connection.ts';
import { whileMigrating } from '../../../src/store/migrate.ts';
import { MIGRATIONS } from '../../../src/store/migrations.ts';
import type { Store } from '../../../src/store/types.ts';
import { draftOf } from '../../support/audit.ts';
import {
  backupOf,
  contentOf,
  fillStore,
  ODD,
  sourceOf,
  withHeader,
} from '../../support/backups.ts';
import { appendMany, keyHome } from '../../support/checkpoints.ts';
import { describeOnStores } from '../../support/stores.ts';

const verify = async (store: Store) =>
  await verifyChain(store.audit.pages(500), await store.audit.head());
const refusal = (code: string) => expect.objectContaining({ name: 'BackupError', code });

describeOnStores('a backup', (source) => {
  const filled = async (): Promise<Store> => {
    const store = await source.fresh();
    await fillStore(store, source.query, keyHome());
    return store;
  };
  const restore = (file: Buffer) =>
    restoreBackup({ databaseUrl: source.url(), source: sourceOf(file) });

  test('restored has every row byte for byte, and continues its sequences', async () => {
    await filled();
    const before = await contentOf(source.query);
    const { file, summary } = await backupOf(source.url());
    expect(summary.header.migrations).toEqual(Object.keys(MIGRATIONS));
    const target = await source.empty();
    expect(await restore(file)).toMatchObject({
      header: summary.header,
      end: { rows: summary.rows },
    });
    expect(await contentOf(source.query)).toEqual(before);
    expect(before.runs).toHaveLength(2);
    expect(before.audit_tiles?.length).toBeGreaterThan(1);
    expect(before.audit_checkpoints).toHaveLength(2);
    expect(await target.pendingMigrations()).toEqual([]);
    expect(await verify(target)).toMatchObject({ ok: true, ...summary.audit });
    await target.journal.append([draftOf({ subject: ODD })]);
    expect(await verify(target)).toMatchObject({
      ok: true,
      entries: (summary.audit?.entries ?? 0) + 1,
    });
    const { rows } = await source.query(
      `insert into twin_drift (org, run, at, entry) values ('o', 'r', '', '{}') returning position`,
    );
    expect(Number((rows[0] as { position: string }).position)).toBe(2501);
  });

  test('can be restored into a store that has only its schema', async () => {
    await filled();
    const before = await contentOf(source.query);
    const { file } = await backupOf(source.url());
    await source.fresh();
    await restore(file);
    expect(await contentOf(source.query)).toEqual(before);
  });

  test('is not restored into a store with data, which stays unchanged', async () => {
    await filled();
    const { file } = await backupOf(source.url());
    await appendMany(await source.fresh(), 3);
    const before = await contentOf(source.query);
    await expect(restore(file)).rejects.toEqual(refusal('store_not_empty'));
    expect(await contentOf(source.query)).toEqual(before);
  });

  test('is a consistent snapshot, even while other processes write', async () => {
    const store = await filled();
    const { entries } = await store.audit.head();
    const writing: Promise<void>[] = [];
    const { file, summary } = await backupOf(source.url(), {
      seen: () => void (writing.length === 0 && writing.push(appendMany(store, 40, 'run-3'))),
    });
    await Promise.all(writing);
    expect(await store.audit.head()).toMatchObject({ entries: entries + 40 });
    expect(summary.audit).toMatchObject({ entries });
    const target = await source.empty();
    await restore(file);
    expect(await verify(target)).toMatchObject({ ok: true, entries });
  });

  test('of an earlier schema is restored and migrated', async () => {
    const level = '0003-audit';
    await source.empty();
    const db = connect(source.url(), 1);
    await whileMigrating(db, (_, migrate) => migrate(level));
    await source.query(`insert into snapshots (digest, content) values ('d', '{}')`);
    await db.destroy();
    const { file, summary } = await backupOf(source.url());
    expect(summary).toMatchObject({
      audit: null,
      header: { migrations: ['0001-runs', '0002-tickets', level] },
    });
    await source.fresh();
    await expect(restore(file)).rejects.toEqual(refusal('store_not_empty'));
    const target = await source.empty();
    await restore(file);
    expect(await target.pendingMigrations()).toEqual([]);
    const { rows } = await source.query('select digest, content from snapshots');
    expect(rows).toEqual([{ digest: 'd', content: '{}' }]);
  });

  test('leaves nothing behind if it is damaged or of another version', async () => {
    const store = await source.fresh();
    await appendMany(store, 30);
    const { file } = await backupOf(source.url());
    const flipped = Buffer.from(file);
    flipped[200]! ^= 4;
    const newer = withHeader(file, (header) => ({
      ...header,
      arx: '9.9.9',
      migrations: [...header.migrations, '9-x'],
    }));
    const foreign = withHeader(file, (header) => ({
      ...header,
      tables: [...header.tables, { name: 'strange', columns: ['a'], sequences: {} }],
    }));
    await source.empty();
    const before = await contentOf(source.query);
    await expect(restore(file.subarray(0, file.length - 20))).rejects.toEqual(
      refusal('backup_damaged'),
    );
    await expect(restore(flipped)).rejects.toEqual(refusal('backup_damaged'));
    await expect(restore(newer)).rejects.toThrow(/arx 9\.9\.9.*9-x/);
    await expect(restore(foreign)).rejects.toEqual(refusal('backup_foreign'));
    expect(await contentOf(source.query)).toEqual(before);
  });

  test('of a database without a store is refused, and a cancelled backup ends', async () => {
    await source.empty();
    await expect(backupOf(source.url())).rejects.toEqual(refusal('no_store'));
    const store = await source.fresh();
    const calling = new AbortController();
    const options = { seen: () => calling.abort(), signal: calling.signal };
    await appendMany(store, 3);
    await expect(backupOf(source.url(), options)).rejects.toMatchObject({ name: 'AbortError' });
    const { file } = await backupOf(source.url());
    await source.empty();
    const again = { databaseUrl: source.url(), source: sourceOf(file), signal: calling.signal };
    await expect(restoreBackup(again)).rejects.toMatchObject({ name: 'AbortError' });
    expect(Object.keys(await contentOf(source.query))).toEqual(['(sequences)']);
  });
});
