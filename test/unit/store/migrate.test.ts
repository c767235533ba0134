import { expect, test } from 'vitest';
import { MIGRATIONS } from '../../../src/store/migrations.ts';
import { describeOnStores } from '../../support/stores.ts';
import { startAppender } from './support/processes.ts';

const NAMES = Object.keys(MIGRATIONS);

describeOnStores('migrations', (source) => {
  test('are pending before and applied once', async () => {
    const store = await source.empty();
    expect(await store.pendingMigrations()).toEqual(NAMES);
    await store.migrate();
    expect(await store.pendingMigrations()).toEqual([]);
    await store.migrate();
    const { rows } = await source.query('select name from kysely_migration order by name');
    expect(rows.map(({ name }) => name)).toEqual(NAMES);
  });

  test('are applied once if several stores and processes start at the same time', async () => {
    const first = await source.empty();
    const others = await Promise.all([source.again(), source.again(), source.again()]);
    const processes = ['a', 'b', 'c'].map((tag) => startAppender(source.url(), tag, 1));
    await Promise.all([first, ...others].flatMap((store) => [store.migrate(), store.migrate()]));
    expect(await Promise.all(processes.map(({ ended }) => ended))).toEqual([0, 0, 0]);
    expect(await first.pendingMigrations()).toEqual([]);
    expect((await first.audit.head()).entries).toBe(6);
  });

  test('that fail leave nothing behind and can be retried', async () => {
    const store = await source.empty();
    await source.query('create table tickets (in_the_way integer)');
    await expect(store.migrate()).rejects.toMatchObject({
      name: 'StoreQueryError',
      sqlState: '42P07',
    });
    expect(await store.pendingMigrations()).toEqual(NAMES);
    await source.query('drop table tickets');
    await store.migrate();
    expect(await store.pendingMigrations()).toEqual([]);
  });
});
