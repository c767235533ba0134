import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { fillStore } from '../support/backups.ts';
import { CommandLine } from '../support/command-line.ts';
import { startPglite } from '../support/pglite.ts';
import { queryOnce } from '../support/stores.ts';

const folder = mkdtempSync(join(tmpdir(), 'arx-backup-e2e-'));
const [here, there] = ['here', 'there'].map((name) => join(folder, name)) as [string, string];
/** Every command on an embedded store starts one. */
const LONG = 120_000;
const at = (home: string) => new CommandLine(folder, { ARX_HOME: home });

beforeAll(async () => {
  mkdirSync(here, { mode: 0o700 });
  const database = await startPglite(join(here, 'postgres'));
  const query = (statement: string) => queryOnce(database.databaseUrl, statement);
  const store = await openStore(database);
  await store.migrate();
  await fillStore(store, query, here);
  await store.close();
  await database.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('restores the store of one ARX_HOME into another', { timeout: LONG }, async () => {
  const { code, out, err } = await at(here).run(['backup', '--local']);
  expect({ code, out, err }).toMatchObject({
    code: 0,
    out: '',
    err: expect.stringContaining('322 entries'),
  });
  const [, file = ''] = /written to (\S+)/.exec(err) ?? [];
  expect(file).toMatch(/arx-backup-[0-9TZ-]+\.ndjson\.gz$/);
  const restored = await at(there).run(['restore', file, '--local']);
  expect(restored).toMatchObject({
    code: 0,
    out: '',
    err: expect.stringContaining('The audit trail is intact'),
  });
  expect(await at(there).document(['audit', 'verify'])).toEqual(
    await at(here).document(['audit', 'verify']),
  );
  const runs = await at(there).document<{ items: unknown[] }>(['runs']);
  expect(runs).toEqual(await at(here).document(['runs']));
  expect(runs.items).toHaveLength(2);
  expect(await at(there).document<object>(['restore', file], 2)).toMatchObject({
    code: 'store_not_empty',
  });
});

it('writes and reads a backup through a pipe', { timeout: LONG }, async () => {
  const piped = join(folder, 'piped.gz');
  const line = `"${process.execPath}" "${resolve('src/cli.ts')}" backup - > "${piped}"`;
  execFileSync('bash', ['-c', line], {
    env: { PATH: process.env.PATH, ARX_HOME: here },
    stdio: 'pipe',
    cwd: folder,
  });
  expect(readFileSync(piped).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
  const home = join(folder, 'from-pipe');
  expect(await at(home).document(['restore', piped])).toMatchObject({
    audit: { ok: true, entries: 322 },
  });
});
