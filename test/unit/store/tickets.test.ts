import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LeaseLostError } from '../../../src/store/errors.ts';
import type { Store, StoreTransaction } from '../../../src/store/types.ts';
import type { VerdictRecord } from '../../../src/store/run-types.ts';
import { draftOf } from '../../support/audit.ts';
import { describeOnStores } from '../../support/stores.ts';
import { assertProperty } from '../../support/properties.ts';

const identityOf = (subject: string) => ({
  label: `arx-${subject}`,
  org: 'o',
  control: 'mfa',
  subject,
});
const MINUTE = 60_000;

/** A clock that a test moves. */
function clockAt(start = Date.UTC(2026, 6, 6, 8)): { now: () => Date; pass(ms: number): void } {
  let time = start;
  return { now: () => new Date(time), pass: (ms) => void (time += ms) };
}

describeOnStores('the ticket ledger', (source) => {
  test('claims a row for one owner, creating it', async () => {
    const { tickets } = await source.fresh();
    expect(await tickets.get('arx-u1')).toBeNull();
    const row = await tickets.claim(identityOf('u1'), 'me', MINUTE);
    expect(row).toEqual({
      ...identityOf('u1'),
      state: 'absent',
      key: null,
      attempt: 0,
      intendedAt: null,
      closedBy: null,
      closedSeenRun: null,
      lastRun: null,
      details: {},
    });
    expect(await tickets.claim(identityOf('u1'), 'you', MINUTE)).toBeNull();
    expect(await tickets.claim(identityOf('u1'), 'me', MINUTE)).toEqual(row);
    await tickets.release('arx-u1', 'you');
    expect(await tickets.claim(identityOf('u1'), 'you', MINUTE)).toBeNull();
    await tickets.release('arx-u1', 'me');
    expect(await tickets.claim(identityOf('u1'), 'you', MINUTE)).toEqual(row);
  });

  test('ends a lease by the clock of the store', async () => {
    const { now, pass } = clockAt();
    const { tickets } = await source.fresh({ now });
    await tickets.claim(identityOf('u1'), 'me', MINUTE);
    pass(MINUTE - 1);
    expect(await tickets.claim(identityOf('u1'), 'you', MINUTE)).toBeNull();
    await tickets.update(null, 'arx-u1', 'me', { state: 'intended' });
    pass(1);
    await expect(tickets.update(null, 'arx-u1', 'me', { state: 'open' })).rejects.toBeInstanceOf(
      LeaseLostError,
    );
    expect(await tickets.claim(identityOf('u1'), 'you', MINUTE)).toMatchObject({
      state: 'intended',
    });
  });

  test("uses the database's clock by default", async () => {
    const { tickets } = await source.fresh();
    await tickets.claim(identityOf('u1'), 'me', 0);
    expect(await tickets.claim(identityOf('u1'), 'you', MINUTE)).not.toBeNull();
    expect(await tickets.claim(identityOf('u1'), 'me', MINUTE)).toBeNull();
  });

  test('refuses a patch for an attempt after another one has begun', async () => {
    const { tickets } = await source.fresh();
    await tickets.claim(identityOf('u1'), 'me', MINUTE);
    await tickets.update(null, 'arx-u1', 'me', { state: 'intended', attempt: 1 }, 0);
    const again = tickets.update(null, 'arx-u1', 'me', { state: 'intended', attempt: 1 }, 0);
    await expect(again).rejects.toBeInstanceOf(LeaseLostError);
    await tickets.update(null, 'arx-u1', 'me', { state: 'intended', attempt: 2 }, 1);
    expect(await tickets.get('arx-u1')).toMatchObject({ attempt: 2 });
  });

  test('changes only the fields named in a patch', async () => {
    const { tickets } = await source.fresh();
    await tickets.claim(identityOf('u1'), 'me', MINUTE);
    const full = {
      state: 'open',
      key: 'SEC-1',
      attempt: 1,
      intendedAt: '2026-07-06T08:00:00.000Z',
    } as const;
    const rest = {
      closedBy: 'person',
      closedSeenRun: 'r1',
      lastRun: 'r2',
      details: { digest: 'd' },
    } as const;
    await tickets.update(null, 'arx-u1', 'me', { ...full, ...rest });
    expect(await tickets.get('arx-u1')).toEqual({ ...identityOf('u1'), ...full, ...rest });
    await tickets.update(null, 'arx-u1', 'me', { intendedAt: null, closedBy: null });
    expect(await tickets.get('arx-u1')).toEqual({
      ...identityOf('u1'),
      ...full,
      ...rest,
      intendedAt: null,
      closedBy: null,
    });
    await tickets.update(null, 'arx-u1', 'me', {});
    await expect(tickets.update(null, 'arx-none', 'me', {})).rejects.toBeInstanceOf(LeaseLostError);
  });

  test('commits an update inside a journal effect with the entry', async () => {
    const store = await source.fresh();
    await store.tickets.claim(identityOf('u1'), 'me', MINUTE);
    const as = (owner: string) => (tx: StoreTransaction) =>
      store.tickets.update(tx, 'arx-u1', owner, { state: 'intended' });
    await expect(store.journal.append([draftOf()], as('you'))).rejects.toBeInstanceOf(
      LeaseLostError,
    );
    expect((await store.audit.head()).entries).toBe(0);
    await store.journal.append([draftOf()], as('me'));
    expect(await store.tickets.get('arx-u1')).toMatchObject({ state: 'intended' });
  });

  test('gives the row to exactly one of many concurrent owners', async () => {
    const one = await source.fresh();
    const two = await source.again();
    for (const subject of ['a', 'b', 'c']) {
      const claims = Array.from({ length: 20 }, (_, n) =>
        (n % 2 ? one : two).tickets.claim(identityOf(subject), `owner-${n}`, MINUTE),
      );
      expect((await Promise.all(claims)).filter((row) => row !== null)).toHaveLength(1);
    }
  });

  test('follows a model of leases in rounds of arbitrary concurrent claims', async () => {
    const { now, pass } = clockAt();
    const one = await source.fresh({ now });
    const two = await source.again({ now });
    let serial = 0;
    await assertProperty(
      fc.asyncProperty(fc.array(ROUND, { minLength: 1, maxLength: 12 }), async (rounds) => {
        const identity = identityOf(`model-${(serial += 1)}`);
        let possible: Lease[] = [{ owner: null, until: 0 }];
        for (const { wait, steps } of rounds) {
          pass(wait);
          const outcomes = await Promise.all(
            steps.map((step, n) => perform(n % 2 ? one : two, identity, step)),
          );
          const observed = steps.map((step, n) => ({ step, outcome: outcomes[n]! }));
          const before = JSON.stringify(possible);
          possible = distinct(
            possible.flatMap((lease) => explain(lease, now().getTime(), observed)),
          );
          expect(possible, JSON.stringify({ before, observed })).not.toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('lists open tickets of users found compliant, by subject', async () => {
    const store = await source.fresh();
    const run = 'run-1';
    await store.runs.begin({
      run,
      workflowId: 'w',
      scopeKey: 's',
      org: 'o',
      dryRun: false,
      startedAt: '2026-07-06T08:00:00.000Z',
      plan: {},
    });
    const users = ['a', 'b', 'c', 'd', 'e'].map((userId) => ({
      userId,
      login: userId,
      email: null,
      department: null,
      created: null,
      activated: null,
      status: 'ACTIVE',
    }));
    await store.users.addPage(run, 0, null, users);
    for (const { userId } of users) {
      const verdict = userId === 'b' ? 'none' : 'compliant';
      const record: VerdictRecord = {
        verdict,
        reason: 'r',
        factors: [],
        checkedAt: '2026-07-06T08:00:00.000Z',
      };
      await store.journal.append([draftOf({ subject: userId })], (tx: StoreTransaction) =>
        store.users.setVerdict(tx, run, userId, record),
      );
      await store.tickets.claim(identityOf(userId), 'me', MINUTE);
      await store.tickets.update(null, `arx-${userId}`, 'me', {
        state: userId === 'd' ? 'closed' : 'open',
        key: `SEC-${userId}`,
      });
    }
    const subjects = async (after: string | null, limit: number, control = 'mfa') =>
      (await store.tickets.openOfCompliant(run, 'o', control, after, limit)).map(
        ({ subject, key }) => `${subject} ${key}`,
      );
    expect(await subjects(null, 9)).toEqual(['a SEC-a', 'c SEC-c', 'e SEC-e']);
    expect(await subjects('a', 1)).toEqual(['c SEC-c']);
    expect(await subjects(null, 9, 'other')).toEqual([]);
  });

  test('records each subject once per run, and does not count its own new ticket as kept', async () => {
    const { tickets } = await source.fresh();
    await tickets.note(null, 'r', 'u2', { action: 'failed', key: null, code: 'forbidden' });
    await tickets.note(null, 'r', 'u2', { action: 'created', key: 'SEC-2', code: null });
    await tickets.note(null, 'r', 'u2', { action: 'created', key: 'SEC-2', code: null });
    await tickets.note(null, 'r', 'u2', { action: 'kept', key: 'SEC-2', code: null });
    await tickets.note(null, 'r', 'u1', { action: 'kept', key: 'SEC-1', code: null });
    await tickets.note(null, 'r', 'u1', { action: 'closed', key: null, code: null });
    await tickets.note(null, 'other', 'u1', { action: 'kept', key: 'SEC-1', code: null });
    expect(await tickets.listNotes('r')).toEqual([
      { subject: 'u1', action: 'closed', key: 'SEC-1', code: null, refusal: null },
      { subject: 'u2', action: 'created', key: 'SEC-2', code: null, refusal: null },
    ]);
  });

  test('keeps what Jira said about a ticket that failed', async () => {
    const { tickets } = await source.fresh();
    const refusal = { fields: ['duedate'], message: 'duedate: it is not on the screen' };
    await tickets.note(null, 'r', 'u', { action: 'failed', key: null, code: 'invalid', refusal });
    expect(await tickets.listNotes('r')).toEqual([
      { subject: 'u', action: 'failed', key: null, code: 'invalid', refusal },
    ]);
  });
});

interface Lease {
  owner: string | null;
  until: number;
}
type Step =
  | { type: 'claim'; owner: string; ttl: number }
  | { type: 'update'; owner: string }
  | { type: 'release'; owner: string };
type Outcome = 'done' | 'refused';

const OWNER = fc.constantFrom('a', 'b', 'c');
const STEP = fc.oneof(
  fc.record({
    type: fc.constant('claim' as const),
    owner: OWNER,
    ttl: fc.integer({ min: 1, max: 100 }),
  }),
  fc.record({ type: fc.constant('update' as const), owner: OWNER }),
  fc.record({ type: fc.constant('release' as const), owner: OWNER }),
);
const ROUND = fc.record({
  wait: fc.integer({ min: 0, max: 60 }),
  steps: fc.array(STEP, { minLength: 1, maxLength: 4 }),
});

async function perform(
  { tickets }: Store,
  identity: ReturnType<typeof identityOf>,
  step: Step,
): Promise<Outcome> {
  if (step.type === 'claim')
    return (await tickets.claim(identity, step.owner, step.ttl)) ? 'done' : 'refused';
  if (step.type === 'release')
    return await tickets.release(identity.label, step.owner).then(() => 'done' as const);
  const written = tickets.update(null, identity.label, step.owner, { lastRun: step.owner });
  return await written.then(
    () => 'done' as const,
    (error: unknown) => {
      if (error instanceof LeaseLostError) return 'refused' as const;
      throw error;
    },
  );
}

type Observed = { step: Step; outcome: Outcome };

/** The possible leases after the observed steps, over every order that explains their outcomes. */
function explain(lease: Lease, time: number, observed: readonly Observed[]): Lease[] {
  if (observed.length === 0) return [lease];
  return observed.flatMap(({ step, outcome }, n) => {
    const [expected, next] = apply(lease, time, step);
    return expected === outcome ? explain(next, time, observed.toSpliced(n, 1)) : [];
  });
}

function distinct(leases: readonly Lease[]): Lease[] {
  return [...new Map(leases.map((lease) => [`${lease.owner} ${lease.until}`, lease])).values()];
}

function apply(lease: Lease, time: number, step: Step): [Outcome, Lease] {
  const live = lease.owner !== null && lease.until > time;
  if (step.type === 'release')
    return ['done', lease.owner === step.owner ? { owner: null, until: 0 } : lease];
  if (step.type === 'update')
    return [live && lease.owner === step.owner ? 'done' : 'refused', lease];
  const free = !live || lease.owner === step.owner;
  return free ? ['done', { owner: step.owner, until: time + step.ttl }] : ['refused', lease];
}
