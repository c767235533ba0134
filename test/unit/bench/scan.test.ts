import { describe, expect, it } from 'vitest';
import { plansOf } from '../../../bench/scan.ts';
import { floorOf } from '../../../bench/support/scan-tables.ts';

const batched = (options: Parameters<typeof plansOf>[0]) =>
  plansOf(options).flatMap(({ store, users, batch }) =>
    store === 'PostgreSQL' && batch > 1 ? [users] : [],
  );

describe('the sizes of the scan benchmark', () => {
  it('go up to 100,000, to a million behind a flag, and no further than asked for', () => {
    expect(batched({ million: false })).toEqual([1_000, 10_000, 100_000]);
    expect(batched({ million: true })).toEqual([10_000, 1_000_000]);
    expect(batched({ million: false, users: 10_000 })).toEqual([1_000, 10_000]);
    expect(batched({ million: false, users: 500 })).toEqual([500]);
  });

  it('stay small for one user an activity and for the embedded store', () => {
    const others = plansOf({ million: false }).filter(
      ({ store, batch }) => store === 'PGlite' || batch === 1,
    );
    expect(others.map(({ store, users, batch }) => [store, users, batch])).toEqual([
      ['PostgreSQL', 1_000, 1],
      ['PostgreSQL', 10_000, 1],
      ['PGlite', 1_000, 200],
      ['PGlite', 10_000, 200],
    ]);
  });
});

it('takes one call a user and one a page of 200 as the floor', () => {
  expect([floorOf(1), floorOf(200), floorOf(201), floorOf(10_000)]).toEqual([2, 201, 203, 10_050]);
});
