import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifyChain } from '../../../../src/audit/chain.ts';
import { AuditConflictError, OvertakenError } from '../../../../src/audit/errors.ts';
import type { AuditDraft } from '../../../../src/audit/types.ts';
import type { ActivityAttempt } from '../../../../src/store/journal/attempts.ts';
import type { Store } from '../../../../src/store/types.ts';
import type { VerdictRecord } from '../../../../src/store/run-types.ts';
import { draftOf } from '../../../support/audit.ts';
import { assertProperty } from '../../../support/properties.ts';
import { describeOnStores } from '../../../support/stores.ts';

const running = new AsyncLocalStorage<ActivityAttempt>();
const currentAttempt = (): ActivityAttempt | null => running.getStore() ?? null;

/** Runs `work` as an attempt of an activity, as a worker would. */
const during = <Result>(
  attempt: number,
  work: () => Promise<Result>,
  activity = 'run-1/7',
): Promise<Result> => running.run({ activity, attempt }, work);

const AT = '2026-07-06T08:00:00.000Z';
const USER = {
  login: 'ann@acme.test',
  email: null,
  department: null,
  created: null,
  activated: null,
  status: 'ACTIVE',
};
const verdictOf = (verdict: VerdictRecord['verdict']): VerdictRecord => ({
  verdict,
  reason: 'because',
  factors: [],
  checkedAt: AT,
});

const judge = (store: Store, userId: string, verdict: VerdictRecord['verdict']) =>
  store.journal.append(
    [draftOf({ subject: userId, sequence: 0, outcome: { verdict } })],
    store.users.verdictEffect('run-1', userId, verdictOf(verdict)),
  );

async function begin(store: Store, userIds: readonly string[] = ['u1', 'u2']): Promise<void> {
  const run = {
    run: 'run-1',
    workflowId: 'wf',
    scopeKey: 'all',
    org: 'o',
    dryRun: false,
    startedAt: AT,
    plan: {},
  };
  await store.runs.begin(run);
  await store.users.addPage(
    'run-1',
    0,
    null,
    userIds.map((userId) => ({ ...USER, userId })),
  );
}

const entries = async (store: Store): Promise<AuditDraft[]> =>
  (await store.audit.list({})).map(({ entry }) => entry);

describeOnStores('attempts of an activity', (source) => {
  test('refuses the entry and verdict of an overtaken attempt, without affecting the group', async () => {
    const store = await source.fresh({ currentAttempt });
    await begin(store);
    await during(2, () => store.attempts.takeOver());
    const settled = await Promise.allSettled([
      during(1, () => judge(store, 'u1', 'none')),
      during(1, () => judge(store, 'u2', 'none'), 'run-1/8'),
      during(2, () => judge(store, 'u1', 'compliant')),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(settled[0]).toMatchObject({ reason: expect.any(OvertakenError) as unknown });
    expect((await store.users.get('run-1', 'u1'))?.verdict).toBe('compliant');
    expect(await entries(store)).toHaveLength(2);
  });

  test('refuses an overtaken attempt also in the single-statement append, and from another process', async () => {
    const store = await source.fresh({ currentAttempt });
    await begin(store, ['u1', 'u2', 'u3']);
    // From now on the journal knows the end of the chain.
    await during(1, () => judge(store, 'u1', 'none'));
    await during(1, () => judge(store, 'u2', 'none'));
    const other = await source.again({ currentAttempt });
    await during(2, () => other.attempts.takeOver());
    await expect(during(1, () => judge(store, 'u3', 'none'))).rejects.toBeInstanceOf(
      OvertakenError,
    );
    await expect(during(1, () => judge(store, 'u3', 'none'))).rejects.toBeInstanceOf(
      OvertakenError,
    );
    await during(2, () => judge(other, 'u3', 'compliant'));
    expect((await store.users.get('run-1', 'u3'))?.verdict).toBe('compliant');
  });

  test('reports different content under one id as a conflict if no attempt was overtaken', async () => {
    const store = await source.fresh({ currentAttempt });
    await begin(store);
    await during(1, () => judge(store, 'u1', 'none'));
    await during(2, () => store.attempts.takeOver());
    await expect(during(2, () => judge(store, 'u1', 'compliant'))).rejects.toBeInstanceOf(
      AuditConflictError,
    );
    await expect(during(1, () => judge(store, 'u1', 'compliant'))).rejects.toBeInstanceOf(
      OvertakenError,
    );
  });

  test('records the outcome of an overtaken attempt, without its effect', async () => {
    const store = await source.fresh({ currentAttempt });
    await during(2, () => store.attempts.takeOver());
    let done = 0;
    const effect = async (): Promise<void> => void (done += 1);
    const outcome = (): Promise<unknown> =>
      store.journal.append([draftOf({ kind: 'ticket.created', sequence: 1 })], effect, {
        isOutcome: true,
      });
    await expect(during(1, outcome)).rejects.toBeInstanceOf(OvertakenError);
    expect((await entries(store)).map(({ kind }) => kind)).toEqual(['ticket.created']);
    expect(done).toBe(0);
    await during(2, outcome, 'run-1/9');
    expect(done).toBe(1);
    expect(await verifyChain(store.audit.pages(50), await store.audit.head())).toMatchObject({
      ok: true,
    });
  });

  test('rolls back a long effect of an overtaken attempt with its entries', async () => {
    const store = await source.fresh({ currentAttempt });
    await during(2, () => store.attempts.takeOver());
    const effect = Object.assign((tx: never) => store.messages.put(tx, MESSAGE), {
      long: true,
    } as const);
    await expect(during(1, () => store.journal.append([draftOf()], effect))).rejects.toBeInstanceOf(
      OvertakenError,
    );
    expect(await store.messages.get('run-1')).toBeNull();
    expect(await entries(store)).toEqual([]);
  });

  test('refuses writes of an overtaken attempt to other tables too', async () => {
    const store = await source.fresh({ currentAttempt });
    await begin(store);
    const ticket = { label: 'arx-1', org: 'o', control: 'mfa', subject: 'u1' };
    await during(1, () => store.tickets.claim(ticket, 'run-1', 60_000));
    await during(2, () => store.attempts.takeOver());
    await during(2, () => store.tickets.claim(ticket, 'run-1', 60_000));
    const note = { action: 'failed', key: null, code: null } as const;
    const writes: (() => Promise<unknown>)[] = [
      () => store.tickets.claim(ticket, 'run-1', 60_000),
      () => store.tickets.update(null, 'arx-1', 'run-1', { state: 'closed' }),
      () => store.tickets.release('arx-1', 'run-1'),
      () => store.tickets.note(null, 'run-1', 'u1', note),
      () => store.users.setTicket(null, 'run-1', 'u1', 'SEC-1'),
      () => store.users.countFailure('run-1', 'u1'),
      () => store.messages.put(null, MESSAGE),
      () => store.runs.finish(null, 'run-1', { status: 'failed', finishedAt: AT, summary: {} }),
      () => store.requests.move(null, 'r', ['open'], { state: 'failed', at: AT }),
      () => store.requests.saveApproval(null, 'r', { before: {}, after: {} } as never, AT),
      () => store.leases.claim('administrators:o', 'r', 1_000),
    ];
    for (const write of writes)
      await expect(during(1, write), `${write}`).rejects.toBeInstanceOf(OvertakenError);
    await during(2, () => store.tickets.update(null, 'arx-1', 'run-1', { state: 'open' }));
    expect(await store.tickets.get('arx-1')).toMatchObject({ state: 'open' });
    expect(await store.tickets.listNotes('run-1')).toEqual([]);
    expect(await store.runs.get('run-1')).toMatchObject({ status: 'running' });
  });

  test('allows only a later attempt to take over; the first has no predecessor', async () => {
    const store = await source.fresh({ currentAttempt });
    await during(3, () => store.attempts.takeOver());
    await expect(during(2, () => store.attempts.takeOver())).rejects.toBeInstanceOf(OvertakenError);
    await expect(during(2, () => store.attempts.check())).rejects.toBeInstanceOf(OvertakenError);
    await during(3, () => store.attempts.takeOver());
    await during(3, () => store.attempts.check());
    await during(1, () => store.attempts.takeOver(), 'run-1/8');
    await store.attempts.takeOver();
    await store.attempts.check();
    const { rows } = await source.query('select activity, attempt from activity_attempts');
    expect(rows).toEqual([{ activity: 'run-1/7', attempt: 3 }]);
  });

  test('lets a takeover see everything that the previous attempt ever writes, in any interleaving', async () => {
    const store = await source.fresh({ currentAttempt });
    await begin(store, []);
    let round = 0;
    const delays = fc.array(fc.nat(6), { minLength: 4, maxLength: 12 });
    await assertProperty(
      fc.asyncProperty(delays, fc.nat(20), async (waits, wait) => {
        round += 1;
        const activity = `run-1/r${round}`;
        const ids = waits.map((_, n) => `r${round}-${n}`);
        await store.users.addPage(
          'run-1',
          round,
          null,
          ids.map((userId) => ({ ...USER, userId })),
        );
        const written = new Set<string>();
        const first = waits.map(async (turns, n) => {
          for (let left = turns; left > 0; left -= 1) await turn();
          const id = `${ids[n]}`;
          await during(1, () => judge(store, id, 'none'), activity).then(
            () => written.add(id),
            (error: unknown) => expect(error).toBeInstanceOf(OvertakenError),
          );
        });
        for (let left = wait; left > 0; left -= 1) await turn();
        await during(2, () => store.attempts.takeOver(), activity);
        const pending = (await store.users.pending('run-1', ids)).map(({ userId }) => userId);
        // If one were written later, the second attempt would find different content under its id.
        await Promise.all(
          pending.map((id) => during(2, () => judge(store, id, 'compliant'), activity)),
        );
        await Promise.all(first);
        expect(new Set(ids.filter((id) => !pending.includes(id)))).toEqual(written);
      }),
      { numRuns: 200 },
    );
  });
});

const MESSAGE = {
  run: 'run-1',
  channel: 'C1',
  ts: null,
  state: 'intended',
  attempt: 1,
  missedAt: null,
} as const;
