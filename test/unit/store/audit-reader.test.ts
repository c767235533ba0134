import { expect, test } from 'vitest';
import { verifyChain } from '../../../src/audit/chain.ts';
import type { AuditDraft } from '../../../src/audit/types.ts';
import type { Store } from '../../../src/store/types.ts';
import { draftOf } from '../../support/audit.ts';
import { describeOnStores } from '../../support/stores.ts';

const verify = async (store: Store) =>
  await verifyChain(store.audit.pages(3), await store.audit.head());

/** What distinguishes some of the entries. */
const MORE: Record<number, Partial<AuditDraft>> = {
  2: {
    actor: { principal: 'user:Ann@example.com', authenticatedBy: 'key' },
    operation: 'okta:users:suspend',
    target: '00u7',
    outcome: { ok: true },
  },
  4: { outcome: { operation: 'okta:users:unsuspend', target: '00u7', state: 'REJECTED' } },
  6: { outcome: { code: 'forbidden' } },
};

async function fill(store: Store): Promise<void> {
  const at = (n: number): string => new Date(Date.UTC(2026, 6, 6, 8, 0, n)).toISOString();
  const drafts = Array.from({ length: 10 }, (_, n) =>
    draftOf({
      run: n < 6 ? 'run-1' : 'run-2',
      subject: `u${n % 3}`,
      kind: n % 2 ? 'user.checked' : 'scan.page',
      at: at(n),
      ...MORE[n],
    }),
  );
  await store.journal.append(drafts);
}

describeOnStores('the audit reader', (source) => {
  test.each([
    ['everything', {}, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['one run', { run: 'run-2' }, [6, 7, 8, 9]],
    ['one kind', { kind: 'user.checked' as const }, [1, 3, 5, 7, 9]],
    ['one subject', { subject: 'u0' }, [0, 3, 6, 9]],
    ['since a time', { since: '2026-07-06T10:00:08+02:00' }, [8, 9]],
    ['after a position', { after: 7 }, [8, 9]],
    ['until a time', { until: '2026-07-06T08:00:01.000Z' }, [0, 1]],
    ['by an actor', { actors: ['user:ann@example.com', 'user:00u1'] }, [2]],
    ['of an operation', { operation: 'okta:users:suspend' }, [2]],
    ['of operations', { operation: 'okta:users:*' }, [2, 4]],
    ['about a target', { targets: ['00u7'] }, [2, 4]],
    ['about a subject', { targets: ['u0'] }, [0, 3, 6, 9]],
    ['with an outcome', { outcomes: ['forbidden', 'rejected'] }, [4, 6]],
    ['of a last word', { outcomes: ['page'] }, [0, 2, 4, 6, 8]],
    ['a limited number', { limit: 2, after: 0 }, [1, 2]],
    ['all filters together', { run: 'run-1', kind: 'user.checked' as const, subject: 'u0' }, [3]],
  ])('lists %s', async (_, filter, indexes) => {
    const store = await source.fresh();
    await fill(store);
    expect((await store.audit.list(filter)).map(({ index }) => index)).toEqual(indexes);
    const paged: number[] = [];
    for await (const page of store.audit.pages(2, filter)) {
      expect(page.length).toBeLessThanOrEqual(2);
      paged.push(...page.map(({ index }) => index));
    }
    expect(paged).toEqual(indexes);
  });

  test('lists the newest first', async () => {
    const store = await source.fresh();
    await fill(store);
    const newest = await store.audit.list({ newestFirst: true, limit: 3 });
    expect(newest.map(({ index }) => index)).toEqual([9, 8, 7]);
  });

  test('counts by kind', async () => {
    const store = await source.fresh();
    await fill(store);
    expect(await store.audit.countByKind('run-1')).toEqual({ 'user.checked': 3, 'scan.page': 3 });
    expect(await store.audit.countByKind('nobody')).toEqual({});
  });

  test.each([
    'update audit_entries set text = text',
    'delete from audit_entries',
    'truncate audit_entries',
    'delete from audit_head',
    'truncate audit_head',
  ])('the database refuses: %s', async (statement) => {
    const store = await source.fresh();
    await fill(store);
    await expect(source.query(statement)).rejects.toThrow('append-only');
    expect(await verify(store)).toMatchObject({ ok: true, entries: 10 });
  });

  test.each([
    [
      'a changed byte',
      `update audit_entries set text = replace(text, '"u1"', '"u2"') where index = 4`,
      4,
    ],
    ['a deleted entry', 'delete from audit_entries where index = 5', 5],
    ['a deleted last entry', 'delete from audit_entries where index >= 8', 8],
    [
      'a closed gap',
      'delete from audit_entries where index = 2; update audit_entries set index = -index where index > 2; update audit_entries set index = -index - 1 where index < 0',
      2,
    ],
    [
      'two swapped entries',
      'update audit_entries set index = -1 where index = 3; update audit_entries set index = 3 where index = 7; update audit_entries set index = 7 where index = -1',
      3,
    ],
    ['everything deleted', 'delete from audit_entries', 0],
  ])('detects changes by a superuser who drops the trigger: %s', async (_, statement, index) => {
    const store = await source.fresh();
    await fill(store);
    await source.query(`drop trigger audit_entries_append_only on audit_entries; ${statement}`);
    expect(await verify(store)).toMatchObject({ ok: false, entries: index, firstBad: { index } });
  });
});
