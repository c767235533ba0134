import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmulatorProcess } from '../../support/emulators.ts';
import type { EmulatorProcess } from '../../support/emulators.ts';
import { oktaCalls } from '../../support/vendor-calls.ts';
import type { PlainCall } from '../../support/vendor-calls.ts';

const LATENCY_MS = 800;
let emulators: EmulatorProcess;
let okta: PlainCall;

beforeAll(async () => {
  const options = {
    profile: 'plain',
    users: 5,
    rateLimit: 4,
    windowMs: 60_000,
    windowStart: 'request',
  } as const;
  emulators = await startEmulatorProcess({
    ...options,
    resetRounding: 'down',
    latencyMs: LATENCY_MS,
    log: null,
  });
  okta = oktaCalls(emulators.document);
});
afterAll(() => emulators.stop());

describe('emulators without a log, with latency and windows that begin with their first request', () => {
  it('delay requests independently of each other, and count all of them', async () => {
    const started = Date.now();
    const calls = Array.from({ length: 6 }, () => okta('GET', '/api/v1/users?limit=1'));
    const idle = { jira: 0, slack: 0, entra: 0, google: 0, salesforce: 0 };
    await expect
      .poll(async () => (await emulators.statistics()).inFlight)
      .toEqual({ okta: 6, ...idle });
    const answers = await Promise.all(calls);
    const elapsed = Date.now() - started;
    expect(elapsed).toBeGreaterThanOrEqual(LATENCY_MS - 2);
    expect(elapsed).toBeLessThan(6 * LATENCY_MS);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 429, 429]);

    await expect.poll(async () => (await emulators.statistics()).inFlight.okta).toBe(0);
    const { at, operations, buckets } = await emulators.statistics();
    expect(operations).toEqual([
      { vendor: 'okta', operation: 'users:read', begun: 6, answered: 6, cut: 0 },
    ]);
    const [bucket] = buckets;
    expect(bucket).toMatchObject({ name: '/api/v1/users', requests: 6 });
    expect(bucket?.windows).toEqual([
      {
        startedAt: bucket?.firstRequestAt,
        endsAt: (bucket?.firstRequestAt ?? 0) + 60_000,
        limit: 4,
        served: 4,
        throttled: 2,
        leastRemaining: 0,
      },
    ]);
    expect(bucket?.firstRequestAt).toBeGreaterThanOrEqual(started);
    expect(bucket?.lastRequestAt).toBeLessThanOrEqual(at);
    const resets = answers.map(({ headers }) => Number(headers.get('x-rate-limit-reset')));
    expect(new Set(resets)).toEqual(
      new Set([Math.floor((bucket?.windows[0]?.endsAt ?? 0) / 1000)]),
    );
  });

  it('date an answer when it is sent', async () => {
    await emulators.oktaSettings({ latencyMs: 1100 });
    const started = Date.now();
    const { headers } = await okta('GET', '/api/v1/groups');
    const date = Date.parse(headers.get('date') ?? '');
    await emulators.oktaSettings({ latencyMs: 0 });
    expect(date).toBeGreaterThan(started);
    expect(date).toBeLessThanOrEqual(Date.now());
  });

  it('keep no log, neither in a file nor in memory', async () => {
    expect(emulators.document.acceptLog).toBeNull();
    expect(await emulators.log()).toEqual([]);
    expect(existsSync('none')).toBe(false);
  });
});
