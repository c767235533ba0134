import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createGovernor,
  memoryBucketStore,
} from '../../../../src/connectors/rate-limit/governor.ts';
import { FakeClock } from '../support/clock.ts';
import { assertProperty } from '../../../support/properties.ts';
import type {
  BucketStore,
  Governor,
  Settlement,
} from '../../../../src/connectors/rate-limit/types.ts';

interface Shape {
  limit: number;
  windowMs: number;
  /** Processes, each with its own governor on the shared store. */
  processes: number;
  workers: number;
  calls: number;
  /** Milliseconds within a second on the vendor's clock when ours starts. */
  phase: number;
  /** The offset of the vendor's clock from ours. */
  skew: number;
  /** How the reset header is rounded to seconds. */
  rounding: 'floor' | 'ceil';
  /**
   * Whether windows begin exactly with a request, at the whole second before it, or follow one
   * another on the vendor's clock.
   */
  begins: 'request' | 'second' | 'grid';
  latency: (call: number) => number;
}

/** A bucket as in Okta: windows of a minute, not aligned with the minutes of the clock. */
class Vendor {
  readonly #shape: Shape;
  #startedAt = -Infinity;
  #used = 0;
  throttled = 0;

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  take(at: number): Settlement {
    const { limit, windowMs, phase, skew, rounding } = this.#shape;
    const now = 1_767_600_000_000 + phase + skew + at;
    if (now >= this.#startedAt + windowMs) [this.#startedAt, this.#used] = [this.#start(now), 0];
    this.#used += 1;
    const refused = this.#used > limit;
    if (refused) this.throttled += 1;
    return {
      status: refused ? 429 : 200,
      headers: new Headers({
        date: new Date(now).toUTCString(),
        'x-rate-limit-limit': String(limit),
        'x-rate-limit-remaining': String(Math.max(0, limit - this.#used)),
        'x-rate-limit-reset': String(Math[rounding]((this.#startedAt + windowMs) / 1000)),
      }),
    };
  }

  #start(now: number): number {
    const { begins, windowMs } = this.#shape;
    return { request: now, second: now - (now % 1_000), grid: now - ((now - 12_345) % windowMs) }[
      begins
    ];
  }
}

/**
 * Runs `calls` calls from `workers` concurrent callers; time passes only on the simulated clock.
 */
async function simulate(shape: Shape): Promise<{ throttled: number; ms: number }> {
  const clock = new FakeClock();
  const vendor = new Vendor(shape);
  const store = remoteStore(clock);
  const quota = { share: 1, reserve: 0, warningThreshold: false };
  const governors = Array.from({ length: shape.processes }, () =>
    createGovernor({ quota, clock, maxInFlight: 1_000, store }),
  );
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => void clock.after(ms, resolve));
  let begun = 0;
  let done = 0;
  const work = async (governor: Governor): Promise<void> => {
    while (begun < shape.calls) {
      const call = begun++;
      const permit = await governor.acquire('users', 'scan');
      await wait(shape.latency(call) / 2);
      const settlement = vendor.take(clock.now());
      await wait(shape.latency(call) / 2);
      permit.settle(settlement);
      done += 1;
    }
  };
  for (let worker = 0; worker < shape.workers; worker += 1) {
    void work(governors[worker % governors.length] as Governor);
  }
  await clock.run(Infinity, () => done < shape.calls);
  return { throttled: vendor.throttled, ms: clock.now() };
}

/** A store that takes a few milliseconds to reach, as a database does. */
function remoteStore(clock: FakeClock): BucketStore {
  const store = memoryBucketStore(clock);
  const pass = (ms: number): Promise<void> =>
    new Promise((resolve) => void clock.after(ms, resolve));
  return {
    now: () => store.now(),
    change: async (bucket, step) => {
      await pass(3);
      const result = await store.change(bucket, step);
      await pass(2);
      return result;
    },
  };
}

const noisy = (seed: number) => (call: number) => 20 + (((call + seed) * 7919) % 160);

describe('the governor against a simulated bucket', () => {
  it('gets no 429, whatever the limit, the number of callers, the clocks and the rounding', async () => {
    const shapes = fc.record({
      limit: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 61, max: 300 })),
      windowMs: fc.constantFrom(60_000, 10_000),
      processes: fc.integer({ min: 1, max: 3 }),
      workers: fc.integer({ min: 1, max: 30 }),
      calls: fc.integer({ min: 1, max: 900 }),
      phase: fc.integer({ min: 0, max: 999 }),
      skew: fc.integer({ min: -3_600_000, max: 3_600_000 }),
      rounding: fc.constantFrom('floor' as const, 'ceil' as const),
      begins: fc.constantFrom('request' as const, 'second' as const),
      latency: fc.integer({ min: 0, max: 1_000 }).map(noisy),
    });
    await assertProperty(
      fc.asyncProperty(shapes, async (shape) => {
        expect((await simulate(shape)).throttled).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('gets no 429 if windows of a minute follow the clock', async () => {
    const shapes = fc.record({
      limit: fc.integer({ min: 1, max: 300 }),
      workers: fc.integer({ min: 1, max: 30 }),
      calls: fc.integer({ min: 1, max: 900 }),
      phase: fc.integer({ min: 0, max: 59_999 }),
      rounding: fc.constantFrom('floor' as const, 'ceil' as const),
      latency: fc.integer({ min: 0, max: 1_000 }).map(noisy),
    });
    const fixed = { windowMs: 60_000, processes: 1, skew: 0, begins: 'grid' as const };
    await assertProperty(
      fc.asyncProperty(shapes, async (shape) => {
        expect((await simulate({ ...shape, ...fixed })).throttled).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  const cases = [60_000, 12_000].flatMap((windowMs) =>
    (['request', 'second'] as const).flatMap((begins) =>
      (['floor', 'ceil'] as const).flatMap((rounding) =>
        [1, 3].map((processes) => ({ windowMs, begins, rounding, processes })),
      ),
    ),
  );
  it.each(cases)(
    'uses at least 98 %% of the quota: windows of $windowMs ms from the $begins, reset by $rounding, $processes processes',
    async ({ windowMs, begins, rounding, processes }) => {
      const limit = 300;
      const calls = limit * 20 + 31;
      const clocks = { phase: 700, skew: 5_000, latency: () => 10 };
      const shape: Shape = {
        limit,
        calls,
        workers: 20,
        windowMs,
        begins,
        rounding,
        processes,
        ...clocks,
      };
      const { throttled, ms } = await simulate(shape);
      expect(throttled).toBe(0);
      expect(((Math.ceil(calls / limit) - 1) * windowMs) / ms).toBeGreaterThanOrEqual(0.98);
    },
  );
});
