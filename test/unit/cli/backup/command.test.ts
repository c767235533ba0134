import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { restore } from '../../../../src/cli/restore/restore.ts';
import { takeBackup } from '../../../../src/cli/backup/take.ts';
import { createIo } from '../../../../src/cli/kit/io.ts';
import { openStore } from '../../../../src/store/open.ts';
import { contentOf, fillStore } from '../../../support/backups.ts';
import { borrowPglite } from '../../../support/pglite.ts';
import type { TestDatabase } from '../../../support/pglite.ts';
import { queryOnce } from '../../../support/stores.ts';
import { arx } from '../support/terminal.ts';

let database: TestDatabase;
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  database = await borrowPglite();
});
afterAll(() => database.close());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'arx-backup-'));
  env = { DATABASE_URL: database.databaseUrl, ARX_HOME: join(folder, 'home') };
  await empty();
  const store = await openStore(database);
  await store.migrate();
  await fillStore(store, query, join(folder, 'home'));
  await store.close();
  return () => rmSync(folder, { recursive: true, force: true });
});

const query = (statement: string) => queryOnce(database.databaseUrl, statement);
const empty = () => query('drop schema public cascade; create schema public');

async function document(
  ...argv: string[]
): Promise<{ code: number; document: Record<string, unknown> }> {
  const { code, out } = await arx([...argv, '--json'], env);
  return { code, document: JSON.parse(out) as Record<string, unknown> };
}

describe('arx backup', () => {
  it('writes a file that only its owner may read, and tells what is in it', async () => {
    const file = join(folder, 'a.gz');
    const { code, document: told } = await document('backup', file);
    expect(code).toBe(0);
    const bytes = readFileSync(file);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(told).toMatchObject({
      schema: 'arx.backup-result/v1',
      file,
      bytes: bytes.length,
      sha256,
    });
    expect(told).toMatchObject({ audit: { entries: 322 }, tables: { runs: 2, twin_drift: 2499 } });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => name !== 'home')).toEqual(['a.gz']);
  });

  it('replaces a file only when it is told to', async () => {
    const file = join(folder, 'a.gz');
    writeFileSync(file, 'mine');
    expect(await document('backup', file)).toMatchObject({
      code: 2,
      document: { code: 'file_exists' },
    });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    const { code, err } = await arx(['backup', file, '--force'], env);
    expect({ code, err }).toMatchObject({
      code: 0,
      err: expect.stringMatching(/rows of .* written to .*SHA-256/s),
    });
    expect(readFileSync(file).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
  });

  it('leaves no file where there is nothing to back up, or no place for it', async () => {
    expect(await document('backup', '-')).toMatchObject({ code: 2, document: { code: 'usage' } });
    writeFileSync(join(folder, 'plain'), '');
    const within = join(folder, 'plain', 'a.gz');
    expect(await document('backup', within)).toMatchObject({
      code: 1,
      document: { code: 'not_writable' },
    });
    await empty();
    const file = join(folder, 'a.gz');
    expect(await document('backup', file)).toMatchObject({
      code: 2,
      document: { code: 'no_store' },
    });
    expect(readdirSync(folder).toSorted()).toEqual(['home', 'plain']);
  });
});

it('an interrupt ends both and leaves nothing behind', async () => {
  const file = join(folder, 'a.gz');
  await document('backup', file);
  const sinks = { out: new PassThrough(), err: new PassThrough() };
  const io = createIo({ ...sinks, env, signal: AbortSignal.abort() });
  const other = join(folder, 'b.gz');
  await expect(takeBackup(io, other, { version: '0.1.0' })).rejects.toMatchObject({
    code: 'interrupted',
    exit: 130,
  });
  expect(readdirSync(folder).toSorted()).toEqual(['a.gz', 'home']);
  await empty();
  await expect(restore(io, file, {})).rejects.toMatchObject({ code: 'interrupted', exit: 130 });
  expect(Object.keys(await contentOf(query))).toEqual(['(sequences)']);
});

describe('arx restore', () => {
  it('fills an empty store and verifies its trail', async () => {
    const file = join(folder, 'a.gz');
    await document('backup', file);
    const before = await contentOf(query);
    expect(await document('restore', file)).toMatchObject({
      code: 2,
      document: { code: 'store_not_empty' },
    });
    await empty();
    const { code, err } = await arx(['restore', file], env);
    expect({ code, err }).toMatchObject({
      code: 0,
      err: expect.stringMatching(/restored.*trail is intact: 322/s),
    });
    expect(await contentOf(query)).toEqual(before);
    await empty();
    const audit = { ok: true, entries: 322, checkpoints: 2 };
    expect(await document('restore', file)).toMatchObject({
      code: 0,
      document: { schema: 'arx.restore-result/v1', audit, tables: { runs: 2 } },
    });
  });

  it('knows of contents of the trail that were removed by age', async () => {
    const config = join(folder, 'arx.yaml');
    writeFileSync(config, 'version: 1\nretention: { users: 30d, audit: 60d }\n');
    expect((await document('purge', '--yes', '--config', config)).code).toBe(0);
    const file = join(folder, 'a.gz');
    await document('backup', file);
    const before = await contentOf(query);
    await empty();
    const { code, document: told } = await document('restore', file);
    expect({ code, told }).toMatchObject({
      code: 0,
      told: { audit: { ok: true, removed: expect.any(Number) } },
    });
    expect((told.audit as { removed: number }).removed).toBeGreaterThan(300);
    expect(await contentOf(query)).toEqual(before);
  });

  it('keeps a store whose trail was broken before, and says so', async () => {
    await query(`drop trigger audit_entries_append_only on audit_entries;
      update audit_entries set text = replace(text, 'run-1-s7"', 'run-1-s8"') where index = 7`);
    const file = join(folder, 'a.gz');
    await document('backup', file);
    const before = await contentOf(query);
    await empty();
    const { code, err } = await arx(['restore', file], env);
    expect({ code, err }).toMatchObject({
      code: 1,
      err: expect.stringMatching(/BROKEN.*index 7.*already broken/s),
    });
    expect(await contentOf(query)).toEqual(before);
  });

  it('looks at the file before it looks at the store', async () => {
    const elsewhere = { ARX_HOME: join(folder, 'other') };
    const file = join(folder, 'a.gz');
    writeFileSync(file, 'no backup');
    for (const [name, exit, code] of [
      [file, 1, 'backup_damaged'],
      [join(folder, 'none.gz'), 2, 'no_file'],
      [folder, 2, 'no_file'],
    ] as const) {
      const { code: ended, out } = await arx(['restore', name, '--json'], elsewhere);
      expect({ ended, error: JSON.parse(out) as unknown }).toMatchObject({
        ended: exit,
        error: { code },
      });
    }
    expect(readdirSync(folder).toSorted()).toEqual(['a.gz', 'home']);
  });
});
