import { describe, expect, it } from 'vitest';
import { quantile } from '../../../bench/support/quantile.ts';
import { shareOfFullWindows } from '../../../bench/support/windows.ts';

const BEGIN = 1_800_000_000_000;
const at = (ms: number, operation: string) => ({
  at: new Date(BEGIN + ms).toISOString(),
  operation,
});

describe('the share of full windows', () => {
  const calls = [
    at(500, 'scan'),
    at(1_999, 'list'),
    at(5_999, 'look-up'),
    at(6_000, 'scan'),
    at(12_000, 'scan'),
  ];
  const windows = [0, 6_000, 12_000].map((ms) => ({ startedAt: BEGIN + ms, limit: 4 }));

  it('counts the named operations and leaves the last window out', () => {
    expect(shareOfFullWindows(calls, ['scan'], windows)).toBe(2 / 8);
    expect(shareOfFullWindows(calls, ['scan', 'list', 'look-up'], windows)).toBe(4 / 8);
  });

  it('is not known of one window', () => {
    expect(shareOfFullWindows(calls, ['scan'], windows.slice(0, 1))).toBeNull();
    expect(shareOfFullWindows(calls, ['scan'], [])).toBeNull();
  });
});

describe('a quantile', () => {
  it('is the value below or at which the share lies', () => {
    const values = Array.from({ length: 20 }, (_, index) => 20 - index);
    expect([0.05, 0.5, 0.95, 0.96, 1].map((share) => quantile(values, share))).toEqual([
      1, 10, 19, 20, 20,
    ]);
    expect(quantile([7], 0.95)).toBe(7);
    expect(quantile([], 0.5)).toBeNull();
  });
});
