import { expect, test } from 'vitest';
import { verifyChain } from '../../../../src/audit/chain.ts';
import { EMPTY_HEAD } from '../../../../src/audit/entry.ts';
import {
  AuditConflictError,
  AuditDraftError,
  AuditUnavailableError,
} from '../../../../src/audit/errors.ts';
import type { AuditReceipt, JournalEffect } from '../../../../src/audit/types.ts';
import { LeaseLostError } from '../../../../src/store/errors.ts';
import { openStore } from '../../../../src/store/open.ts';
import type { Store, StoreTransaction } from '../../../../src/store/types.ts';
import { draftOf } from '../../../support/audit.ts';
import { migratedDatabase } from '../../../support/postgres.ts';
import { describeOnStores } from '../../../support/stores.ts';

const verify = async (store: Store) =>
  await verifyChain(store.audit.pages(50), await store.audit.head());
const subjects = async (store: Store) =>
  (await store.audit.list({})).map(({ entry }) => entry.subject);

/** An effect that writes a row, which shows whether it was committed. */
const noteCall = (run: string): JournalEffect => {
  const effect = async (tx: StoreTransaction): Promise<void> => {
    await tx
      .insertInto('messages')
      .values({ run, channel: 'C1', ts: null, state: 'intended', attempt: 1 })
      .execute();
  };
  return effect;
};

const long = (effect: JournalEffect): JournalEffect =>
  Object.assign(effect, { long: true } as const);

// PGlite has one connection, on which all callers wait for a transaction.
test('appends on PostgreSQL do not wait for a slow effect of another append', async () => {
  const database = await migratedDatabase();
  const store = await openStore({ databaseUrl: database.databaseUrl });
  try {
    const { promise: going, resolve: begun } = Promise.withResolvers<void>();
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    const late = store.journal.append(
      [draftOf({ subject: 'late' })],
      long(async (tx: never) => {
        await noteCall('late')(tx);
        begun();
        await over;
      }),
    );
    await going;
    await store.journal.append([draftOf({ subject: 'early' })]);
    expect(await store.messages.get('late')).toBeNull();
    end();
    await late;
    expect(await subjects(store)).toEqual(['early', 'late']);
    expect(await verify(store)).toMatchObject({ ok: true, entries: 2 });
  } finally {
    await store.close();
    await database.close();
  }
});

describeOnStores('the journal', (source) => {
  test('begins empty', async () => {
    const store = await source.fresh();
    expect(await store.audit.head()).toEqual({ entries: 0, head: EMPTY_HEAD });
    expect(await verify(store)).toEqual({ ok: true, entries: 0, head: EMPTY_HEAD });
  });

  test('appends in order and returns receipts', async () => {
    const store = await source.fresh();
    const receipts = await store.journal.append([
      draftOf({ subject: 'a' }),
      draftOf({ subject: 'b' }),
    ]);
    const [third] = await store.journal.append([draftOf({ subject: 'c' })]);
    expect(receipts.map(({ id }) => id)).toEqual([
      'mfa-enforcement-check/run-1/user.checked/a/0',
      'mfa-enforcement-check/run-1/user.checked/b/0',
    ]);
    expect([...receipts, third!].every(({ repeated }) => !repeated)).toBe(true);
    expect(await store.audit.head()).toEqual({ entries: 3, head: third!.hash });
    expect(await subjects(store)).toEqual(['a', 'b', 'c']);
    expect(await verify(store)).toMatchObject({ ok: true, entries: 3 });
  });

  test('commits a long effect together with its entry, or neither', async () => {
    const store = await source.fresh();
    await store.journal.append([draftOf({ subject: 'late' })], long(noteCall('late')));
    await store.journal.append([draftOf({ subject: 'after' })]);
    expect(await store.messages.get('late')).not.toBeNull();
    const failing = long(() => Promise.reject(new LeaseLostError('run-1', '00u1')));
    await expect(
      store.journal.append([draftOf({ subject: 'no' })], failing),
    ).rejects.toBeInstanceOf(LeaseLostError);
    const repeated = { subject: 'same', sequence: 0 };
    await store.journal.append([draftOf({ ...repeated, outcome: { verdict: 'none' } })]);
    const forged = draftOf({ ...repeated, outcome: { verdict: 'compliant' } });
    const refused = store.journal.append([forged], long(noteCall('forged')));
    await expect(refused).rejects.toBeInstanceOf(AuditConflictError);
    expect(await store.messages.get('forged')).toBeNull();
    expect(await subjects(store)).toEqual(['late', 'after', 'same']);
    expect(await verify(store)).toMatchObject({ ok: true, entries: 3 });
  });

  test('writes a repeated entry once, whatever its time, and still runs its effect', async () => {
    const store = await source.fresh();
    const draft = draftOf({ sequence: 0, outcome: { verdict: 'none' } });
    const [first] = await store.journal.append([draft]);
    const [again] = await store.journal.append(
      [{ ...draft, at: '2030-01-01T00:00:00.000Z' }],
      noteCall('repeated'),
    );
    expect(again).toEqual({ ...first, repeated: true });
    expect(await store.audit.head()).toEqual({ entries: 1, head: first!.hash });
    expect(await store.messages.get('repeated')).not.toBeNull();
  });

  test('raises an alarm for one id with two contents, and writes nothing of that append', async () => {
    const store = await source.fresh();
    await store.journal.append([draftOf({ sequence: 0, outcome: { verdict: 'none' } })]);
    const forged = [
      draftOf({ subject: 'other' }),
      draftOf({ sequence: 0, outcome: { verdict: 'compliant' } }),
    ];
    const refused = store.journal.append(forged, noteCall('conflict'));
    await expect(refused).rejects.toBeInstanceOf(AuditConflictError);
    await expect(refused).rejects.toMatchObject({
      id: 'mfa-enforcement-check/run-1/user.checked/00u1/0',
    });
    expect(await subjects(store)).toEqual(['00u1']);
    expect(await store.messages.get('conflict')).toBeNull();
  });

  test('compares entries of one append with each other too', async () => {
    const store = await source.fresh();
    const draft = draftOf({ sequence: 0 });
    const receipts = await store.journal.append([draft, draft]);
    expect(receipts.map(({ repeated }) => repeated)).toEqual([false, true]);
    const contradiction = [
      draftOf({ subject: 'x', sequence: 0 }),
      draftOf({ subject: 'x', sequence: 0, target: 'y' }),
    ];
    await expect(store.journal.append(contradiction)).rejects.toBeInstanceOf(AuditConflictError);
  });

  test('gives drafts without a sequence the next free one of their series', async () => {
    const store = await source.fresh();
    await store.journal.append([draftOf({ sequence: 4 }), draftOf()]);
    const many = await Promise.all(
      Array.from({ length: 20 }, () => store.journal.append([draftOf()])),
    );
    const others = await store.journal.append([
      draftOf({ run: 'run-2' }),
      draftOf({ workflowId: 'w2' }),
    ]);
    const sequences = (await store.audit.list({ run: 'run-1' })).filter(
      ({ entry }) => entry.workflowId !== 'w2',
    );
    expect(sequences.map(({ entry }) => entry.sequence)).toEqual(
      Array.from({ length: 22 }, (_, n) => n + 4),
    );
    expect(new Set(many.flat().map(({ id }) => id)).size).toBe(20);
    expect(others.map(({ id }) => id.at(-1))).toEqual(['0', '0']);
  });

  test('commits the effect with the entry or neither', async () => {
    const store = await source.fresh();
    await store.journal.append([draftOf({ subject: 'kept' })], noteCall('kept'));
    const lost: JournalEffect = async (tx: StoreTransaction) => {
      await noteCall('lost')(tx as never);
      throw new LeaseLostError('arx-1', 'me');
    };
    await expect(store.journal.append([draftOf({ subject: 'lost' })], lost)).rejects.toBeInstanceOf(
      LeaseLostError,
    );
    expect(await subjects(store)).toEqual(['kept']);
    expect(await store.messages.get('kept')).toMatchObject({ channel: 'C1' });
    expect(await store.messages.get('lost')).toBeNull();
  });

  test('splits a group so that only the failing members fail', async () => {
    const store = await source.fresh();
    await store.journal.append([draftOf({ subject: 'first', sequence: 0 })]);
    const fail: JournalEffect = async () => {
      throw new RangeError('effect failed');
    };
    const badSql: JournalEffect = async (tx: StoreTransaction) => {
      await noteCall('same')(tx as never);
      await noteCall('same')(tx as never);
    };
    const appends = Array.from({ length: 40 }, (_, n) => {
      const draft = draftOf({ subject: `s${n}`, sequence: 0 });
      if (n === 7)
        return store.journal.append([draftOf({ subject: 'first', sequence: 0, target: 'forged' })]);
      if (n === 11) return store.journal.append([draft], fail);
      if (n === 13) return store.journal.append([draft], badSql);
      return store.journal.append([draft], noteCall(`run-${n}`));
    });
    const settled = await Promise.allSettled<readonly AuditReceipt[]>(appends);
    const failed = settled.flatMap((result, n) =>
      result.status === 'rejected' ? [{ n, name: result.reason.name }] : [],
    );
    expect(failed).toEqual([
      { n: 7, name: 'AuditConflictError' },
      { n: 11, name: 'RangeError' },
      { n: 13, name: 'AuditUnavailableError' },
    ]);
    expect(await verify(store)).toMatchObject({ ok: true, entries: 38 });
    expect(await store.messages.get('run-39')).not.toBeNull();
    expect(await store.messages.get('same')).toBeNull();
  });

  test('does not report an effect that ignores a failed statement as committed', async () => {
    const store = await source.fresh();
    const swallow: JournalEffect = async (tx: StoreTransaction) => {
      await tx
        .selectFrom('nowhere' as 'runs')
        .selectAll()
        .execute()
        .catch(() => undefined);
    };
    await expect(store.journal.append([draftOf()], swallow)).rejects.toBeInstanceOf(
      AuditUnavailableError,
    );
    expect(await subjects(store)).toEqual([]);
  });

  test('commits many appends together', async () => {
    const store = await source.fresh();
    const transactions = new Set<unknown>();
    const record: JournalEffect = async (tx: unknown) => void transactions.add(tx);
    await Promise.all(
      Array.from({ length: 500 }, (_, n) =>
        store.journal.append([draftOf({ subject: `s${n}` })], record),
      ),
    );
    expect(transactions.size).toBeLessThanOrEqual(5);
    expect(await subjects(store)).toEqual(Array.from({ length: 500 }, (_, n) => `s${n}`));
  });

  test('writes an append larger than one statement', async () => {
    const store = await source.fresh();
    await store.journal.append(
      Array.from({ length: 2500 }, (_, n) => draftOf({ subject: `s${n}` })),
    );
    expect(await verify(store)).toMatchObject({ ok: true, entries: 2500 });
  });

  test('refuses a draft without identity or canonical form before anything is written', async () => {
    const store = await source.fresh();
    await expect(store.journal.append([draftOf({ subject: '' })])).rejects.toBeInstanceOf(
      AuditDraftError,
    );
    await expect(store.journal.append([draftOf({ outcome: { n: NaN } })])).rejects.toBeInstanceOf(
      AuditDraftError,
    );
    expect(await subjects(store)).toEqual([]);
  });

  test('keeps the content at the time of the call, whatever the caller changes later', async () => {
    const store = await source.fresh();
    const outcome = { verdict: 'none' };
    const appended = store.journal.append([draftOf({ outcome })]);
    outcome.verdict = 'compliant';
    await appended;
    expect((await store.audit.list({}))[0]?.entry.outcome).toEqual({ verdict: 'none' });
  });

  test('keeps every text byte for byte', async () => {
    const store = await source.fresh();
    await store.journal.append([
      draftOf({ outcome: { text: '\u0000\u2028"\\é😀\r\n', '': null } }),
    ]);
    expect((await store.audit.list({}))[0]?.entry.outcome).toEqual({
      text: '\u0000\u2028"\\é😀\r\n',
      '': null,
    });
    expect(await verify(store)).toMatchObject({ ok: true });
  });

  test('is unavailable for all waiting callers after the store is closed', async () => {
    const store = await source.fresh();
    await store.audit.head();
    await store.close();
    const appends = [
      store.journal.append([draftOf()]),
      store.journal.append([draftOf({ subject: 'b' })]),
    ];
    for (const result of await Promise.allSettled(appends)) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: { name: 'AuditUnavailableError' },
      });
    }
  });

  test('builds one chain without gaps from two stores with 200 concurrent appends', async () => {
    const one = await source.fresh();
    const two = await source.again();
    const receipts = await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        (n % 2 ? one : two).journal.append([draftOf({ subject: n % 3 ? `s${n}` : 'same' })]),
      ),
    );
    expect(new Set(receipts.flat().map(({ id }) => id)).size).toBe(200);
    expect(await verify(one)).toMatchObject({ ok: true, entries: 200 });
    const same = await one.audit.list({ subject: 'same' });
    expect(same.map(({ entry }) => entry.sequence)).toEqual(
      Array.from({ length: 67 }, (_, n) => n),
    );
  });
});
