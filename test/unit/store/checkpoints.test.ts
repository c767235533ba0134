import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { expect, test, vi } from 'vitest';
import type { CheckpointError } from '../../../src/audit/errors.ts';
import { verifyConsistency, verifyInclusion } from '../../../src/audit/merkle.ts';
import { verifierKey } from '../../../src/audit/note.ts';
import { TileTree } from '../../../src/audit/tiles.ts';
import { watchCheckpoints } from '../../../src/store/journal/checkpoint-watch.ts';
import { makeCheckpoint, rotateKey } from '../../../src/store/journal/checkpointer.ts';
import { keyHolder } from '../../../src/store/journal/key-file.ts';
import type { Store } from '../../../src/store/types.ts';
import { draftOf } from '../../support/audit.ts';
import { appendMany, keyHome, opened, ORIGIN, partsOf } from '../../support/checkpoints.ts';
import { describeOnStores } from '../../support/stores.ts';
import { treeHash } from '../../support/tree.ts';

const BY = { principal: 'user:operator', authenticatedBy: 'cli' } as const;

async function leavesOf(store: Store): Promise<Uint8Array[]> {
  const entries = await store.audit.list({});
  return entries.map(({ entry }) => hexToBytes(entry.hash));
}

const refusal = (code: CheckpointError['code']) =>
  expect.objectContaining({ name: 'CheckpointError', code });

describeOnStores('checkpoints', (source) => {
  test('the first one creates the key of the log, and records it in the audit trail', async () => {
    const store = await source.fresh();
    const home = keyHome();
    expect(await makeCheckpoint(partsOf(store, home), ORIGIN)).toBeNull();
    await appendMany(store, 5);
    const made = await makeCheckpoint(partsOf(store, home), ORIGIN);
    const checkpoint = await opened(store, made!.note);
    expect(checkpoint).toMatchObject({ origin: ORIGIN, size: 6 });
    expect(bytesToHex(checkpoint.root)).toBe(made!.root);
    expect(checkpoint.root).toEqual(treeHash(await leavesOf(store)));
    expect((await store.audit.list({ kind: 'key.created' })).map(({ index }) => index)).toEqual([
      5,
    ]);
    expect(statSync(join(home, 'audit.key')).mode & 0o777).toBe(0o600);
  });

  test('is the newest one as long as nothing is added', async () => {
    const store = await source.fresh();
    const parts = partsOf(store, keyHome());
    await appendMany(store, 1);
    const first = await makeCheckpoint(parts, ORIGIN);
    expect(await makeCheckpoint(parts, ORIGIN)).toEqual(first);
    await appendMany(store, 1, 'run-2');
    expect(await makeCheckpoint(parts, ORIGIN)).toMatchObject({ size: 3 });
    expect((await store.checkpoints.list()).map(({ size }) => size)).toEqual([2, 3]);
    expect(await store.checkpoints.newest()).toMatchObject({ size: 3 });
  });

  test('the kept tree proves every entry and every checkpoint', async () => {
    const store = await source.fresh();
    const parts = partsOf(store, keyHome());
    for (const [n, count] of [3, 250, 1, 700, 300].entries()) {
      await appendMany(store, count, `run-${n}`);
      await makeCheckpoint(parts, ORIGIN);
    }
    const leaves = await leavesOf(store);
    const notes = await Promise.all(
      (await store.checkpoints.list()).map(({ note }) => opened(store, note)),
    );
    const { size, root } = notes.at(-1)!;
    expect({ size, root }).toEqual({ size: 1255, root: treeHash(leaves) });
    const tree = new TileTree(store.auditTree.readTile);
    for (const index of [0, 255, 256, 511, 512, 1023, 1254]) {
      const hashes = await tree.inclusion(index, size);
      expect(verifyInclusion({ leafHash: leaves[index]!, index, size, hashes, root })).toBe(true);
    }
    for (const old of notes) {
      const hashes = await tree.consistency(old.size, size);
      expect(verifyConsistency({ oldSize: old.size, oldRoot: old.root, size, root, hashes })).toBe(
        true,
      );
    }
  });

  test.each([
    [
      'a changed byte',
      `update audit_entries set text = replace(text, '-s3"', '-sX"') where index = 3`,
    ],
    ['a deleted entry', 'delete from audit_entries where index = 3'],
  ])('none is signed over %s', async (_, statement) => {
    const store = await source.fresh();
    const parts = partsOf(store, keyHome());
    await appendMany(store, 8);
    await source.query(`drop trigger audit_entries_append_only on audit_entries; ${statement}`);
    const made = makeCheckpoint(parts, ORIGIN);
    await expect(made).rejects.toEqual(refusal('audit_broken'));
    await expect(made).rejects.toThrow('index 3');
    expect(await store.checkpoints.newest()).toBeNull();
  });

  test('none is signed over a past that was rewritten with its tree', async () => {
    const store = await source.fresh();
    const parts = partsOf(store, keyHome());
    await appendMany(store, 8);
    await makeCheckpoint(parts, ORIGIN);
    await source.query('delete from audit_tiles');
    await source.query(
      'drop trigger audit_entries_append_only on audit_entries; delete from audit_entries',
    );
    await source.query(`update audit_head set entries = 0, head = '${'0'.repeat(64)}'`);
    await appendMany(store, 12, 'other');
    await expect(makeCheckpoint(parts, ORIGIN)).rejects.toEqual(refusal('audit_broken'));
  });

  test('two processes at once agree on key and tree', async () => {
    const one = await source.fresh();
    const two = await source.again();
    const home = keyHome();
    const makers = [one, two].map((store) => async () => {
      await appendMany(store, 300, store === one ? 'a' : 'b');
      return await makeCheckpoint(partsOf(store, home), ORIGIN);
    });
    await Promise.all(makers.map((make) => make()));
    const last = await makeCheckpoint(partsOf(one, home), ORIGIN);
    expect(await one.auditKeys.list()).toHaveLength(1);
    expect((await opened(one, last!.note)).root).toEqual(treeHash(await leavesOf(one)));
  });

  test('a process with another key, or none, signs nothing', async () => {
    const store = await source.fresh();
    await appendMany(store, 1);
    await makeCheckpoint(partsOf(store, keyHome()), ORIGIN);
    await appendMany(store, 1, 'run-2');
    const empty = keyHome();
    await expect(makeCheckpoint(partsOf(store, empty), ORIGIN)).rejects.toEqual(
      refusal('audit_key_missing'),
    );
    expect(existsSync(join(empty, 'audit.key'))).toBe(false);
    keyHolder(empty, () => null).create(ORIGIN);
    await expect(makeCheckpoint(partsOf(store, empty), ORIGIN)).rejects.toEqual(
      refusal('audit_key_foreign'),
    );
  });

  test('a key that others may read is refused', async () => {
    const store = await source.fresh();
    const home = keyHome();
    await appendMany(store, 1);
    keyHolder(home, () => null).create(ORIGIN);
    chmodSync(join(home, 'audit.key'), 0o644);
    await expect(makeCheckpoint(partsOf(store, home), ORIGIN)).rejects.toThrow(
      'readable by other users',
    );
  });

  test('a key given by a variable is used, and no file is made', async () => {
    const store = await source.fresh();
    const [home, elsewhere] = [keyHome(), keyHome()];
    keyHolder(elsewhere, () => null).create(ORIGIN);
    const text = readFileSync(join(elsewhere, 'audit.key'), 'utf8');
    await appendMany(store, 1);
    expect(
      await makeCheckpoint(
        partsOf(store, home, () => text),
        ORIGIN,
      ),
    ).toMatchObject({ size: 2 });
    expect(existsSync(join(home, 'audit.key'))).toBe(false);
  });

  test('a rotation signs with both keys; the old one signs nothing more, and its signatures stay valid', async () => {
    const store = await source.fresh();
    const [home, copy] = [keyHome(), keyHome()];
    await appendMany(store, 4);
    const before = await makeCheckpoint(partsOf(store, home), ORIGIN);
    writeFileSync(join(copy, 'audit.key'), readFileSync(join(home, 'audit.key')), { mode: 0o600 });
    const rotated = await rotateKey(partsOf(store, home), { by: BY });
    expect((await opened(store, rotated.checkpoint.note)).keys).toHaveLength(2);
    expect(await opened(store, before!.note)).toMatchObject({
      keys: [{ hash: rotated.before.hash }],
    });
    expect(await store.auditKeys.list()).toMatchObject([
      { fromSize: 5, toSize: 6 },
      { verifierKey: verifierKey(rotated.key), fromSize: 6, toSize: null },
    ]);
    const [rotation] = await store.audit.list({ kind: 'key.rotated' });
    expect(rotation?.entry).toMatchObject({
      actor: BY,
      outcome: { before: rotated.before.hash, lost: false },
    });
    await appendMany(store, 1, 'run-2');
    await expect(makeCheckpoint(partsOf(store, copy), ORIGIN)).rejects.toEqual(
      refusal('audit_key_foreign'),
    );
    const after = await makeCheckpoint(partsOf(store, home), ORIGIN);
    expect((await opened(store, after!.note)).keys).toMatchObject([{ hash: rotated.key.hash }]);
    const retired = verifierKey(rotated.before);
    expect(await store.checkpoints.add({ size: 7, note: 'x', at: '' }, [retired])).toBe(false);
  });

  test('a lost key is replaced by one that signs alone', async () => {
    const store = await source.fresh();
    await appendMany(store, 1);
    await makeCheckpoint(partsOf(store, keyHome()), ORIGIN);
    const home = keyHome();
    await expect(rotateKey(partsOf(store, home), { by: BY })).rejects.toEqual(
      refusal('audit_key_missing'),
    );
    expect(existsSync(join(home, 'audit.key.next'))).toBe(false);
    const { checkpoint } = await rotateKey(partsOf(store, home), { by: BY, lost: true });
    expect((await opened(store, checkpoint.note)).keys).toHaveLength(1);
  });

  test('while a variable gives the key, the new one goes to a file of its own', async () => {
    const store = await source.fresh();
    const home = keyHome();
    const file = join(home, 'first.key');
    keyHolder(home, () => null).prepare(ORIGIN, file);
    const given = (path: string) => () => readFileSync(path, 'utf8');
    await appendMany(store, 1);
    await makeCheckpoint(partsOf(store, home, given(file)), ORIGIN);
    const next = join(home, 'second.key');
    const { checkpoint } = await rotateKey(partsOf(store, home, given(file)), {
      by: BY,
      file: next,
    });
    expect((await opened(store, checkpoint.note)).keys).toHaveLength(2);
    await appendMany(store, 1, 'run-2');
    expect(await makeCheckpoint(partsOf(store, home, given(next)), ORIGIN)).toMatchObject({
      size: 4,
    });
    const again = rotateKey(partsOf(store, home, given(next)), { by: BY, file: next });
    await expect(again).rejects.toThrow('already exists');
  });

  test('a rotation that was cut off before the new key stood in its place is taken up', async () => {
    const store = await source.fresh();
    const home = keyHome();
    await appendMany(store, 1);
    const parts = partsOf(store, home);
    await makeCheckpoint(parts, ORIGIN);
    const cut = { ...parts.holder, given: false, install: () => expect.fail('killed here') };
    await expect(rotateKey({ ...parts, holder: cut }, { by: BY })).rejects.toThrow('killed here');
    expect(await makeCheckpoint(partsOf(store, home), ORIGIN)).toMatchObject({ size: 3 });
  });

  test('one is made after every so many entries, and a failure is only reported', async () => {
    const store = await source.fresh();
    const reports: Error[] = [];
    const settings = {
      origin: ORIGIN,
      report: (error: Error) => void reports.push(error),
      every: 10,
    };
    const watch = watchCheckpoints(partsOf(store, keyHome()), settings);
    for (let n = 0; n < 25; n += 1) await appendMany(watch, 1, `run-${n}`);
    await watch.close();
    const sizes = (await store.checkpoints.list()).map(({ size }) => size);
    expect(sizes.length).toBeGreaterThanOrEqual(2);
    expect(reports).toEqual([]);
    const keyless = watchCheckpoints(partsOf(store, keyHome()), settings);
    await appendMany(keyless, 10, 'later');
    await keyless.close();
    expect(await keyless.checkpoint()).toBeNull();
    expect(reports.map(({ name }) => name)).toEqual(['CheckpointError', 'CheckpointError']);
  });

  test('one is made at once after an approved call, and within a while after any entry', async () => {
    const store = await source.fresh();
    const report = (error: Error) => expect.fail(error.message);
    const watch = watchCheckpoints(partsOf(store, keyHome()), {
      origin: ORIGIN,
      report,
      periodMs: 50,
    });
    await watch.journal.append([draftOf({ kind: 'grant.used', subject: 'request-1' })]);
    await vi.waitFor(async () => expect((await store.checkpoints.newest())?.size).toBe(2));
    // Another process writes: its entry is signed by the clock.
    await appendMany(store, 1, 'elsewhere');
    await vi.waitFor(async () => expect((await store.checkpoints.newest())?.size).toBe(3));
    await watch.close();
    await appendMany(store, 1, 'later');
    expect((await store.checkpoints.newest())?.size).toBe(3);
  });

  test.each([
    'update audit_checkpoints set note = note',
    'delete from audit_checkpoints',
    'delete from audit_keys',
  ])('the database refuses: %s', async (statement) => {
    const store = await source.fresh();
    await appendMany(store, 1);
    await makeCheckpoint(partsOf(store, keyHome()), ORIGIN);
    await expect(source.query(statement)).rejects.toThrow('append-only');
  });
});
