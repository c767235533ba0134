import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callsFor, floorWindows, quotaUse, usersFor } from '../../../bench/support/quota-math.ts';
import { assertProperty } from '../../support/properties.ts';

describe('the calls of a scan', () => {
  it.each([
    [1, 2],
    [200, 201],
    [201, 203],
    [10_000, 10_050],
  ])('%i users take %i', (users, calls) => {
    expect(callsFor(users)).toBe(calls);
  });

  it('are filled by the smallest organisation that needs so many', () => {
    assertProperty(
      fc.property(fc.integer({ min: 1, max: 2_000_000 }), (calls) => {
        const users = usersFor(calls);
        return callsFor(users) >= calls && callsFor(users - 1) < calls;
      }),
    );
  });
});

describe('the quota used', () => {
  const org = { users: usersFor(6_001), limit: 300, windowMs: 60_000 };

  it('lets the first window through at once', () => {
    expect([300, 301, 600, 601, 6_001].map((calls) => floorWindows(calls, 300))).toEqual([
      0, 1, 1, 2, 20,
    ]);
  });

  it('is all of it where the last call comes as its window opens', () => {
    const bucket = {
      served: 6_001,
      throttled: 0,
      openedAt: 1_000,
      lastServedAt: 1_000 + 20 * 60_000,
    };
    expect(quotaUse(bucket, org)).toEqual({
      floor: 20,
      calls: 6_001,
      callsRatio: 1,
      throttled: 0,
      wallSeconds: 1_200,
      used: 1,
    });
  });

  it('falls with the time lost, and counts refused calls as calls', () => {
    const bucket = { served: 6_001, throttled: 6_001, openedAt: 0, lastServedAt: 40 * 60_000 };
    expect(quotaUse(bucket, org)).toMatchObject({ callsRatio: 2, throttled: 6_001, used: 0.5 });
  });

  it('says nothing of a scan within one window', () => {
    const bucket = { served: 11, throttled: 0, openedAt: 0, lastServedAt: 500 };
    expect(quotaUse(bucket, { users: 10, limit: 300, windowMs: 60_000 }).used).toBeNull();
  });
});
