import { expect, test } from 'vitest';
import { NotStoredError } from '../../../src/store/errors.ts';
import type { RunRepository } from '../../../src/store/run-types.ts';
import { describeOnStores } from '../../support/stores.ts';

type Begin = Parameters<RunRepository['begin']>[0];
const at = (minute: number): string => new Date(Date.UTC(2026, 6, 6, 8, minute)).toISOString();
const runOf = (over: Partial<Begin> = {}): Begin => ({
  run: 'run-1',
  workflowId: 'wf',
  scopeKey: 'all',
  org: 'acme.okta.com',
  dryRun: false,
  startedAt: at(0),
  plan: { b: 1, a: { '': null } },
  ...over,
});

describeOnStores('runs', (source) => {
  test('begin once; a retry returns the stored run', async () => {
    const { runs } = await source.fresh();
    const begun = await runs.begin(runOf());
    expect(begun).toEqual({ ...runOf(), status: 'running', finishedAt: null, summary: null });
    expect(await runs.begin(runOf({ plan: { other: true }, startedAt: at(5) }))).toEqual(begun);
    expect(await runs.get('run-1')).toEqual(begun);
    expect(await runs.get('run-2')).toBeNull();
  });

  test('end with their summary, with or without a transaction', async () => {
    const store = await source.fresh();
    await store.runs.begin(runOf());
    const end = { status: 'complete' as const, finishedAt: at(9), summary: { users: 3 } };
    await store.runs.finish(null, 'run-1', end);
    expect(await store.runs.get('run-1')).toMatchObject(end);
    await expect(store.runs.finish(null, 'run-9', end)).rejects.toBeInstanceOf(NotStoredError);
  });

  test('are found by id, by workflow (the newest) and as the latest', async () => {
    const { runs } = await source.fresh();
    expect(await runs.find('latest')).toBeNull();
    await runs.begin(runOf({ run: 'old', startedAt: at(1) }));
    await runs.begin(runOf({ run: 'new', startedAt: at(3) }));
    await runs.begin(runOf({ run: 'foreign', workflowId: 'wf2', startedAt: at(2) }));
    expect((await runs.find('old'))?.run).toBe('old');
    expect((await runs.find('wf'))?.run).toBe('new');
    expect((await runs.find('latest'))?.run).toBe('new');
    expect(await runs.find('nothing')).toBeNull();
    expect((await runs.list(2)).map(({ run }) => run)).toEqual(['new', 'foreign']);
  });

  test('are ordered by their insertion if they start at the same instant', async () => {
    const { runs } = await source.fresh();
    for (const run of ['z', 'a', 'm']) await runs.begin(runOf({ run }));
    expect((await runs.list(9)).map(({ run }) => run)).toEqual(['m', 'a', 'z']);
    expect((await runs.find('latest'))?.run).toBe('m');
  });

  test('have as last complete run an earlier one of the same scope, finished and not a dry run', async () => {
    const { runs } = await source.fresh();
    const finished: [Partial<Begin>, 'complete' | 'incomplete' | 'failed', number][] = [
      [{ run: 'good' }, 'complete', 10],
      [{ run: 'older' }, 'complete', 5],
      [{ run: 'incomplete' }, 'incomplete', 11],
      [{ run: 'failed' }, 'failed', 12],
      [{ run: 'dry', dryRun: true }, 'complete', 13],
      [{ run: 'scope', scopeKey: 'group' }, 'complete', 14],
      [{ run: 'later' }, 'complete', 40],
    ];
    for (const [over, status, minute] of finished) {
      const { run } = await runs.begin(runOf(over));
      await runs.finish(null, run, { status, finishedAt: at(minute), summary: {} });
    }
    const now = await runs.begin(runOf({ run: 'now', startedAt: at(30) }));
    expect((await runs.lastComplete('all', now))?.run).toBe('good');
    expect(await runs.lastComplete('none', now)).toBeNull();
    await runs.finish(null, 'now', { status: 'complete', finishedAt: at(30), summary: {} });
    expect((await runs.lastComplete('all', now))?.run).toBe('good');
  });
});
