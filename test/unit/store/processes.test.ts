import { expect, test } from 'vitest';
import { verifyChain } from '../../../src/audit/chain.ts';
import type { Store } from '../../../src/store/types.ts';
import { describeOnStores } from '../../support/stores.ts';
import { startAppender } from './support/processes.ts';

const verify = async (store: Store) =>
  await verifyChain(store.audit.pages(500), await store.audit.head());
const ids = async (store: Store) =>
  new Set((await store.audit.list({})).map(({ entry }) => entry.id));

describeOnStores('several processes', (source) => {
  test('append to one chain without gaps', async () => {
    const store = await source.fresh();
    const appenders = ['a', 'b'].map((tag) => startAppender(source.url(), tag, 100));
    expect(await Promise.all(appenders.map(({ ended }) => ended))).toEqual([0, 0]);
    expect(await verify(store)).toMatchObject({ ok: true, entries: 400 });
    expect(new Set(appenders.flatMap(({ acknowledged }) => acknowledged))).toEqual(
      await ids(store),
    );
    const shared = await store.audit.list({ subject: 'shared' });
    expect(shared.map(({ entry }) => entry.sequence)).toEqual(
      Array.from({ length: 200 }, (_, n) => n),
    );
  });

  test.each([1, 40, 333])(
    'leave a valid chain if one is killed after %i acknowledged entries',
    async (count) => {
      const store = await source.fresh();
      const appender = startAppender(source.url(), 'a', 100_000);
      await appender.reached(count);
      appender.kill();
      expect(await appender.ended).toBe('SIGKILL');
      expect(await verify(store)).toMatchObject({ ok: true });
      const stored = await ids(store);
      expect(appender.acknowledged.length).toBeGreaterThanOrEqual(count);
      expect(appender.acknowledged.filter((id) => !stored.has(id))).toEqual([]);
      await store.journal.append([]);
      const next = startAppender(source.url(), 'b', 5);
      expect(await next.ended).toBe(0);
      expect(await verify(store)).toMatchObject({ ok: true, entries: stored.size + 10 });
    },
  );
});
