import { expect, it } from 'vitest';
import { CLASSES_BY_STRENGTH } from '../../../src/mfa/strength.ts';
import type { ClassifiedFactor } from '../../../src/mfa/types.ts';
import type { CheckRequest } from '../../../src/services/checks/start-check.ts';
import { CLASSES } from '../../../src/store/repositories/user-search.ts';
import type { Store } from '../../../src/store/types.ts';
import { seedRun } from '../../support/seeded-runs.ts';
import type { SeededUser } from '../../support/seeded-runs.ts';
import { describeOnStores } from '../../support/stores.ts';
import { fits } from './openapi.ts';
import { serveApi } from './serve-api.ts';
import { ANN, appOver } from './support.ts';

const factor = (name: ClassifiedFactor['class'], status = 'ACTIVE'): ClassifiedFactor => ({
  type: 'x',
  provider: 'OKTA',
  status,
  class: name,
});

const PEOPLE: SeededUser[] = [
  { userId: 'u1', login: 'eve@a.test', verdict: 'none', department: 'IT' },
  {
    userId: 'u2',
    login: 'bo@a.test',
    verdict: 'compliant',
    department: 'HR',
    factors: [factor('weak'), factor('strong'), factor('phishing_resistant', 'DISABLED')],
  },
  { userId: 'u3', login: 'cy@a.test', verdict: 'weak_only', factors: [factor('weak')] },
  { userId: 'u4', login: 'di@a.test', email: 'Diana@b.test', department: 'IT' },
  { userId: 'u5', login: 'al@a.test', verdict: 'unknown', checkedAt: '2026-11-16T09:00:00.000Z' },
];

const LISTS: [query: string, ids: string[]][] = [
  ['', ['u5', 'u2', 'u3', 'u4', 'u1']],
  ['?sort=-login', ['u1', 'u4', 'u3', 'u2', 'u5']],
  ['?sort=verdict', ['u4', 'u1', 'u3', 'u5', 'u2']],
  ['?sort=-department', ['u4', 'u1', 'u2', 'u5', 'u3']],
  ['?sort=-checked', ['u5', 'u3', 'u2', 'u1', 'u4']],
  ['?verdict=none,weak_only', ['u3', 'u1']],
  ['?verdict=unchecked', ['u4']],
  ['?class=weak', ['u3']],
  ['?class=strong', ['u2']],
  ['?class=phishing_resistant', []],
  ['?admin=true', ['u5', 'u2']],
  ['?admin=false&dept=IT', ['u4', 'u1']],
  ['?q=DIANA', ['u4']],
  ['?q=o%40a', ['u2']],
  ['?q=u3', ['u3']],
  ['?q=%25', []],
];

const REFUSED: [path: string, status: number][] = [
  ['/v1/runs?limit=501', 400],
  ['/v1/runs?limit=0', 400],
  ['/v1/runs?what=1', 400],
  ['/v1/runs?status=complete&status=failed', 400],
  ['/v1/runs?after=nothing', 400],
  ['/v1/runs/nothing', 404],
  ['/v1/runs/nothing/people', 404],
  ['/v1/runs/r1/people?verdict=none,lost', 400],
  ['/v1/runs/r1/people?sort=ticket', 400],
  ['/v1/runs/r1/people?after=nobody', 400],
  ['/v1/runs/r1/people?admin=yes', 400],
  ['/v1/runs/r1/compare', 400],
  ['/v1/runs/r1/compare?with=nothing', 400],
  ['/v1/runs/r1/report?users=1', 400],
];

interface Page {
  items: { id: string; run: string }[];
  counts: Record<string, number>;
  total: number;
  next: string | null;
}

const seeded = (store: Store): Promise<void> =>
  seedRun(store, { run: 'r1', plan: { administrators: ['u2', 'u5'] } }, PEOPLE);

it('searches the classes of factors in the order of their strength', () => {
  expect(CLASSES).toEqual(CLASSES_BY_STRENGTH);
});

describeOnStores('the API of checks', ({ fresh }) => {
  it('lists the people of a run by every filter and in every order', async () => {
    const store = await fresh();
    await seeded(store);
    await using api = await serveApi(store);
    for (const [query, ids] of LISTS) {
      const [status, page] = await api.get<Page>(`/v1/runs/r1/people${query}`);
      expect([query, status, page.items.map(({ id }) => id)]).toEqual([query, 200, ids]);
      expect([fits('People', page), page.total, page.next]).toEqual([[], ids.length, null]);
    }
  });

  it('gives pages in any order, with counts for all verdicts', async () => {
    const store = await fresh();
    await seeded(store);
    await using api = await serveApi(store);
    for (const sort of ['login', '-login', 'verdict', '-verdict', 'department', '-checked']) {
      const all: string[] = [];
      let next: string | null = '';
      while (next !== null) {
        const after: string = next === '' ? '' : `&after=${next}`;
        const path = `/v1/runs/r1/people?sort=${sort}&limit=2&verdict=none,compliant,unknown${after}`;
        const [, page] = await api.get<Page>(path);
        expect(page.counts).toMatchObject({ none: 1, weak_only: 1, unchecked: 1, unknown: 1 });
        expect(page.total).toBe(3);
        all.push(...page.items.map(({ id }) => id));
        next = page.next;
      }
      expect(all.toSorted()).toEqual(['u1', 'u2', 'u5']);
    }
  });

  it('lists runs by status, scope and kind, page by page', async () => {
    const store = await fresh();
    for (const [n, over] of [{}, { dryRun: true }, { scopeKey: 'other' }].entries())
      await seedRun(store, { run: `r${n}`, startedAt: `2026-11-1${n}T08:00:00.000Z`, ...over });
    const finishedAt = '2026-11-11T09:00:00.000Z';
    await store.runs.finish(null, 'r0', { status: 'complete', finishedAt, summary: { run: 'r0' } });
    await using api = await serveApi(store);
    const runs = async (query: string) => {
      const [, page] = await api.get<Page>(`/v1/runs${query}`);
      return [page.items.map(({ run }) => run), page.next];
    };
    expect(await runs('')).toEqual([['r2', 'r1', 'r0'], null]);
    expect(await runs('?status=complete')).toEqual([['r0'], null]);
    expect(await runs('?scope=all&kind=check')).toEqual([['r0'], null]);
    expect(await runs('?kind=dry_run')).toEqual([['r1'], null]);
    expect(await runs('?limit=2')).toEqual([['r2', 'r1'], 'r1']);
    expect(await runs('?limit=2&after=r1')).toEqual([['r0'], null]);
  });

  it('shows a run with its progress, and the report that the command line prints', async () => {
    const store = await fresh();
    await seeded(store);
    const progress = { phase: 'scan', run: 'r1' } as never;
    const start = async () => ({ run: 'r', workflowId: 'w' });
    const { checks } = appOver(store).parts;
    const over = { checks: { ...checks, start, progress: async () => progress } };
    await using api = await serveApi(store, over);
    const [, run] = await api.get('/v1/runs/latest');
    expect([run, fits('Run', run)]).toMatchObject([{ run: 'r1', progress }, []]);
    const [, report] = await api.get('/v1/runs/wf%2Fr1/report');
    expect(report).toMatchObject({ schema: 'arx.run/v1', users: { length: 5 } });
    expect(fits('RunReport', report)).toEqual([]);
    const [, brief] = await api.get('/v1/runs/r1/report?users=false');
    expect(brief).not.toHaveProperty('users');
    expect([fits('RunReport', brief), fits('RunItem', brief)]).toEqual([[], []]);
  });

  it('compares two runs person by person', async () => {
    const store = await fresh();
    await seeded(store);
    const later: SeededUser[] = [
      { userId: 'u1', login: 'eve@a.test', verdict: 'compliant' },
      { userId: 'u2', login: 'bo@a.test', verdict: 'compliant' },
      { userId: 'u6', login: 'new@a.test', verdict: 'none' },
    ];
    await seedRun(store, { run: 'r2', startedAt: '2026-11-23T08:00:00.000Z' }, later);
    await using api = await serveApi(store);
    const [, both] = await api.get('/v1/runs/r2/compare?with=r1');
    expect([fits('Comparison', both), both]).toMatchObject([
      [],
      {
        sameScope: true,
        run: { run: 'r2', counts: { compliant: 2 } },
        with: { run: 'r1', counts: { compliant: 1 } },
        items: [
          { id: 'u1', from: 'none', to: 'compliant' },
          { id: 'u3', from: 'weak_only', to: null },
          { id: 'u5', from: 'unknown', to: null },
          { id: 'u6', login: 'new@a.test', from: null, to: 'none' },
        ],
        next: null,
      },
    ]);
    expect(both['transitions']).toContainEqual({ from: 'compliant', to: 'compliant', users: 1 });
    const [, page] = await api.get('/v1/runs/r2/compare?with=r1&limit=1&after=u3');
    expect(page).toMatchObject({ items: [{ id: 'u5' }], next: 'u5' });
  });

  it('starts a check for the person of the key, and refuses a malformed request', async () => {
    const started: unknown[] = [];
    const start = async (requester: unknown, request: CheckRequest) => {
      started.push([requester, request]);
      return { run: 'r9', workflowId: 'w9' };
    };
    const store = await fresh();
    const over = { checks: { ...appOver(store).parts.checks, start } };
    await using api = await serveApi(store, over);
    const body = { dryRun: true, groups: ['Staff'], mode: 'full' };
    const [status, document] = await api.get('/v1/runs', { body, as: 'admin' });
    expect([status, fits('StartedRun', document), document]).toMatchObject([
      202,
      [],
      { run: 'r9' },
    ]);
    const requester = { principal: `user:${ANN.id}`, authenticatedBy: 'key', key: 'admin' };
    expect(started).toMatchObject([[requester, body]]);
    for (const wrong of [{ dry_run: true }, { groups: [] }, { mode: 'all' }, []])
      expect((await api.send('/v1/runs', { body: wrong })).status).toBe(400);
    await using gone = await serveApi(await fresh(), { ...over, findUser: async () => null });
    expect(await gone.get('/v1/runs', { body: {} })).toMatchObject([403, { code: 'no_person' }]);
    expect(started.length).toBe(1);
  });

  it('names the parameter that is wrong, or says that there is no such run', async () => {
    const store = await fresh();
    await seeded(store);
    await using api = await serveApi(store);
    for (const [path, status] of REFUSED) {
      const [answered, document] = await api.get(path);
      const expected = { path, answered: status, document: { schema: 'arx.error/v1' } };
      expect({ path, answered, document }).toMatchObject(expected);
    }
  });
});
