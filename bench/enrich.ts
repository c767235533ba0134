/**
 * How long a batch of look-ups takes beside what the quota allows, and how fast an answer that is
 * kept comes over HTTP.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { keyHash } from '../src/config/env/identity-keys.ts';
import type { BucketStatistics } from '../emulators/rate-limit.ts';
import { startServerProcess } from '../test/support/server-process.ts';
import { withArx } from './support/arx.ts';
import type { ArxUnderTest } from './support/arx.ts';
import { latencyMs } from './support/okta-latency.ts';
import { quantile } from './support/quantile.ts';
import { floorWindows } from './support/quota-math.ts';
import type { BenchOptions, BenchResult } from './support/result.ts';

const LIMIT = 600;
const ACCOUNTS = 1_000;
const RATE = 200;
const SECONDS = 10;
const OKTA_WINDOW_MS = 60_000;
const KEY = `arxk_${'b'.repeat(43)}`;
const HEADERS = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };

interface Found {
  buckets: BucketStatistics[];
  answered: number;
  /** Milliseconds of each request for an answer that is kept. */
  latencies: number[];
  failed: number;
}

/**
 * One batch of 1,000 accounts at 600 requests a window, then 200 requests a second for what is
 * kept.
 */
export async function bench({
  users: accounts = ACCOUNTS,
  windowMs = 12_000,
}: BenchOptions): Promise<BenchResult> {
  const { buckets, answered, latencies, failed } = await measure(
    Math.min(accounts, ACCOUNTS),
    windowMs,
  );
  const floorMs = Math.max(
    ...buckets.map((bucket) => floorWindows(callsOf(bucket), LIMIT) * windowMs),
  );
  const wallMs = Math.max(
    ...buckets.map(({ openedAt, lastServedAt }) => (lastServedAt ?? openedAt) - openedAt),
  );
  const throttled = buckets.reduce((sum, bucket) => sum + bucket.throttled, 0);
  const over = floorMs === 0 ? null : Math.round((wallMs / floorMs - 1) * 10_000) / 100;
  const p95 = quantile(latencies, 0.95);
  return {
    name: 'enrich',
    about: about(windowMs),
    tables: [
      {
        title: `A batch of ${accounts} accounts over HTTP`,
        columns: ['answered', 'calls', '429s', 'floor, s', 'wall, s', 'over the floor, %'],
        rows: [
          [answered, sum(buckets.map(callsOf)), throttled, floorMs / 1_000, wallMs / 1_000, over],
        ],
      },
      {
        title: 'Calls by bucket',
        columns: ['bucket', 'calls', 'windows of the floor'],
        rows: buckets.map((bucket) => [
          bucket.name,
          callsOf(bucket),
          floorWindows(callsOf(bucket), LIMIT),
        ]),
      },
      {
        title: `Answers that are kept, ${RATE} requests a second for ${SECONDS} s`,
        columns: [
          'requests',
          'failed',
          'median, ms',
          '95th percentile, ms',
          '99th, ms',
          'longest, ms',
        ],
        rows: [
          [
            latencies.length,
            failed,
            ...[0.5, 0.95, 0.99, 1].map((at) => tenths(quantile(latencies, at))),
          ],
        ],
      },
    ],
    goals: [
      { goal: 'every account is answered without an error', met: answered === accounts },
      { goal: 'no 429', met: throttled === 0 },
      {
        goal: 'the batch takes at most 5 % longer than the floor',
        met: over !== null && over <= 5,
      },
      {
        goal: 'an answer that is kept takes under 5 ms at the 95th percentile',
        met: failed === 0 && (p95 ?? 9) < 5,
      },
    ],
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((one, other) => one + other, 0);
const callsOf = ({ served, throttled }: BucketStatistics): number => served + throttled;
const tenths = (value: number | null): number | null =>
  value === null ? null : Math.round(value * 10) / 10;

function measure(accounts: number, windowMs: number): Promise<Found> {
  const config = { quota: { share: 1, reserve: 0, warning_threshold: false } };
  const emulator = {
    ...({ profile: 'plain', users: accounts, rateLimit: LIMIT } as const),
    windowMs,
    latencyMs: latencyMs(windowMs),
  };
  return withArx({ config, emulator, workers: 0 }, async (arx) => {
    const now = new Date().toISOString();
    await arx.store.keys.addAccessKey({
      name: 'b',
      hash: keyHash(KEY),
      person: null,
      createdAt: now,
      revokedAt: null,
    });
    const server = await startServerProcess(arx.env, '.');
    try {
      return await ask(arx, server.url);
    } finally {
      await server.stop();
    }
  });
}

async function ask({ emulators }: ArxUnderTest, url: string): Promise<Found> {
  const { users } = await emulators.state('users');
  const accounts = users.map(({ login }) => login);
  const dispatcher = new Agent({ connections: 50, headersTimeout: 0, bodyTimeout: 0 });
  try {
    const body = JSON.stringify({ accounts });
    const batch = await request(`${url}/v1/enrich`, {
      method: 'POST',
      headers: HEADERS,
      body,
      dispatcher,
    });
    const { results = [] } = (await batch.body.json()) as {
      results?: { okta: { found: boolean; errors: unknown[] } }[];
    };
    const answered = results.filter(({ okta }) => okta.found && okta.errors.length === 0).length;
    const { buckets } = await emulators.state('buckets');
    return { buckets, answered, ...(await askForKept(url, accounts, dispatcher)) };
  } finally {
    await dispatcher.close();
  }
}

/** Requests at an even pace; none waits for the one before. */
async function askForKept(url: string, accounts: readonly string[], dispatcher: Agent) {
  const latencies: number[] = [];
  let failed = 0;
  const one = async (at: number): Promise<void> => {
    const sent = performance.now();
    const address = `${url}/v1/enrich/account/${encodeURIComponent(accounts[at % accounts.length] ?? '')}`;
    const answer = await request(address, { headers: HEADERS, dispatcher });
    const { okta } = (await answer.body.json()) as { okta?: { cached: boolean } };
    latencies.push(performance.now() - sent);
    if (answer.statusCode !== 200 || okta?.cached !== true) failed += 1;
  };
  // Connections are open and code is compiled when it counts.
  await Promise.all(Array.from({ length: RATE }, (_, at) => one(at)));
  latencies.length = 0;
  const started = performance.now();
  const running: Promise<void>[] = [];
  for (let at = 0; at < RATE * SECONDS; at += 1) {
    const wait = started + (at * 1_000) / RATE - performance.now();
    if (wait > 0) await delay(wait);
    running.push(one(at));
  }
  await Promise.all(running);
  return { latencies, failed };
}

const about = (windowMs: number): string =>
  [
    `The HTTP server of arx over PostgreSQL, an emulated Okta with ${LIMIT} requests a bucket and window of ${windowMs} ms that answers in ${latencyMs(windowMs)} ms, with share 1, reserve 0, no warning threshold.`,
    'The batch is one request for all accounts, of which nothing is kept yet. Its floor is the largest over the buckets: whole windows that must go by before the last call can be made; the wall is from the start of the first window to the last call, by the emulated clock.',
    'The answers that are kept are asked for by one key, at an even pace that no answer holds up, by another process; each is read from the store.',
    ...(windowMs < OKTA_WINDOW_MS ? ['The window is compressed.'] : []),
  ].join(' ');
