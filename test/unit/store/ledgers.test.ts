import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { describeOnStores } from '../../support/stores.ts';

describeOnStores('the smaller ledgers', (source) => {
  test('keep one message per run, and overwrite it', async () => {
    const { messages } = await source.fresh();
    expect(await messages.get('r')).toBeNull();
    await messages.put(null, {
      run: 'r',
      channel: 'C1',
      ts: null,
      state: 'intended',
      attempt: 1,
      missedAt: null,
    });
    const posted = {
      run: 'r',
      channel: 'C2',
      ts: '1720000000.000100',
      state: 'posted',
      attempt: 2,
      missedAt: null,
    } as const;
    await messages.put(null, posted);
    expect(await messages.get('r')).toEqual({ ...posted, refusal: null });
  });

  test('add up calls, also concurrent ones', async () => {
    const { calls } = await source.fresh();
    expect(await calls.get('r')).toEqual({ okta: 0, jira: 0, slack: 0, throttled: 0 });
    const counts = { okta: 3_000_000_000, jira: 2, slack: 1, throttled: 0 };
    await Promise.all(Array.from({ length: 10 }, () => calls.add('r', counts)));
    expect(await calls.get('r')).toEqual({
      okta: 30_000_000_000,
      jira: 20,
      slack: 10,
      throttled: 0,
    });
  });

  test('store a snapshot once under the digest of its canonical form', async () => {
    const { snapshots } = await source.fresh();
    const digest = await snapshots.put({ b: [1, '\u0000'], a: null });
    expect(digest).toBe(createHash('sha256').update('{"a":null,"b":[1,"\\u0000"]}').digest('hex'));
    expect(await snapshots.put({ a: null, b: [1, '\u0000'] })).toBe(digest);
    expect(await snapshots.get(digest)).toEqual({ a: null, b: [1, '\u0000'] });
    expect(await snapshots.get('0')).toBeNull();
  });
});
