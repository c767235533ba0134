import { expect, test } from 'vitest';
import { LeaseLostError } from '../../../src/store/errors.ts';
import type { Lease } from '../../../src/store/lease-types.ts';
import { describeOnStores } from '../../support/stores.ts';

const MINUTE = 60_000;
const lost = async (promise: Promise<void>) =>
  expect(promise).rejects.toBeInstanceOf(LeaseLostError);

describeOnStores('leases', (source) => {
  test('have one owner at a time, whose new claim replaces the earlier one', async () => {
    const { leases } = await source.fresh();
    const first = (await leases.claim('a', 'me', MINUTE)) as Lease;
    expect(first).toEqual({ name: 'a', fence: 1 });
    expect(await leases.claim('a', 'you', MINUTE)).toBeNull();
    expect(await leases.claim('b', 'you', MINUTE)).toEqual({ name: 'b', fence: 1 });
    const second = (await leases.claim('a', 'me', MINUTE)) as Lease;
    expect(second.fence).toBe(2);
    await lost(leases.renew(null, first, MINUTE));
    await leases.release(first);
    expect(await leases.claim('a', 'you', MINUTE)).toBeNull();
    await leases.renew(null, second, MINUTE);
    await leases.release(second);
    await lost(leases.renew(null, second, MINUTE));
    expect(await leases.claim('a', 'you', MINUTE)).toEqual({ name: 'a', fence: 3 });
  });

  test('end by the clock of the store, and can be renewed', async () => {
    let time = Date.UTC(2026, 6, 6, 8);
    const { leases } = await source.fresh({ now: () => new Date(time) });
    const mine = (await leases.claim('a', 'me', MINUTE)) as Lease;
    time += MINUTE - 1;
    expect(await leases.claim('a', 'you', MINUTE)).toBeNull();
    await leases.renew(null, mine, MINUTE);
    time += MINUTE - 1;
    expect(await leases.claim('a', 'you', MINUTE)).toBeNull();
    time += 1;
    await lost(leases.renew(null, mine, MINUTE));
    expect(await leases.claim('a', 'you', MINUTE)).toEqual({ name: 'a', fence: 2 });
  });

  test("use the database's clock by default", async () => {
    const { leases } = await source.fresh();
    await leases.claim('a', 'me', 0);
    expect(await leases.claim('a', 'you', MINUTE)).toEqual({ name: 'a', fence: 2 });
    expect(await leases.claim('a', 'me', MINUTE)).toBeNull();
  });

  test('are given to exactly one of many concurrent claimants, again and again', async () => {
    const [one, other] = [await source.fresh(), await source.again()];
    for (let round = 0; round < 25; round += 1) {
      const claims = Array.from({ length: 8 }, (_, n) =>
        (n % 2 ? one : other).leases.claim('a', `owner-${n}`, MINUTE),
      );
      const [got, ...others] = (await Promise.all(claims)).filter((lease) => lease !== null);
      expect(others).toEqual([]);
      expect(got).toEqual({ name: 'a', fence: round + 1 });
      await one.leases.release(got as Lease);
    }
  });
});
