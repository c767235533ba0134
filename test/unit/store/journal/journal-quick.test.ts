import { expect, test } from 'vitest';
import { verifyChain } from '../../../../src/audit/chain.ts';
import { AuditConflictError } from '../../../../src/audit/errors.ts';
import type { AuditReceipt } from '../../../../src/audit/types.ts';
import { NotStoredError } from '../../../../src/store/errors.ts';
import type { Store } from '../../../../src/store/types.ts';
import type { VerdictRecord } from '../../../../src/store/run-types.ts';
import { draftOf } from '../../../support/audit.ts';
import { describeOnStores } from '../../../support/stores.ts';

const IDS = Array.from({ length: 30 }, (_, n) => `u${n}`);
const verify = async (store: Store) =>
  await verifyChain(store.audit.pages(50), await store.audit.head());
const recordOf = (verdict: VerdictRecord['verdict']): VerdictRecord => ({
  verdict,
  reason: 'because',
  factors: [{ type: 'sms', provider: 'OKTA', status: 'ACTIVE', class: 'weak' }],
  checkedAt: '2026-07-06T08:00:00.000Z',
});

/** A run whose users are listed, and a journal that knows the end of the chain. */
async function withListedUsers(store: Store): Promise<Store> {
  const [startedAt, plan] = ['2026-07-06T08:00:00.000Z', {}];
  await store.runs.begin({
    run: 'run-1',
    workflowId: 'wf',
    scopeKey: 'all',
    org: 'o',
    dryRun: false,
    startedAt,
    plan,
  });
  const users = IDS.map((userId) => ({
    userId,
    login: `${userId}@acme.test`,
    email: null,
    department: null,
    created: null,
    activated: null,
    status: 'ACTIVE',
  }));
  await store.users.addPage('run-1', 0, null, users);
  await store.journal.append([draftOf({ subject: 'first', sequence: 0 })]);
  return store;
}

const judge = (
  store: Store,
  userId: string,
  verdict: VerdictRecord['verdict'] = 'weak_only',
  sequence = 0,
) =>
  store.journal.append(
    [draftOf({ subject: userId, sequence, outcome: { verdict } })],
    store.users.verdictEffect('run-1', userId, recordOf(verdict)),
  );

describeOnStores('a journal that knows the end of the chain', (source) => {
  test('writes verdicts with their entries', async () => {
    const store = await withListedUsers(await source.fresh());
    const receipts = await Promise.all(IDS.map((id) => judge(store, id)));
    expect(await verify(store)).toMatchObject({ ok: true, entries: 31 });
    expect((await store.audit.list({})).map(({ entry }) => entry.hash).slice(1)).toEqual(
      receipts.flat().map(({ hash }) => hash),
    );
    expect(await store.users.get('run-1', 'u7')).toMatchObject({
      ...recordOf('weak_only'),
      userId: 'u7',
    });
    expect(await store.users.pending('run-1', IDS)).toEqual([]);
  });

  test('writes a repeated entry once, and refuses it with different content', async () => {
    const store = await withListedUsers(await source.fresh());
    const first = await judge(store, 'u1');
    const [again, other] = await Promise.all([judge(store, 'u1'), judge(store, 'u2')]);
    expect([again, other].flat()).toMatchObject([
      { ...first[0], repeated: true },
      { repeated: false },
    ]);
    await expect(judge(store, 'u1', 'none')).rejects.toBeInstanceOf(AuditConflictError);
    expect((await store.users.get('run-1', 'u1'))?.verdict).toBe('weak_only');
    expect(await verify(store)).toMatchObject({ ok: true, entries: 3 });
  });

  test('keeps the last verdict for a user', async () => {
    const store = await withListedUsers(await source.fresh());
    await Promise.all([judge(store, 'u3', 'none', 0), judge(store, 'u3', 'compliant', 1)]);
    expect((await store.users.get('run-1', 'u3'))?.verdict).toBe('compliant');
    expect(await verify(store)).toMatchObject({ ok: true, entries: 3 });
  });

  test('writes no entry for a user who is not listed, and the entries of all others', async () => {
    const store = await withListedUsers(await source.fresh());
    await judge(store, 'u1');
    const settled = await Promise.allSettled(['u2', 'nobody', 'u3'].map((id) => judge(store, id)));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(settled[1]).toMatchObject({ reason: expect.any(NotStoredError) as unknown });
    expect(await verify(store)).toMatchObject({ ok: true, entries: 4 });
  });

  test('continues after entries that other processes have written', async () => {
    const one = await withListedUsers(await source.fresh());
    const two = await source.again();
    const settled: (readonly AuditReceipt[])[] = [];
    for (let round = 0; round < 3; round += 1) {
      const some = IDS.slice(round * 10, round * 10 + 10);
      settled.push(...(await Promise.all(some.map((id, n) => judge(n % 2 ? one : two, id)))));
    }
    expect(new Set(settled.flat().map(({ hash }) => hash)).size).toBe(30);
    expect(await verify(two)).toMatchObject({ ok: true, entries: 31 });
    expect(await one.users.pending('run-1', IDS)).toEqual([]);
  });
});
