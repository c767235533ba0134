import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NON_COMPLIANT, VERDICTS } from '../../../src/mfa/types.ts';
import type { Verdict } from '../../../src/mfa/types.ts';
import { NotStoredError } from '../../../src/store/errors.ts';
import type { Store, StoreTransaction } from '../../../src/store/types.ts';
import type { RunUser, VerdictRecord, ListedUser } from '../../../src/store/run-types.ts';
import { draftOf } from '../../support/audit.ts';
import { describeOnStores } from '../../support/stores.ts';
import { assertProperty } from '../../support/properties.ts';

const userOf = (userId: string, over: Partial<ListedUser> = {}): ListedUser => ({
  userId,
  login: `${userId}@acme.test`,
  email: null,
  department: 'IT',
  created: '2020-01-01T00:00:00.000Z',
  activated: '2020-01-02T00:00:00.000Z',
  status: 'ACTIVE',
  ...over,
});

const recordOf = (verdict: Verdict): VerdictRecord => ({
  verdict,
  reason: 'because',
  factors: [{ type: 'sms', provider: 'OKTA', status: 'ACTIVE', class: 'weak' }],
  checkedAt: '2026-07-06T08:00:00.000Z',
});

async function begin(store: Store, run = 'run-1'): Promise<void> {
  await store.runs.begin({
    run,
    workflowId: 'wf',
    scopeKey: 'all',
    org: 'o',
    dryRun: false,
    startedAt: '2026-07-06T08:00:00.000Z',
    plan: {},
  });
}

let serial = 0;
async function check(store: Store, run: string, userId: string, verdict: Verdict): Promise<void> {
  const effect = (tx: StoreTransaction) =>
    store.users.setVerdict(tx, run, userId, recordOf(verdict));
  await store.journal.append([draftOf({ run, subject: userId, sequence: serial++ })], effect);
}

async function allPages(store: Store, run: string, size: number): Promise<RunUser[]> {
  const pages: RunUser[][] = [];
  for await (const page of store.users.pages(run, size)) pages.push(page);
  expect(pages.every((page) => page.length > 0 && page.length <= size)).toBe(true);
  return pages.flat();
}

describeOnStores('users of a run', (source) => {
  test('store a page once and in listing order', async () => {
    const store = await source.fresh();
    await begin(store);
    const stored = await store.users.addPage('run-1', 0, 'cursor', [
      userOf('c'),
      userOf('a'),
      userOf('b'),
    ]);
    expect(stored).toEqual({ page: 0, next: 'cursor', userIds: ['c', 'a', 'b'] });
    expect(await store.users.addPage('run-1', 0, 'other', [userOf('x')])).toEqual(stored);
    expect(await store.users.page('run-1', 0)).toEqual(stored);
    expect(await store.users.page('run-1', 1)).toBeNull();
    expect(await store.users.get('run-1', 'x')).toBeNull();
  });

  test('store a user listed twice or before only once', async () => {
    const store = await source.fresh();
    await begin(store);
    await store.users.addPage('run-1', 0, 'n', [userOf('a'), userOf('b')]);
    const second = await store.users.addPage('run-1', 1, null, [
      userOf('b'),
      userOf('c'),
      userOf('c', { login: 'again' }),
    ]);
    expect(second).toEqual({ page: 1, next: null, userIds: ['c'] });
    expect((await allPages(store, 'run-1', 10)).map(({ userId, page }) => [userId, page])).toEqual([
      ['a', 0],
      ['b', 0],
      ['c', 1],
    ]);
    expect((await store.users.get('run-1', 'c'))?.login).toBe('c@acme.test');
  });

  test('count an empty page as a page', async () => {
    const store = await source.fresh();
    await begin(store);
    expect(await store.users.addPage('run-1', 0, 'next', [])).toEqual({
      page: 0,
      next: 'next',
      userIds: [],
    });
    expect(await store.users.page('run-1', 0)).toEqual({ page: 0, next: 'next', userIds: [] });
  });

  test('accept the same pages from several concurrent callers', async () => {
    const store = await source.fresh();
    const other = await source.again();
    await begin(store);
    const users = Array.from({ length: 300 }, (_, n) => userOf(`u${n}`));
    const calls = Array.from({ length: 12 }, (_, n) =>
      (n % 2 ? store : other).users.addPage(
        'run-1',
        n % 3,
        null,
        n % 4 ? users : users.toReversed(),
      ),
    );
    const pages = await Promise.all(calls);
    const distinct = new Map(pages.map((page) => [page.page, page.userIds]));
    for (const page of pages) expect(page.userIds).toEqual(distinct.get(page.page));
    expect([...distinct.values()].flat().toSorted()).toEqual(
      users.map(({ userId }) => userId).toSorted(),
    );
  });

  test('know the tokens of the earlier pages of the same list', async () => {
    const { users } = await source.fresh();
    await begin(await source.again());
    for (const [page, next] of ['a', 'b', null, 'a'].entries())
      await users.addPage('run-1', page, next, []);
    const isKnown = (page: number, next: string) => users.isKnownToken('run-1', { page, next });
    expect(await isKnown(1, 'a')).toBe(true);
    expect(await isKnown(2, 'a')).toBe(true);
    expect(await isKnown(2, 'c')).toBe(false);
    // The page without a token ended the list of another group.
    expect(await isKnown(3, 'b')).toBe(false);
    expect(await isKnown(4, 'a')).toBe(true);
    expect(await users.isKnownToken('run-2', { page: 1, next: 'a' })).toBe(false);
  });

  test('accept several verdicts at once: only a user who is not listed fails, effects run in order, the last verdict counts', async () => {
    const store = await source.fresh();
    await begin(store);
    await store.users.addPage('run-1', 0, null, [userOf('a'), userOf('b')]);
    const ended: string[] = [];
    const twice = async (tx: StoreTransaction): Promise<void> => {
      await store.users.setVerdict(tx, 'run-1', 'b', recordOf('none'));
      await store.users.setVerdict(tx, 'run-1', 'b', recordOf('exempt'));
      ended.push('b');
    };
    const append = (subject: string, effect: (tx: StoreTransaction) => Promise<void>) =>
      store.journal.append([draftOf({ run: 'run-1', subject, sequence: serial++ })], effect);
    const all = await Promise.allSettled([
      append('first', async () => void ended.push('first')),
      check(store, 'run-1', 'a', 'none'),
      check(store, 'run-1', 'a', 'weak_only'),
      append('b', twice),
      check(store, 'run-1', 'a', 'compliant'),
    ]);
    expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'fulfilled'));
    expect((await store.users.get('run-1', 'a'))?.verdict).toBe('compliant');
    expect((await store.users.get('run-1', 'b'))?.verdict).toBe('exempt');
    expect(ended).toEqual(['first', 'b']);
    const mixed = await Promise.allSettled([
      check(store, 'run-1', 'a', 'exempt'),
      check(store, 'run-1', 'nobody', 'none'),
      check(store, 'run-1', 'b', 'compliant'),
    ]);
    expect(mixed.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((mixed[1] as PromiseRejectedResult).reason).toBeInstanceOf(NotStoredError);
    expect((await store.users.get('run-1', 'b'))?.verdict).toBe('compliant');
    expect((await store.audit.list({ run: 'run-1', subject: 'nobody' })).length).toBe(0);
  });

  test('are pending without a verdict, in the order of the request', async () => {
    const store = await source.fresh();
    await begin(store);
    await store.users.addPage('run-1', 0, null, [userOf('a'), userOf('b'), userOf('c')]);
    await check(store, 'run-1', 'b', 'compliant');
    expect(
      (await store.users.pending('run-1', ['c', 'b', 'a', 'zz'])).map(({ userId }) => userId),
    ).toEqual(['c', 'a']);
    expect(await store.users.pending('run-1', [])).toEqual([]);
    expect(await store.users.pending('run-1', ['a'])).toEqual([userOf('a')]);
  });

  test('have a verdict with its evidence, overwritten by a later one', async () => {
    const store = await source.fresh();
    await begin(store);
    await store.users.addPage('run-1', 2, null, [userOf('a')]);
    expect(await store.users.get('run-1', 'a')).toEqual({
      ...userOf('a'),
      page: 2,
      ticket: null,
      verdict: null,
      reason: null,
      factors: null,
      checkedAt: null,
    });
    await check(store, 'run-1', 'a', 'none');
    await check(store, 'run-1', 'a', 'weak_only');
    await store.users.setTicket(null, 'run-1', 'a', 'SEC-1');
    expect(await store.users.get('run-1', 'a')).toEqual({
      ...userOf('a'),
      page: 2,
      ticket: 'SEC-1',
      ...recordOf('weak_only'),
    });
  });

  test('get no verdict or ticket if they are not listed', async () => {
    const store = await source.fresh();
    await begin(store);
    await expect(check(store, 'run-1', 'ghost', 'none')).rejects.toBeInstanceOf(NotStoredError);
    await expect(store.users.setTicket(null, 'run-1', 'ghost', 'SEC-1')).rejects.toBeInstanceOf(
      NotStoredError,
    );
    await expect(store.users.countFailure('run-1', 'ghost')).rejects.toBeInstanceOf(NotStoredError);
    expect((await store.audit.head()).entries).toBe(0);
  });

  test('count failures, also concurrent ones', async () => {
    const store = await source.fresh();
    await begin(store);
    await store.users.addPage('run-1', 0, null, [userOf('a')]);
    const counts = await Promise.all(
      Array.from({ length: 8 }, () => store.users.countFailure('run-1', 'a')),
    );
    expect(counts.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('have counts that are the sum of verdicts, and pages of ids by verdict', async () => {
    const store = await source.fresh();
    await begin(store);
    const users = Array.from({ length: 24 }, (_, n) => userOf(`u${String(n).padStart(2, '0')}`));
    await store.users.addPage('run-1', 0, null, users);
    await Promise.all(
      users.slice(0, 20).map(({ userId }, n) => check(store, 'run-1', userId, VERDICTS[n % 8]!)),
    );
    const counts = await store.users.counts('run-1');
    expect(counts).toEqual({
      compliant: 3,
      weak_only: 3,
      none: 3,
      pending_only: 3,
      exempt: 2,
      in_grace: 2,
      unknown: 2,
      vanished: 2,
      enumerated: 20,
    });
    const first = await store.users.idsByVerdict('run-1', NON_COMPLIANT, null, 4);
    expect(first).toEqual(['u01', 'u02', 'u03', 'u09']);
    expect(await store.users.idsByVerdict('run-1', NON_COMPLIANT, 'u09', 99)).toEqual([
      'u10',
      'u11',
      'u17',
      'u18',
      'u19',
    ]);
    expect(await store.users.idsByVerdict('run-1', [], null, 9)).toEqual([]);
  });

  test('have complete pages by login without repetition, whatever the logins', async () => {
    const store = await source.fresh();
    const logins = fc.array(fc.constantFrom('a', 'A', 'ä', 'z', '_', 'a b', '😀', 'same'), {
      maxLength: 25,
    });
    let run = 0;
    await assertProperty(
      fc.asyncProperty(logins, fc.integer({ min: 1, max: 7 }), async (list, size) => {
        const name = `paged-${(run += 1)}`;
        await begin(store, name);
        const users = list.map((login, n) => userOf(`u${n}`, { login }));
        await store.users.addPage(name, 0, null, users);
        const seen = await allPages(store, name, size);
        const key = (user: ListedUser): Buffer => Buffer.from(`${user.login}\0${user.userId}`);
        const expected = users.toSorted((one, other) => Buffer.compare(key(one), key(other)));
        expect(seen.map(({ userId }) => userId)).toEqual(expected.map(({ userId }) => userId));
      }),
      { numRuns: 25 },
    );
  });

  test('have changes between two runs as defined for every pair of verdicts', async () => {
    const store = await source.fresh();
    await begin(store, 'before');
    await begin(store, 'after');
    const states = [...VERDICTS, null];
    const pairs = states.flatMap((before) =>
      VERDICTS.map((after) => ({ before, after, userId: `${before}>${after}` })),
    );
    await store.users.addPage(
      'before',
      0,
      null,
      pairs.filter(({ before }) => before).map(({ userId }) => userOf(userId)),
    );
    await store.users.addPage(
      'after',
      0,
      null,
      pairs.map(({ userId }) => userOf(userId)),
    );
    await Promise.all(
      pairs.flatMap(({ before, after, userId }) => [
        ...(before ? [check(store, 'before', userId, before)] : []),
        check(store, 'after', userId, after),
      ]),
    );
    const wanting = (verdict: Verdict | null): boolean =>
      NON_COMPLIANT.some((one) => one === verdict);
    const ids = (holds: (pair: (typeof pairs)[number]) => boolean) =>
      pairs
        .filter(holds)
        .map(({ userId }) => userId)
        .toSorted();
    expect(await store.users.changes('after', 'before')).toEqual({
      new: ids(({ before, after }) => wanting(after) && !wanting(before) && before !== 'compliant'),
      resolved: ids(({ before, after }) => after === 'compliant' && wanting(before)),
      regressed: ids(({ before, after }) => wanting(after) && before === 'compliant'),
    });
    expect(await store.users.changesOfFirst('after')).toEqual({
      new: ids(({ after }) => wanting(after)),
      resolved: [],
      regressed: [],
    });
  });
});
