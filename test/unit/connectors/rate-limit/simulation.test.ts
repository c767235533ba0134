import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGovernor } from '../../../../src/connectors/rate-limit/governor.ts';
import { FakeClock } from '../support/clock.ts';
import type { Settlement } from '../../../../src/connectors/rate-limit/types.ts';

const WINDOW_MS = 60_000;

interface Shape {
  limit: number;
  workers: number;
  calls: number;
  /** Where in a second the vendor's clock stands when ours begins. */
  phase: number;
  /** The vendor's clock against ours. */
  skew: number;
  /** How the reset header is rounded to seconds. */
  rounding: 'floor' | 'ceil';
  /** Windows follow one another on the vendor's clock, instead of beginning with a request. */
  grid: boolean;
  latency: (call: number) => number;
}

/** A bucket as Okta counts: windows of a minute, not aligned to the minutes of the clock. */
class Vendor {
  readonly #shape: Shape;
  #startedAt = -Infinity;
  #used = 0;
  throttled = 0;

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  take(at: number): Settlement {
    const { limit, phase, skew, rounding } = this.#shape;
    const now = 1_767_600_000_000 + phase + skew + at;
    const start = this.#shape.grid ? now - ((now - 12_345) % WINDOW_MS) : now;
    if (now >= this.#startedAt + WINDOW_MS) [this.#startedAt, this.#used] = [start, 0];
    this.#used += 1;
    const refused = this.#used > limit;
    if (refused) this.throttled += 1;
    return {
      status: refused ? 429 : 200,
      headers: new Headers({
        date: new Date(now).toUTCString(),
        'x-rate-limit-limit': String(limit),
        'x-rate-limit-remaining': String(Math.max(0, limit - this.#used)),
        'x-rate-limit-reset': String(Math[rounding]((this.#startedAt + WINDOW_MS) / 1000)),
      }),
    };
  }
}

/** Runs `calls` calls by `workers` at once; time passes only in the clock. */
async function simulate(shape: Shape): Promise<{ throttled: number; ms: number }> {
  const clock = new FakeClock();
  const vendor = new Vendor(shape);
  const governor = createGovernor({
    quota: { share: 1, reserve: 0, warningThreshold: false },
    clock,
    maxInFlight: 1_000,
  });
  const wait = (ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve));
  let begun = 0;
  let done = 0;
  const work = async (): Promise<void> => {
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
  for (let worker = 0; worker < shape.workers; worker += 1) void work();
  await clock.run(Infinity, () => done < shape.calls);
  return { throttled: vendor.throttled, ms: clock.now() };
}

const noisy = (seed: number) => (call: number) => 20 + (((call + seed) * 7919) % 160);

describe('the governor against a simulated bucket', () => {
  it('meets no 429, whatever the limit, the number of callers, the clocks and the rounding', async () => {
    const shapes = fc.record({
      limit: fc.integer({ min: 1, max: 60 }),
      workers: fc.integer({ min: 1, max: 30 }),
      calls: fc.integer({ min: 1, max: 150 }),
      phase: fc.integer({ min: 0, max: 999 }),
      skew: fc.integer({ min: -3_600_000, max: 3_600_000 }),
      rounding: fc.constantFrom('floor' as const, 'ceil' as const),
      grid: fc.boolean(),
      latency: fc.integer({ min: 0, max: 1_000 }).map(noisy),
    });
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        expect((await simulate(shape)).throttled).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['floor', 700],
    ['ceil', 300],
  ] as const)('uses at least 98 %% of what the quota allows (reset header rounded by %s)', async (rounding, phase) => {
    const limit = 300;
    const calls = limit * 20;
    const shape: Shape = { limit, calls, workers: 20, phase, skew: 5_000, rounding, grid: false, latency: () => 20 };
    const { throttled, ms } = await simulate(shape);
    const floor = (calls / limit - 1) * WINDOW_MS;
    expect(throttled).toBe(0);
    expect(floor / ms).toBeGreaterThanOrEqual(0.98);
  });
});
