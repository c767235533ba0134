import { beforeEach, describe, expect, it } from 'vitest';
import { freshBucket, settle as finishCall } from '../../../../src/connectors/rate-limit/bucket.ts';
import { readSample } from '../../../../src/connectors/rate-limit/headers.ts';
import { createGovernor } from '../../../../src/connectors/rate-limit/governor.ts';
import { FakeClock, settle } from '../support/clock.ts';
import type {
  Governor,
  Permit,
  Priority,
  Quota,
  Settlement,
} from '../../../../src/connectors/rate-limit/types.ts';

const START = Date.parse('2026-01-05T08:00:00Z');
const ALL: Quota = { share: 1, reserve: 0, warningThreshold: false };

let clock: FakeClock;
let granted: { who: string; permit: Permit }[];
let governor: Governor;
beforeEach(() => {
  clock = new FakeClock();
  granted = [];
});

const open = (quota: Partial<Quota> = {}, maxInFlight = 1_000): void => {
  governor = createGovernor({ quota: { ...ALL, ...quota }, clock, maxInFlight });
};
const ask = (who: string, priority: Priority = 'scan', signal?: AbortSignal): Promise<void> =>
  governor.acquire('users', priority, signal).then((permit) => void granted.push({ who, permit }));
const askMany = (count: number, who = 'scan'): void => {
  for (let index = 0; index < count; index += 1) void ask(`${who}-${index}`, who as Priority);
};
const names = (): string[] => granted.map(({ who }) => who);

/** A response now, whose window ends in `inMs`. */
const answer = (limit: number, remaining: number, inMs = 60_000, status = 200): Settlement => {
  const at = START + clock.now();
  const reset = Math.ceil((at + inMs) / 1000);
  return {
    status,
    headers: new Headers({
      date: new Date(at).toUTCString(),
      'x-rate-limit-limit': String(limit),
      'x-rate-limit-remaining': String(remaining),
      'x-rate-limit-reset': String(reset),
    }),
  };
};
const bare = (status = 200): Settlement => ({ status, headers: new Headers() });

describe('the governor', () => {
  it('sends exactly one probe while nothing is known, and then as many calls as remain', async () => {
    open();
    askMany(30);
    await settle();
    expect(granted).toHaveLength(1);
    granted[0]?.permit.settle(answer(20, 19));
    await settle();
    expect(granted).toHaveLength(20);
  });

  it('counts requests in flight against what remains', async () => {
    open();
    askMany(12);
    await settle();
    granted[0]?.permit.settle(answer(100, 5));
    await settle();
    expect(granted).toHaveLength(6);
    // One of the five responds: four are still in flight, so no other call may start.
    granted[1]?.permit.settle(answer(100, 4));
    await settle();
    expect(granted).toHaveLength(6);
  });

  it('sends another probe if the first one got no response or a proxy error', async () => {
    open();
    askMany(5);
    await settle();
    granted[0]?.permit.settle(null);
    await settle();
    expect(granted).toHaveLength(2);
    granted[1]?.permit.settle(bare(502));
    await settle();
    expect(granted).toHaveLength(3);
  });

  it('applies only the cap on concurrent requests if responses report no limit', async () => {
    open({}, 4);
    askMany(10);
    await settle();
    granted[0]?.permit.settle(bare());
    await settle();
    expect(granted).toHaveLength(5);
    granted[1]?.permit.settle(bare());
    await settle();
    expect(granted).toHaveLength(6);
  });

  it('probes again after the reset, alone', async () => {
    open();
    askMany(8);
    await settle();
    granted[0]?.permit.settle(answer(3, 2));
    await settle();
    granted[1]?.permit.settle(answer(3, 1));
    granted[2]?.permit.settle(answer(3, 0));
    await clock.run(59_900);
    expect(granted).toHaveLength(3);
    await clock.run(62_000);
    expect(granted).toHaveLength(4);
    granted[3]?.permit.settle(answer(3, 2));
    await settle();
    expect(granted).toHaveLength(6);
  });

  it('ignores a late response from the previous window', async () => {
    open();
    askMany(8);
    await settle();
    granted[0]?.permit.settle(answer(3, 2));
    const late = answer(3, 0);
    await settle();
    granted[1]?.permit.settle(answer(3, 1));
    await clock.run(62_000);
    granted[3]?.permit.settle(answer(3, 2));
    granted[2]?.permit.settle(late);
    await settle();
    expect(granted).toHaveLength(6);
  });

  it.each<[string, Partial<Quota>, number]>([
    ['all of the limit', {}, 100],
    ['half of the limit', { share: 0.5 }, 50],
    ['less than 90 %', { warningThreshold: true }, 89],
    ['the smaller of the two', { share: 0.95, warningThreshold: true }, 89],
    ['all but the reserve', { reserve: 5 }, 95],
    ['at least one call', { share: 0.001, reserve: 500 }, 1],
  ])('uses %s', async (_what, quota, expected) => {
    open(quota);
    askMany(150);
    await settle();
    let remaining = 100;
    for (let index = 0; index < granted.length; index += 1) {
      remaining -= 1;
      granted[index]?.permit.settle(answer(100, remaining));
      await settle();
    }
    expect(granted).toHaveLength(expected);
  });

  it('keeps the reserve for interactive calls, which take precedence', async () => {
    open({ reserve: 2 });
    askMany(10);
    await settle();
    granted[0]?.permit.settle(answer(5, 4));
    await settle();
    askMany(10, 'interactive');
    await settle();
    expect(names()).toEqual(['scan-0', 'scan-1', 'scan-2', 'interactive-0', 'interactive-1']);
  });

  it('gives the next slot to an interactive call, however long scans have waited', async () => {
    open({}, 1);
    askMany(3);
    await settle();
    askMany(1, 'interactive');
    granted[0]?.permit.settle(bare());
    await settle();
    expect(names()).toEqual(['scan-0', 'interactive-0']);
  });

  it('recovers from a wrong reset in the far future', async () => {
    open();
    askMany(30);
    await settle();
    granted[0]?.permit.settle(answer(10, 0, 86_400_000));
    await clock.run(122_000);
    granted[1]?.permit.settle(answer(10, 3));
    await settle();
    granted[2]?.permit.settle(answer(10, 1));
    await settle();
    expect(granted).toHaveLength(5);
  });

  it('adds a second for rounding if it did not see the window begin', async () => {
    open();
    askMany(4);
    await settle();
    granted[0]?.permit.settle(answer(1, 0, 30_000));
    await clock.run(30_900);
    expect(granted).toHaveLength(1);
    await clock.run(31_100);
    expect(granted).toHaveLength(2);
  });

  it('blocks the bucket after a 429 until its reset', async () => {
    open();
    askMany(4);
    await settle();
    granted[0]?.permit.settle(answer(100, 0, 30_000, 429));
    await clock.run(29_900);
    expect(granted).toHaveLength(1);
    await clock.run(32_000);
    expect(granted).toHaveLength(2);
  });

  it('pauses briefly after a 429 about concurrent requests, and sends fewer at once', async () => {
    open();
    askMany(20);
    await settle();
    granted[0]?.permit.settle(answer(600, 599));
    await settle();
    expect(granted).toHaveLength(20);
    granted[1]?.permit.settle(answer(0, 0, 60_000, 429));
    askMany(10);
    await clock.run(1_400);
    expect(granted).toHaveLength(20);
    // 18 of 19 are still in flight, and 9 are allowed.
    await clock.run(2_000);
    expect(granted).toHaveLength(20);
    for (const { permit } of granted.slice(2, 14)) permit.settle(answer(600, 580));
    await clock.run(2_100);
    expect(granted).toHaveLength(23);
  });

  it('sends as many as before once nothing was refused for long enough', () => {
    const state = freshBucket();
    const finish = (settlement: Settlement): void =>
      finishCall(state, {
        slot: 'ordinary',
        sentAt: 0,
        receivedAt: 0,
        sample: readSample(settlement),
      });
    state.owners['me'] = { inFlight: 20, seenAt: 0 };
    finish(answer(0, 0, 60_000, 429));
    expect(state.atOnce).toBe(10);
    for (let at = 0; at < 100; at += 1) finish(answer(600, 500));
    expect(state.atOnce).toBeGreaterThan(11);
    for (let at = 0; at < 2_000; at += 1) finish(answer(600, 500));
    expect(state.atOnce).toBeNull();
  });

  it('blocks for a while after a 429 without headers, even if no limit was known', async () => {
    open();
    askMany(4);
    await settle();
    granted[0]?.permit.settle(bare());
    await settle();
    granted[1]?.permit.settle(bare(429));
    void ask('later');
    await clock.run(9_900);
    expect(names()).not.toContain('later');
    await clock.run(10_100);
    expect(names()).toContain('later');
  });

  it('counts a call whose response was lost', async () => {
    open();
    askMany(10);
    await settle();
    granted[0]?.permit.settle(answer(10, 2));
    await settle();
    granted[1]?.permit.settle(null);
    granted[2]?.permit.settle(null);
    await settle();
    expect(granted).toHaveLength(3);
  });

  it('releases a request that is aborted while waiting', async () => {
    open();
    const controller = new AbortController();
    void ask('first');
    const waiting = ask('second', 'scan', controller.signal);
    void ask('third');
    await settle();
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(ask('fourth', 'scan', controller.signal)).rejects.toThrow('enough');
    granted[0]?.permit.settle(answer(10, 9));
    await settle();
    expect(names()).toEqual(['first', 'third']);
  });

  it('sends every request through a bucket so large that no window is ever used up', async () => {
    open({}, 5);
    askMany(400);
    await settle();
    for (let index = 0; index < 400; index += 1) {
      granted[index]?.permit.settle(answer(1_000_000, 999_999 - index));
      await settle();
    }
    expect(granted).toHaveLength(400);
  });

  it('releases a permit once', async () => {
    open({}, 1);
    askMany(3);
    await settle();
    granted[0]?.permit.settle(bare());
    granted[0]?.permit.settle(bare());
    await settle();
    expect(granted).toHaveLength(2);
  });

  it('keeps buckets apart', async () => {
    open();
    askMany(2);
    await governor.acquire('groups', 'scan');
    expect(granted).toHaveLength(1);
  });
});
