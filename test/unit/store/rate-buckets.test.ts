import { expect, it } from 'vitest';
import { createGovernor } from '../../../src/connectors/rate-limit/governor.ts';
import { freshBucket } from '../../../src/connectors/rate-limit/bucket.ts';
import { describeOnStores } from '../../support/stores.ts';
import type { Store } from '../../../src/store/types.ts';

const LIMIT = 20;
const QUOTA = { share: 1, reserve: 0, warningThreshold: false };

const answer = (remaining: number): { status: number; headers: Headers } => ({
  status: 200,
  headers: new Headers({
    date: new Date().toUTCString(),
    'x-rate-limit-limit': String(LIMIT),
    'x-rate-limit-remaining': String(remaining),
    'x-rate-limit-reset': String(Math.ceil(Date.now() / 1000) + 50),
  }),
});

const count = async (store: Store): Promise<number> =>
  store.rateBuckets.change('okta:count:users', (state, _now) => {
    const next = { ...(state ?? freshBucket()), silent: (state?.silent ?? 0) + 1 };
    return { state: next, result: next.silent };
  });

describeOnStores('rate limit buckets', ({ fresh, again }) => {
  it('are changed by one process at a time without losing updates', async () => {
    const [first, second] = [await fresh(), await again()];
    const seen = await Promise.all(
      Array.from({ length: 40 }, (_, at) => count(at % 2 ? first : second)),
    );
    expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
    expect((await first.rateBuckets.get('okta:count:users'))?.silent).toBe(40);
    expect(await first.rateBuckets.get('okta:other:users')).toBeNull();
  });

  it('discard a failed change', async () => {
    const { rateBuckets } = await fresh();
    const failing = rateBuckets.change('okta:failing:users', () => {
      throw new Error('enough');
    });
    await expect(failing).rejects.toThrow('enough');
    expect(await rateBuckets.get('okta:failing:users')).toBeNull();
  });

  it('use one clock in all processes', async () => {
    const [first, second] = [await fresh(), await again()];
    await count(first);
    await count(second);
    expect(Math.abs(first.rateBuckets.now() - second.rateBuckets.now())).toBeLessThan(1_000);
    expect(Math.abs(first.rateBuckets.now() - Date.now())).toBeLessThan(5_000);
  });

  it('give two processes together no more slots than exist, even after one of them restarts', async () => {
    const stores = [await fresh(), await again()];
    const granted: number[] = [];
    const open = (store: Store) => createGovernor({ quota: QUOTA, store: store.rateBuckets });
    const governors = stores.map(open);
    const first = await governors[0]?.acquire('okta:shared:users', 'scan');
    const stop = new AbortController();
    const waiting = [...governors, open(stores[0] as Store)].flatMap((governor, at) =>
      Array.from({ length: LIMIT / 2 }, () =>
        governor.acquire('okta:shared:users', 'scan', stop.signal).then(
          () => void granted.push(at),
          () => undefined,
        ),
      ),
    );
    first?.settle(answer(LIMIT - 1));
    await expect.poll(() => granted.length, { timeout: 10_000 }).toBe(LIMIT - 1);
    expect(new Set(granted).size).toBeGreaterThan(1);
    const state = await stores[0]?.rateBuckets.get('okta:shared:users');
    expect(
      Object.values(state?.owners ?? {}).reduce((sum, { inFlight }) => sum + inFlight, 0),
    ).toBe(LIMIT - 1);
    stop.abort();
    await Promise.all(waiting);
  });
});
