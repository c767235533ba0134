import { writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeCheckpoint } from '../../../../src/store/journal/checkpointer.ts';
import type { MadeCheckpoint } from '../../../../src/store/journal/checkpointer.ts';
import type { Store } from '../../../../src/store/types.ts';
import { draftOf } from '../../../support/audit.ts';
import { appendMany, ORIGIN, partsOf } from '../../../support/checkpoints.ts';
import { signCheckpoint } from '../../../../src/audit/checkpoint.ts';
import { signerOf } from '../../../support/notes.ts';
import { storeOfTest } from '../support/store.ts';
import { arx } from '../support/terminal.ts';

const of = storeOfTest('arx-audit');
const { folder, query } = of;
let store: Store;
let env: Record<string, string>;
let newest: MadeCheckpoint;

beforeEach(async () => {
  ({ store, env } = of);
  await appendMany(store, 12);
  await makeCheckpoint(partsOf(store, of.home), ORIGIN);
  await appendMany(store, 7, 'run-2');
  newest = (await makeCheckpoint(partsOf(store, of.home), ORIGIN))!;
});

const FREE =
  'drop trigger audit_entries_append_only on audit_entries; drop trigger audit_checkpoints_append_only on audit_checkpoints;';
const CUT = `${FREE} delete from audit_entries where index >= 15; delete from audit_checkpoints where size > 15;
  update audit_tiles set hashes = substring(hashes from 1 for 15 * 32); update audit_head set entries = 15, head = (select text::json ->> 'hash' from audit_entries where index = 14)`;

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const json = async (...argv: string[]) => {
  const { out, code } = await arx([...argv, '--json'], env);
  return { code, document: JSON.parse(out) as Record<string, unknown> };
};

describe('arx audit verify', () => {
  it('compares with every checkpoint kept, and one kept outside', async () => {
    const outside = file('note', newest.note.trimEnd().replaceAll('\n', '\r\n'));
    const { code, document } = await json('audit', 'verify', '--checkpoint', outside);
    expect({ code, document }).toMatchObject({
      code: 0,
      document: { schema: 'arx.verify/v1', ok: true, entries: 20, checkpoints: 3 },
    });
    const { verifierKey } = (await json('audit', 'key')).document;
    const keyed = await json(
      'audit',
      'verify',
      '--checkpoint',
      outside,
      '--key',
      file('key', `${String(verifierKey)}\n`),
    );
    expect(keyed.code).toBe(0);
    expect((await arx(['audit', 'verify'], env)).out).toContain('as signed in 2 checkpoints');
  });

  it('finds a cut with all its traces removed only by the copy outside', async () => {
    await query(CUT);
    expect((await json('audit', 'verify')).document).toMatchObject({ ok: true, entries: 15 });
    const { code, document } = await json(
      'audit',
      'verify',
      '--checkpoint',
      file('note', newest.note),
    );
    expect({ code, document }).toMatchObject({
      code: 1,
      document: { ok: false, entries: 15, firstBad: { index: 15 } },
    });
    const text = await arx(['audit', 'verify', '--checkpoint', file('note', newest.note)], env);
    expect(text.out).toContain('the checkpoint kept outside covers 20');
  });

  it('finds a tail that was cut and written anew', async () => {
    await query(CUT);
    await appendMany(store, 9, 'forged');
    const { document } = await json('audit', 'verify', '--checkpoint', file('note', newest.note));
    expect(document).toMatchObject({ ok: false, firstBad: { index: 13 } });
    expect((document.firstBad as { reason: string }).reason).toContain('up to index 19');
  });

  it('locates what was changed under the kept tree', async () => {
    await query(`${FREE} delete from audit_entries where index >= 15;
      update audit_head set entries = 15, head = (select text::json ->> 'hash' from audit_entries where index = 14)`);
    await appendMany(store, 9, 'forged');
    const { document } = await json('audit', 'verify');
    expect(document).toMatchObject({
      ok: false,
      entries: 15,
      firstBad: { index: 15, id: expect.stringContaining('forged-s0') },
    });
  });

  it.each([
    [
      'signed by another key',
      () =>
        signCheckpoint({ origin: ORIGIN, size: 20, root: new Uint8Array(32) }, [signerOf(ORIGIN)]),
      'not signed by a key',
    ],
    [
      'of another log',
      () => newest.note.replaceAll(ORIGIN, 'arx/other.okta.com'),
      'is of the audit trail',
    ],
    ['with another size', () => newest.note.replace('\n20\n', '\n19\n'), 'is not valid'],
  ])('refuses a copy %s', async (_, note, reason) => {
    const { code, document } = await json('audit', 'verify', '--checkpoint', file('note', note()));
    expect({ code, document }).toMatchObject({ code: 1, document: { ok: false } });
    expect((document.firstBad as { reason: string }).reason).toContain(reason);
  });

  it('finds kept checkpoints and tree hashes that were changed', async () => {
    await query(`update audit_tiles set hashes = set_byte(hashes, 40, 255 - get_byte(hashes, 40))`);
    expect((await json('audit', 'verify')).document).toMatchObject({
      ok: false,
      firstBad: { index: 12 },
    });
    await query(`drop trigger audit_checkpoints_append_only on audit_checkpoints;
      update audit_checkpoints set note = replace(note, chr(10) || '20' || chr(10), chr(10) || '21' || chr(10))`);
    expect((await json('audit', 'verify')).document).toMatchObject({
      ok: false,
      firstBad: { index: 20 },
    });
  });

  it('checks an export against a copy', async () => {
    const out = join(folder, 'export.jsonl');
    await arx(['audit', 'export', '--out', out], env);
    const note = file('note', newest.note);
    const key = String((await json('audit', 'key')).document.verifierKey);
    expect(await json('audit', 'verify', '--file', out, '--checkpoint', note)).toMatchObject({
      code: 0,
    });
    const elsewhere = { ARX_HOME: join(folder, 'nowhere') };
    const argv = ['audit', 'verify', '--file', out, '--checkpoint', note, '--json'];
    expect(await arx([...argv, '--key', key], elsewhere)).toMatchObject({ code: 0 });
    const unknown = await arx(argv, elsewhere);
    expect(unknown.code).toBe(2);
    expect(unknown.out).toContain('--key');
  });

  it('says of an extract that it cannot be verified alone, and finds what was changed in it', async () => {
    const out = join(folder, 'extract.jsonl');
    await arx(['audit', 'export', '--run', 'run-2', '--out', out], env);
    const { code, document } = await json('audit', 'verify', '--file', out);
    expect({ code, document }).toMatchObject({
      code: 1,
      document: { ok: false, extractOf: 'run-2' },
    });
    expect((document.firstBad as { reason: string }).reason).toMatch(
      /extract .*run run-2.*cannot be verified alone/,
    );
    const text = (await arx(['audit', 'verify', '--file', out], env)).out;
    expect(text).toMatch(/^NOT VERIFIED/);
    expect(text).not.toContain('BROKEN');
    const lines = readFileSync(out, 'utf8').split('\n');
    const changed = file(
      'changed.jsonl',
      lines.map((line, at) => (at === 2 ? line.replace('-s', '-S') : line)).join('\n'),
    );
    const found = (await json('audit', 'verify', '--file', changed)).document;
    expect(found).toMatchObject({
      ok: false,
      firstBad: { index: 2, reason: 'does not match its own hash' },
    });
  });

  it('still calls a trail with entries cut out of it broken', async () => {
    const out = join(folder, 'cut.jsonl');
    await arx(['audit', 'export', '--out', out], env);
    const lines = readFileSync(out, 'utf8').split('\n');
    const cut = file('cut-out.jsonl', [...lines.slice(0, 4), ...lines.slice(5)].join('\n'));
    const { document } = await json('audit', 'verify', '--file', cut);
    expect(document).toMatchObject({
      firstBad: { index: 4, reason: 'does not follow the entry before it' },
    });
    expect(document).not.toHaveProperty('extractOf');
  });

  it.each([
    [['--checkpoint', '/nowhere/note'], /cannot be read \(ENOENT\)/],
    [['--checkpoint', file('empty', 'nothing')], /is not a checkpoint/],
    [['--key', 'x+00000000+AAAA'], /without --checkpoint/],
  ])('refuses %j', async (argv, message) => {
    const { code, document } = await json('audit', 'verify', ...argv);
    expect({ code, document }).toMatchObject({
      code: 2,
      document: { schema: 'arx.error/v1', code: 'usage' },
    });
    expect(document.message).toMatch(message);
  });
});

describe('arx audit prove, show, key', () => {
  it('proves by id and by index, under a new checkpoint where none reaches', async () => {
    const [{ id }] = (await json('audit', 'show', '3')).document.items as [{ id: string }];
    const { document } = await json('audit', 'prove', id);
    expect(document).toMatchObject({
      schema: 'arx.proof/v1',
      id,
      index: 3,
      size: 20,
      checkpoint: newest.note,
    });
    await appendMany(store, 1, 'later');
    expect((await json('audit', 'prove', '20')).document).toMatchObject({ index: 20, size: 21 });
    expect((await arx(['audit', 'prove', '20'], env)).out).toContain(`\n\n${ORIGIN}\n21\n`);
  });

  it('says what is not there, and proves nothing that was changed', async () => {
    expect((await json('audit', 'prove', '99')).document).toMatchObject({ code: 'not_found' });
    await query(
      `${FREE} update audit_entries set text = replace(text, '-s3"', '-sX"') where index = 3`,
    );
    expect(await json('audit', 'prove', '3')).toMatchObject({
      code: 1,
      document: { code: 'audit_broken' },
    });
    env = { ...env, ARX_HOME: join(folder, 'nowhere') };
    await appendMany(store, 1, 'later');
    expect(await json('audit', 'prove', '20')).toMatchObject({
      code: 1,
      document: { code: 'audit_key_missing' },
    });
  });

  it('shows, proves, exports and verifies what is left of entries whose content was removed', async () => {
    const { leafHash } = (await json('audit', 'prove', '3')).document;
    const purged = {
      kind: 'data.purged',
      subject: 'store',
      run: 'cli',
      outcome: { audit: { upTo: 6 } },
    } as const;
    await store.journal.append([draftOf(purged)]);
    expect(await store.audit.removal.remove(6)).toBe(6);
    expect((await json('audit', 'show', '3')).document.items).toEqual([
      {
        index: 3,
        at: '2026-07-06T08:00:00.000Z',
        kind: 'user.checked',
        hash: leafHash,
        removed: true,
      },
    ]);
    const id = 'removed/3';
    expect((await json('audit', 'prove', '3')).document).toMatchObject({
      id,
      leafHash,
      index: 3,
      size: 20,
    });
    const outside = file('note', newest.note);
    const verified = await json('audit', 'verify', '--checkpoint', outside);
    expect(verified).toMatchObject({ code: 0, document: { ok: true, entries: 21, removed: 6 } });
    expect((await arx(['audit', 'verify'], env)).out).toContain(
      '; only the hash remains of 6 old entries',
    );
    const out = join(folder, 'left.jsonl');
    await arx(['audit', 'export', '--out', out], env);
    const exported = await json('audit', 'verify', '--file', out, '--checkpoint', outside);
    expect(exported).toMatchObject({ code: 0, document: { ok: true, entries: 21, removed: 6 } });
    expect((await arx(['audit', 'list', '--limit', '1', '--order', 'oldest'], env)).out).toContain(
      'run-1-s6',
    );
    writeFileSync(out, readFileSync(out, 'utf8').replace(`${String(leafHash)}`, '0'.repeat(64)));
    expect(await json('audit', 'verify', '--file', out, '--checkpoint', outside)).toMatchObject({
      code: 1,
    });
  });

  it('rotates the key: the old checkpoints still hold', async () => {
    const { document } = await json('keys', 'rotate', 'audit');
    const after = (await json('audit', 'key')).document;
    expect(after).toMatchObject({
      schema: 'arx.key/v1',
      verifierKey: document.verifierKey,
      keys: [{}, {}],
    });
    expect(String(document.checkpoint).match(/^— /gm)).toHaveLength(2);
    const verified = await json('audit', 'verify', '--checkpoint', file('note', newest.note));
    expect(verified).toMatchObject({ code: 0, document: { ok: true, entries: 21 } });
    expect(await json('keys', 'rotate', 'audit', '--out', join(folder, 'k'))).toMatchObject({
      code: 2,
    });
  });
});
