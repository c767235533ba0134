import { beforeEach, expect, it } from 'vitest';
import { GONE_FROM, SearchParts } from '../../../src/store/search-parts.ts';
import type { Store, StoreTransaction } from '../../../src/store/types.ts';
import type { GapChanges, JudgedPage } from '../../../src/store/twin-judged-types.ts';
import type { ListedTwinUser } from '../../../src/store/twin-types.ts';
import type { SyncView } from '../../../src/store/twin-sync-types.ts';
import type { Drift, Fact, Gap, SecurityEvent, TwinUser } from '../../../src/twin/types.ts';
import { describeOnStores } from '../../support/stores.ts';

const ORG = 'example.okta.com';
const [T1, T2] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'];
const person = (id: string): ListedTwinUser => ({
  id,
  login: `${id}@example.com`,
  email: null,
  status: 'ACTIVE',
  department: 'Finance',
  title: null,
  userType: null,
  created: T1,
  activated: T1,
  lastLogin: null,
  passwordChanged: null,
});
const gap = (subject: string, detail = 'no factor is ACTIVE'): Gap => ({
  kind: 'user_no_mfa',
  severity: 'high',
  subject,
  name: subject,
  detail,
  since: T1,
});
const fact = (value: string, observedAt: string): Fact => ({
  key: 'sso_apps',
  value,
  text: `sso_apps:${value}`,
  confidence: 'verified',
  source: 'okta:apps',
  run: observedAt === T1 ? 'one' : 'two',
  observedAt,
  leavesOut: value === '4' ? '1 row of the list of apps unreadable' : null,
});

describeOnStores('the twin', (source) => {
  let store: Store;
  beforeEach(async () => {
    store = await source.fresh();
  });

  /** Runs a write in a transaction, as the end of a sync does. */
  const write = async (work: (tx: StoreTransaction) => Promise<void>): Promise<void> =>
    void (await store.journal.append([], (tx: StoreTransaction) => work(tx)));
  const stamp = (run: string) => ({ org: ORG, run, at: run === 'one' ? T1 : T2 });
  const view = (proves: SyncView['proves']): SyncView => ({
    org: ORG,
    run: 'two',
    startedAt: T2,
    proves,
  });
  const attempt = (name: string) => ({ org: ORG, run: 'two', attempt: name });
  const page = (
    some: Partial<Omit<JudgedPage, 'gaps'>> & { gaps?: Partial<GapChanges> },
  ): JudgedPage => ({
    standings: [],
    drift: [],
    parts: [],
    ...some,
    gaps: { opened: [], closed: [], reworded: [], ...some.gaps },
  });
  /** Assesses a page and ends the sync with it. */
  const settle = async (judged: Parameters<typeof page>[0]): Promise<void> => {
    await store.twin.judged.add(attempt('1'), page(judged));
    await write((tx) => store.twin.judged.settle(tx, { ...attempt('1'), at: T2 }, null));
  };
  const users = async (as?: SyncView): Promise<TwinUser[]> => {
    const all: TwinUser[] = [];
    for await (const page of store.twin.users.pages(ORG, 2, as))
      all.push(...page.map(({ user }) => user));
    return all;
  };

  it('stores a page once, with the items not listed on an earlier page', async () => {
    const { work } = store.twin;
    const key = { run: 'one', list: 'users', page: 0, next: 'b' };
    expect(await work.addPage(key, ['u1', 'u2'], async () => undefined)).toEqual({
      next: 'b',
      count: 2,
    });
    const second = { ...key, page: 1, next: null };
    expect(await work.addPage(second, ['u2', 'u3', 'u3'], async () => undefined)).toEqual({
      next: null,
      count: 1,
    });
    const again = work.addPage(second, ['u9'], () => Promise.reject(new Error('written twice')));
    expect(await again).toEqual({ next: null, count: 1 });
    expect(await work.items('one', 'users', { page: 1, from: 0, count: 9 })).toEqual(['u3']);
    expect(await work.sumCounts('one', 'users')).toBe(3);
    expect(await work.lastPage('one', 'users')).toEqual({ page: 1, next: null, count: 1 });
  });

  it('keeps the outcomes of readings, and deletes them with the sync', async () => {
    const { work } = store.twin;
    const of = { run: 'one', work: 'factors' } as const;
    expect(await work.countFailure('one', 'factors', 'u2')).toBe(1);
    expect(await work.countFailure('one', 'factors', 'u2')).toBe(2);
    await work.settle(
      of,
      [
        { id: 'u1', outcome: 'read' },
        { id: 'u3', outcome: 'refused', code: 'forbidden', status: 403 },
      ],
      async () => undefined,
    );
    expect(await work.pending('one', 'factors', ['u3', 'u2', 'u1'])).toEqual(['u2']);
    expect((await work.outcomes('one')).factors).toEqual({
      read: 1,
      refused: 1,
      skipped: 0,
      failed: 0,
      gone: 0,
    });
    const u3 = { work: 'factors', id: 'u3', outcome: 'refused', code: 'forbidden', status: 403 };
    expect(await work.exceptions('one', 5)).toEqual([u3]);
    expect(await work.exceptions('one', 0)).toEqual([]);
    const failing = work.settle(of, [{ id: 'u2', outcome: 'read' }], () =>
      Promise.reject(new Error('no')),
    );
    await expect(failing).rejects.toThrow('no');
    expect(await work.pending('one', 'factors', ['u2'])).toEqual(['u2']);
    await write((tx) => work.clear(tx, 'one'));
    expect(await work.pending('one', 'factors', ['u1'])).toEqual(['u1']);
  });

  it('keeps the rows that could not be read, and what they name', async () => {
    const { twin } = store;
    const key = { run: 'two', list: 'users', next: null };
    const [odd, anonymous] = [
      { place: 3, id: 'u2' },
      { place: 7, id: null },
    ];
    const keep = (tx: StoreTransaction) => twin.users.touch(tx, stamp('two'), ['u2']);
    await write((tx) => twin.users.put(tx, stamp('one'), ['u1', 'u2'].map(person)));
    await twin.work.addPage({ ...key, page: 0, unreadable: [odd] }, [], keep);
    await twin.work.addPage({ ...key, page: 1, unreadable: [] }, [], async () => undefined);
    await twin.work.addPage(
      { ...key, page: 2, unreadable: [anonymous] },
      [],
      async () => undefined,
    );
    expect(await twin.work.unreadable('two')).toEqual([
      { list: 'users', page: 0, ...odd },
      { list: 'users', page: 2, ...anonymous },
    ]);
    const gone = (await users(view(['users']))).filter((user) => user.gone);
    expect(gone.map(({ id }) => id)).toEqual(['u1']);
    await write((tx) =>
      twin.groups.put(tx, stamp('one'), [
        { id: 'g1', name: 'Staff', type: null },
        { id: 'g2', name: 'Admins', type: null },
      ]),
    );
    expect(await twin.groups.findNamed(ORG, ['g1', 'g2'], ['Staff', 'g2', 'g3'])).toEqual([
      'g1',
      'g2',
    ]);
    expect(await twin.groups.findNamed(ORG, ['g2'], ['Staff'])).toEqual([]);
  });

  it('marks as deleted only users whom a complete stream did not read again', async () => {
    const { twin } = store;
    await write((tx) => twin.users.put(tx, stamp('one'), ['u1', 'u2', 'u3'].map(person)));
    await write((tx) => twin.users.put(tx, stamp('two'), ['u1', 'u3'].map(person)));
    const gone = async (as?: SyncView) =>
      (await users(as)).filter((user) => user.gone).map(({ id }) => id);
    expect(await gone(view([]))).toEqual([]);
    expect(await gone(view(['users']))).toEqual(['u2']);
    await write((tx) => twin.users.settle(tx, view(['apps'])));
    expect(await gone()).toEqual([]);
    await write((tx) => twin.users.settle(tx, view(['users'])));
    expect(await gone()).toEqual(['u2']);
    await write((tx) => twin.users.put(tx, stamp('two'), [person('u2')]));
    expect(await gone()).toEqual([]);
  });

  it('joins users with factors, groups, roles and the newest sign-in', async () => {
    const { twin } = store;
    const groups = [
      { id: 'g0', name: 'Everyone', type: 'BUILT_IN' },
      { id: 'g1', name: 'Desk', type: 'OKTA_GROUP' },
    ];
    const push = { id: 'f1', type: 'push', provider: 'OKTA', status: 'ACTIVE' };
    await write(async (tx) => {
      await twin.users.put(tx, stamp('two'), ['u1', 'u2'].map(person));
      await twin.users.setFactors(tx, ORG, [{ id: 'u1', factors: [push] }]);
      await twin.users.setRoles(tx, stamp('two'), [
        { id: 'u1', roles: ['SUPER_ADMIN', 'APP_ADMIN', 'APP_ADMIN'] },
      ]);
      await twin.users.recordSignIns(tx, ORG, [
        { id: 'u2', at: T2 },
        { id: 'u2', at: T1 },
      ]);
      await twin.users.recordSignIns(tx, ORG, [{ id: 'u2', at: T1 }]);
      await twin.groups.put(tx, stamp('two'), groups);
      await twin.groups.setRoles(tx, ORG, [{ id: 'g1', roles: ['HELP_DESK_ADMIN'] }]);
      await twin.groups.addMembers(tx, stamp('one'), 'g1', ['u1']);
      await twin.groups.addMembers(tx, stamp('two'), 'g1', ['u2']);
      await twin.groups.closeMembers(tx, view([]), 'g1');
    });
    const [one, two] = await users(view(['users', 'roles']));
    expect(one).toMatchObject({ factors: [push], groups: ['g0'], lastSeen: null });
    expect(one?.roles).toEqual(
      ['APP_ADMIN', 'SUPER_ADMIN'].map((role) => ({ role, via: 'direct' })),
    );
    expect(two).toMatchObject({ factors: null, groups: ['g0', 'g1'], lastSeen: T2 });
    expect(two?.roles).toEqual([{ role: 'HELP_DESK_ADMIN', via: 'g1' }]);
    expect((await twin.users.get(ORG, 'u2@example.com'))?.roles).toBeNull();
    expect(await twin.groups.everyone(ORG, ['g0', 'g1'])).toEqual(['g0']);
  });

  it('adds a version for a changed fact, and otherwise updates its observation time', async () => {
    const { facts } = store.twin;
    await write((tx) => facts.put(tx, ORG, { changed: [fact('3', T1)], seen: [] }));
    await write((tx) => facts.put(tx, ORG, { changed: [], seen: [fact('3', T2)] }));
    expect(await facts.current(ORG)).toEqual([{ ...fact('3', T1), observedAt: T2 }]);
    await write((tx) => facts.put(tx, ORG, { changed: [fact('4', T2)], seen: [] }));
    const history = await facts.history(ORG, 'sso_apps');
    expect(history.map(({ version, value, since }) => ({ version, value, since }))).toEqual([
      { version: 2, value: '4', since: T2 },
      { version: 1, value: '3', since: T1 },
    ]);
  });

  it('has one open gap per kind and subject, and records when it was closed', async () => {
    const { gaps } = store.twin;
    await settle({ gaps: { opened: [gap('u1'), gap('u2')] } });
    await settle({ gaps: { opened: [gap('u1')], reworded: [gap('u2', 'other words')] } });
    expect(await gaps.open(ORG)).toEqual([gap('u1'), gap('u2', 'other words')]);
    await settle({ gaps: { closed: [gap('u1')] } });
    expect(await gaps.open(ORG, ['u1', 'u2'])).toEqual([gap('u2', 'other words')]);
    expect(
      (await gaps.history(ORG, 9)).map(({ subject, closedAt }) => [subject, closedAt]),
    ).toEqual([
      ['u1', T2],
      ['u2', null],
    ]);
    expect((await gaps.orphans(ORG)).map(({ subject }) => subject)).toEqual(['u2']);
  });

  it('shows no results before the sync ends, keeps two attempts separate, and records drift by kind', async () => {
    const { twin } = store;
    await write((tx) => twin.users.put(tx, stamp('two'), ['u1', 'u2'].map(person)));
    const parts = new SearchParts();
    parts.add({ kind: 'user', id: 'u1', label: 'u1', detail: '' }, ['u1']);
    const standing = { privileged: true, mfa: 'enrolled' } as const;
    const drift = (['gap_opened', 'admin_added', 'gap_opened'] as const).map((kind, n): Drift => ({
      kind,
      subject: `u${n}`,
      name: `u${n}`,
      gap: null,
      severity: null,
      detail: '',
      run: 'two',
      at: T2,
    }));
    await twin.judged.add(
      attempt('1'),
      page({ gaps: { opened: [gap('u2')] }, drift, parts: parts.done() }),
    );
    await twin.judged.add(
      attempt('2'),
      page({ standings: [{ id: 'u1', standing }], gaps: { opened: [gap('u1')] } }),
    );
    await twin.judged.add(attempt('2'), page({ drift }));
    const standings = async () => {
      for await (const all of twin.users.pages(ORG, 9)) return all.map((user) => user.standing);
      return [];
    };
    expect([await twin.gaps.open(ORG), await twin.history.drift(ORG, 9)]).toEqual([[], []]);
    expect(await standings()).toEqual([null, null]);
    await write((tx) =>
      twin.judged.settle(tx, { ...attempt('2'), at: T2 }, ['admin_added', 'gap_opened']),
    );
    expect(await standings()).toEqual([standing, null]);
    expect(await twin.gaps.open(ORG)).toEqual([gap('u1')]);
    const told = (await twin.history.drift(ORG, 9)).map(({ subject }) => subject);
    expect(told).toEqual(['u1', 'u0', 'u2']);
    await write((tx) => twin.judged.settle(tx, { ...attempt('1'), at: T2 }, null));
    expect(await twin.gaps.open(ORG)).toEqual([gap('u1')]);
    expect(await twin.search.find(ORG, 'u1', 9)).toEqual([]);
  });

  it('ends a sync once', async () => {
    const { syncs } = store.twin;
    await syncs.begin({ run: 'one', workflowId: 'w', org: ORG, startedAt: T1, plan: {} });
    const ended: boolean[] = [];
    const end = (run: string, status: 'complete' | 'failed') => async (tx: StoreTransaction) =>
      void ended.push(await syncs.finish(tx, run, { status, finishedAt: T2, result: { status } }));
    await write(end('one', 'complete'));
    await write(end('one', 'failed'));
    expect(ended).toEqual([true, false]);
    expect((await syncs.get('one'))?.result).toEqual({ status: 'complete' });
    await expect(write(end('none', 'failed'))).rejects.toThrow('begin it first');
  });

  it('keeps an event once per rule, and returns the log that reaches further', async () => {
    const { events } = store.twin;
    const event: SecurityEvent = {
      uuid: 'e1',
      rule: 'one',
      severity: 'high',
      tactic: 'TA0001',
      technique: 'T1078',
      at: T1,
      actor: 'ann@example.com',
      target: null,
    };
    const on = { org: ORG, run: 'one' };
    const added: number[] = [];
    await write(
      async (tx) => void added.push(await events.add(tx, on, [event, { ...event, rule: 'two' }])),
    );
    await write(
      async (tx) => void added.push(await events.add(tx, { ...on, run: 'two' }, [event])),
    );
    expect(added).toEqual([2, 0]);
    expect(await events.countOf('two')).toBe(0);
    expect((await events.list(ORG, 9)).map(({ rule }) => rule)).toEqual(['one', 'two']);
    const carried = (until: string) => ({ since: T1, until, entries: [] });
    expect(await events.readCarriedIn(ORG, 'one')).toBeUndefined();
    await write((tx) => events.carry(tx, on, carried(T2)));
    expect(await events.readCarried(ORG)).toBeNull();
    await write((tx) => events.keepCarried(tx, on));
    await write((tx) => events.carry(tx, { ...on, run: 'two' }, carried(T1)));
    await write((tx) => events.keepCarried(tx, { ...on, run: 'two' }));
    expect(await events.readCarried(ORG)).toEqual(carried(T2));
  });

  it('finds prefix matches first, then others, ignoring case and other organisations', async () => {
    const parts = new SearchParts();
    const hit = (label: string) => ({ kind: 'user', id: label, label, detail: '' }) as const;
    parts.add(hit('Joanna@example.com'), ['Joanna@example.com', null]);
    for (let n = 0; n < 500; n += 1) parts.add(hit(`filler${n}`), [`filler${n}`]);
    parts.add(hit('Anna@example.com'), ['Anna@example.com', '100%_sure\n\tÄrger']);
    const gone = new SearchParts(GONE_FROM);
    gone.add({ ...hit('Annabel@example.com'), gone: true }, ['Annabel@example.com']);
    await write((tx) => store.twin.search.add(tx, attempt('1'), gone.done()));
    const index = async (name: string, made: SearchParts) => {
      await write((tx) => store.twin.search.add(tx, attempt(name), made.take()));
      await write((tx) => store.twin.search.add(tx, attempt(name), made.done()));
    };
    await index('1', parts);
    expect(await store.twin.search.find(ORG, 'anna', 9)).toEqual([]);
    await write((tx) => store.twin.search.turn(tx, attempt('1')));
    const find = async (text: string, limit = 10) =>
      (await store.twin.search.find(ORG, text, limit)).map(({ label }) => label);
    expect(await find('ANNA')).toEqual([
      'Anna@example.com',
      'Joanna@example.com',
      'Annabel@example.com',
    ]);
    expect(await find('anna', 1)).toEqual(['Anna@example.com']);
    expect(await find('filler', 300)).toHaveLength(300);
    expect(await find('100%_')).toEqual(['Anna@example.com']);
    expect(await find('ärger')).toEqual(['Anna@example.com']);
    expect(await find('%')).toEqual(['Anna@example.com']);
    expect(await find('\n\t ')).toEqual([]);
    expect(await store.twin.search.find('other.okta.com', 'anna', 9)).toEqual([]);
    const other = { ...attempt('1'), run: 'going on' };
    await store.twin.syncs.begin({ ...other, workflowId: 'w', startedAt: T2, plan: {} });
    const short = new SearchParts();
    short.add(hit('Otto@example.com'), ['otto']);
    await write((tx) => store.twin.search.add(tx, other, short.done()));
    await write((tx) => store.twin.search.turn(tx, attempt('2')));
    expect(await find('anna')).toEqual([]);
    await write((tx) => store.twin.search.turn(tx, other));
    expect(await find('otto')).toEqual(['Otto@example.com']);
  });
});
