import { expect, test } from 'vitest';
import { verifyChain } from '../../../src/audit/chain.ts';
import { verifyInclusion } from '../../../src/audit/merkle.ts';
import { asRemoved } from '../../../src/audit/removed.ts';
import { TileTree } from '../../../src/audit/tiles.ts';
import type { Store } from '../../../src/store/types.ts';
import { makeCheckpoint } from '../../../src/store/journal/checkpointer.ts';
import { draftOf } from '../../support/audit.ts';
import { keyHome, opened, ORIGIN, partsOf } from '../../support/checkpoints.ts';
import { describeOnStores } from '../../support/stores.ts';

const SECRET = 'ann@example.com';
const at = (day: number): string => new Date(Date.UTC(2026, 0, day, 8)).toISOString();
const OLD = 1_700;
const verify = async (store: Store) =>
  await verifyChain(store.audit.pages(500), await store.audit.head());

/** 1,700 entries of the first of January, 300 of the tenth, and the entry of the key of today. */
async function fill(store: Store): Promise<void> {
  const drafts = (count: number, day: number, run: string) =>
    Array.from({ length: count }, (_, n) =>
      draftOf({ run, subject: `u${n}`, at: at(day), sequence: 0, target: `${SECRET} ${n}` }),
    );
  await store.journal.append(drafts(OLD, 1, 'run-1'));
  await store.journal.append(drafts(300, 10, 'run-2'));
}

const purgedEntry = (upTo: number) =>
  draftOf({
    kind: 'data.purged',
    subject: 'store',
    run: 'cli',
    at: at(20),
    outcome: { audit: { upTo } },
  });

describeOnStores('removing the content of old entries', (source) => {
  test('keeps the hashes, so that chain and proofs stay valid', async () => {
    const store = await source.fresh();
    const parts = partsOf(store, keyHome());
    await fill(store);
    const { note } = (await makeCheckpoint(parts, ORIGIN))!;
    const { size, root } = await opened(store, note);
    const hashes = (await store.audit.list({})).map(({ entry }) => Buffer.from(entry.hash, 'hex'));
    const due = await store.audit.removal.due(at(5));
    expect(due).toEqual({ entries: OLD, upTo: OLD });

    await store.journal.append([purgedEntry(due.upTo)]);
    expect(await store.audit.removal.remove(due.upTo)).toBe(OLD);
    expect(await store.audit.removal.remove(due.upTo)).toBe(0);
    expect(await store.audit.removal.due(at(5))).toEqual({ entries: 0, upTo: OLD });

    expect(await verify(store)).toMatchObject({ ok: true, removed: OLD });
    const { rows } = await source.query('select * from audit_entries where index < 1700');
    expect(JSON.stringify(rows)).not.toContain(SECRET);
    expect(JSON.stringify(rows)).not.toContain('run-1');
    const tree = new TileTree(store.auditTree.readTile);
    for (const index of [0, 255, 1_000, OLD - 1, OLD, 1_900]) {
      const path = await tree.inclusion(index, size);
      expect(verifyInclusion({ leafHash: hashes[index]!, index, size, hashes: path, root })).toBe(
        true,
      );
    }
    const stored = await store.audit.get('1000');
    expect(asRemoved(JSON.parse(stored!.text))).toMatchObject({ kind: 'user.checked', at: at(1) });
    expect((await store.audit.list({ limit: 1 }))[0]?.index).toBe(OLD);
    expect(await store.audit.countByKind('run-1')).toEqual({});
    // New entries and checkpoints are still possible.
    await store.journal.append([draftOf({ run: 'run-3' })]);
    expect((await makeCheckpoint(parts, ORIGIN))?.size).toBe(OLD + 303);
  });

  test('removes only content covered by a checkpoint', async () => {
    const store = await source.fresh();
    await fill(store);
    expect(await store.audit.removal.due(at(30))).toEqual({ entries: 0, upTo: 0 });
    expect(await store.audit.removal.remove(500)).toBe(0);
    expect(await verify(store)).toMatchObject({ ok: true, entries: OLD + 300 });
  });

  test('removes only entries before the first newer one', async () => {
    const store = await source.fresh();
    await store.journal.append(
      [1, 2, 9, 3].map((day) => draftOf({ subject: `u${day}`, at: at(day) })),
    );
    await makeCheckpoint(partsOf(store, keyHome()), ORIGIN);
    expect(await store.audit.removal.due(at(5))).toEqual({ entries: 2, upTo: 2 });
  });

  test.each([
    [
      'a changed entry',
      `update audit_entries set text = replace(text, '"u1200"', '"uX"') where index = 1200`,
      1_200,
    ],
    ['a deleted entry', 'delete from audit_entries where index = 1200', 1_200],
    [
      'rewritten entries',
      `update audit_tiles set hashes = decode(repeat('00', 8192), 'hex') where level = 0 and index = 4`,
      1_024,
    ],
  ])('stops before the batch with %s', async (_, statement, index) => {
    const store = await source.fresh();
    await fill(store);
    await makeCheckpoint(partsOf(store, keyHome()), ORIGIN);
    await store.journal.append([purgedEntry(OLD)]);
    const free = 'drop trigger audit_entries_append_only on audit_entries;';
    await source.query(`${free} ${statement}`);
    await expect(store.audit.removal.remove(OLD)).rejects.toThrow(`the entry at index ${index} `);
    const { rows } = await source.query(
      `select count(*)::int as left from audit_entries where workflow_id = ''`,
    );
    expect(rows).toEqual([{ left: 1_000 }]);
  });

  test.each([
    `update audit_entries set text = '{"removed":true}' where index = 3`,
    `update audit_entries set id = 'removed/3', workflow_id = '', run = '', subject = '', sequence = 0,
      text = replace(text, 'ann', 'bob') where index = 3`,
    `update audit_entries set id = 'removed/3', workflow_id = '', run = '', subject = '', sequence = 0,
      text = '{"at":"' || at || '","hash":"00","kind":"' || kind || '","removed":true}' where index = 3`,
    `update audit_entries set at = '2020' where index = 3`,
  ])('is the only change that the database allows: %s', async (statement) => {
    const store = await source.fresh();
    await store.journal.append(
      Array.from({ length: 5 }, (_, n) => draftOf({ subject: `u${n}`, target: SECRET })),
    );
    await expect(source.query(statement)).rejects.toThrow('append-only');
    expect(await verify(store)).toMatchObject({ ok: true, entries: 5 });
  });
});
