import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pauseOf, usableCalls } from '../../../../src/connectors/rate-limit/usable.ts';
import { freshBucket } from '../../../../src/connectors/rate-limit/bucket.ts';
import type { Quota } from '../../../../src/connectors/rate-limit/types.ts';
import { assertProperty } from '../../../support/properties.ts';

const ALL: Quota = { share: 1, reserve: 0, warningThreshold: false };

it.each<[limit: number, quota: Partial<Quota>, scan: number, interactive: number]>([
  [300, {}, 300, 300],
  [300, { share: 0.5, reserve: 5, warningThreshold: true }, 145, 150],
  [300, { warningThreshold: true }, 269, 269],
  [600, { warningThreshold: true, reserve: 5 }, 534, 539],
  [10, { reserve: 10 }, 1, 10],
  [1, { share: 0.1 }, 1, 1],
])(
  'of %i calls, %o leaves %i to a scan and %i to interactive calls',
  (limit, quota, scan, interactive) => {
    expect(usableCalls(limit, { ...ALL, ...quota })).toBe(scan);
    expect(usableCalls(limit, { ...ALL, ...quota }, 'interactive')).toBe(interactive);
  },
);

it('is at least one, never exceeds share or limit, and grows with the limit', () => {
  const quota = fc.record({
    share: fc.double({ min: 0.01, max: 1, noNaN: true }),
    reserve: fc.nat(2_000),
    warningThreshold: fc.boolean(),
  });
  assertProperty(
    fc.property(fc.integer({ min: 1, max: 20_000 }), fc.nat(500), quota, (limit, more, given) => {
      const usable = usableCalls(limit, given);
      expect(usable).toBeGreaterThanOrEqual(1);
      expect(usable).toBeLessThanOrEqual(Math.max(1, limit * given.share));
      expect(usableCalls(limit + more, given)).toBeGreaterThanOrEqual(usable);
    }),
  );
});

it('says how long a scan must wait', () => {
  const window = { limit: 300, remaining: 150, reset: 60, began: null, polls: 0, oddEnd: 50_000 };
  const half: Quota = { ...ALL, share: 0.5 };
  const state = { ...freshBucket(), window };
  expect(pauseOf(null, ALL, 0)).toBeNull();
  expect(pauseOf(freshBucket(), ALL, 0)).toBeNull();
  expect(pauseOf(state, ALL, 10_000)).toBeNull();
  expect(pauseOf(state, half, 10_000)).toBe(40_000);
  expect(pauseOf(state, half, 60_000)).toBeNull();
  expect(pauseOf({ ...state, blockedUntil: 12_500 }, ALL, 10_000)).toBe(2_500);
  expect(pauseOf({ ...state, unlimited: true }, half, 10_000)).toBeNull();
});
