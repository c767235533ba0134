import { afterEach, describe, expect, it } from 'vitest';
import { startEmulators } from '../../emulators/start.ts';
import { context } from '../unit/connectors/support/harness.ts';
import { emulatedHarness } from '../unit/connectors/support/emulated.ts';
import type { Quota } from '../../src/connectors/rate-limit/types.ts';
import type { RunningEmulators } from '../../emulators/start.ts';

let emulators: RunningEmulators | null = null;
afterEach(() => emulators?.close());

/** Makes `calls` calls from twenty concurrent callers. */
async function scan(quota: Quota, rateLimit: number, calls: number) {
  emulators = await startEmulators({ profile: 'plain', users: 20, rateLimit, windowMs: 2_000 });
  const { connectors, events } = emulatedHarness(emulators.document, { quota });
  const ids = emulators.okta.present().map(({ id }) => id);
  let begun = 0;
  const work = async (): Promise<void> => {
    while (begun < calls) {
      const userId = ids[begun++ % ids.length] ?? '';
      await connectors.okta('users:read_factors', { userId }, context());
    }
  };
  await Promise.all(Array.from({ length: 20 }, work));
  const [bucket] = emulators.limiter.statistics();
  return { bucket, events };
}

describe('twenty concurrent callers over real HTTP', () => {
  it('use the whole bucket over several windows without a 429', async () => {
    const { bucket, events } = await scan(
      { share: 1, reserve: 0, warningThreshold: false },
      60,
      150,
    );
    expect(bucket).toMatchObject({ served: 150, throttled: 0, windows: 3, leastRemaining: 0 });
    expect(events.filter(({ throttled }) => throttled)).toEqual([]);
    expect(events).toHaveLength(150);
  });

  it('leave the default share of the bucket to other clients', async () => {
    const { bucket } = await scan({ share: 0.5, reserve: 5, warningThreshold: true }, 60, 50);
    expect(bucket).toMatchObject({ served: 50, throttled: 0, leastRemaining: 35 });
  });
});
