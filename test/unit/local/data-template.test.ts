import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prepareDataDir } from '../../../src/local/data-template.ts';
import { servePglite } from '../../../src/local/pglite.ts';
import { queryOnce } from '../../support/stores.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'arx-data-template-'));
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

const cached = (): string => join(folder, 'cache');

/** Serves a data directory, runs a statement and closes it again. */
async function served(dataDir: string, statement: string): Promise<unknown[]> {
  const database = await servePglite({ dataDir, cacheDir: cached() });
  try {
    return (await queryOnce(database.databaseUrl, statement)).rows;
  } finally {
    await database.close();
  }
}

test('a new data directory starts as a copy of an empty one, which stays empty', async () => {
  const [first, second] = [join(folder, 'first'), join(folder, 'second')];
  await served(first, 'create table kept (n integer); insert into kept values (7)');
  expect(
    await served(second, "select count(*)::int as n from pg_tables where tablename = 'kept'"),
  ).toEqual([{ n: 0 }]);
  expect(await served(first, 'select n from kept')).toEqual([{ n: 7 }]);
  expect(readdirSync(cached())).toEqual([expect.stringMatching(/^pglite-\d+\.\d+\.\d+$/)]);
});

test('an existing data directory is left unchanged', async () => {
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, 'mine'), '');
  await prepareDataDir(dataDir, cached());
  expect(readdirSync(dataDir)).toEqual(['mine']);
  expect(existsSync(cached())).toBe(false);
});

test('the remains of a killed copy are replaced, and simultaneous preparations are complete', async () => {
  const dataDir = join(folder, 'data');
  mkdirSync(`${dataDir}.new`);
  writeFileSync(join(`${dataDir}.new`, 'half'), '');
  await Promise.all([dataDir, join(folder, 'other')].map((one) => prepareDataDir(one, cached())));
  for (const one of [dataDir, join(folder, 'other')])
    expect(existsSync(join(one, 'PG_VERSION'))).toBe(true);
  expect(existsSync(join(dataDir, 'half'))).toBe(false);
  expect(existsSync(`${dataDir}.new`)).toBe(false);
});

test('an unusable cache only costs time', async () => {
  writeFileSync(cached(), 'a file where the folder should be');
  expect(await served(join(folder, 'data'), 'select 1 as n')).toEqual([{ n: 1 }]);
});
