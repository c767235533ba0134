/** How long a person's look-up waits while a scan uses up the quota. */
import { setTimeout as delay } from 'node:timers/promises';
import type { WindowStatistics } from '../emulators/rate-limit.ts';
import type { LogEntry } from '../emulators/types.ts';
import type { LookUpJob, LookUpResult } from './processes/look-ups.ts';
import { withArx } from './support/arx.ts';
import type { ArxUnderTest } from './support/arx.ts';
import { startChild } from './support/child.ts';
import { USERS_BUCKET, usersBucket, usersToFill } from './support/contestants.ts';
import { latencyMs } from './support/okta-latency.ts';
import { quantile } from './support/quantile.ts';
import { callsFor, floorWindows } from './support/quota-math.ts';
import type { BenchOptions, BenchResult } from './support/result.ts';
import { shareOfFullWindows } from './support/windows.ts';
import { runWithin } from './support/deadline.ts';

const LIMIT = 300;
const RESERVE = 5;
const OKTA_WINDOW_MS = 60_000;
const EVERY_MS = 15_000;
const SCAN = ['users:read', 'users:read_factors'];

interface Sizes {
  windows: number;
  windowMs: number;
}

interface Found extends LookUpResult {
  users: number;
  wallMs: number;
  throttled: number;
  /** Of all calls in the bucket, oldest first. */
  log: LogEntry[];
  windows: WindowStatistics[];
}

/**
 * One scan at 300 requests a window with a reserve of 5, and a look-up every quarter of a window.
 */
export async function bench({
  windows = 20,
  windowMs = 6_000,
}: BenchOptions): Promise<BenchResult> {
  const sizes = { windows, windowMs };
  const found = await measure(sizes);
  const p95 = quantile(found.waits, 0.95);
  const { used, inFullWindows } = usedByScan(found, sizes);
  return {
    name: 'interactive',
    about: about(sizes),
    tables: [
      {
        title: `A look-up every ${everyMs(windowMs) / 1_000} s during a scan of ${found.users} users`,
        columns: ['look-ups', 'median wait, ms', '95th percentile, ms', 'longest, ms', 'failed'],
        rows: [
          [
            found.waits.length,
            ...[0.5, 0.95, 1].map((at) => ms(quantile(found.waits, at))),
            found.failed,
          ],
        ],
      },
      {
        title: 'The scan meanwhile',
        columns: [
          'calls',
          '429s',
          'wall, s',
          'quota used, % (floor ÷ wall)',
          'scan calls ÷ limit in whole windows, %',
        ],
        rows: [
          [
            scanCalls(found),
            found.throttled,
            found.wallMs / 1_000,
            percent(used),
            percent(inFullWindows),
          ],
        ],
      },
    ],
    goals: [
      {
        goal: 'look-ups wait 1 s at most at the 95th percentile, none fails',
        met: (p95 ?? Infinity) <= 1_000 && found.failed === 0,
      },
      {
        goal: 'the scan uses at least 96 % of the quota, by either figure',
        met: Math.min(used ?? 0, inFullWindows ?? 0) >= 0.96,
      },
      { goal: 'no 429', met: found.throttled === 0 },
    ],
  };
}

const everyMs = (windowMs: number): number => (EVERY_MS * windowMs) / OKTA_WINDOW_MS;

function measure({ windows, windowMs }: Sizes): Promise<Found> {
  const users = usersToFill(windows, LIMIT);
  const config = {
    quota: { share: 1, reserve: RESERVE, warning_threshold: false },
    tickets: { mode: 'none' },
  };
  const emulator = {
    profile: 'plain',
    users,
    rateLimit: LIMIT,
    windowMs,
    latencyMs: latencyMs(windowMs),
  } as const;
  return withArx({ config, emulator }, async (arx) => {
    const lookedUp = await scanWithLookUps(arx, { windows, windowMs });
    const { openedAt, throttled } = await usersBucket(arx.emulators);
    const { buckets } = await arx.emulators.statistics();
    const bucketWindows = buckets.find(({ name }) => name === USERS_BUCKET)?.windows ?? [];
    const log = (await arx.emulators.log({ vendor: 'okta' })).filter(({ path }) =>
      path.startsWith('/api/v1/users'),
    );
    const last = log.findLast(({ operation }) => SCAN.includes(operation));
    return {
      ...lookedUp,
      users,
      throttled,
      log,
      windows: bucketWindows,
      wallMs: Date.parse(last?.at ?? '') - openedAt,
    };
  });
}

/** Look-ups begin when the scan has opened the first window, and end with the scan. */
async function scanWithLookUps(
  arx: ArxUnderTest,
  { windows, windowMs }: Sizes,
): Promise<LookUpResult> {
  const { users } = await arx.emulators.state('users');
  const job: LookUpJob = { userIds: users.map(({ id }) => id), everyMs: everyMs(windowMs) };
  const child = startChild<LookUpResult>('look-ups.ts', job, arx.env);
  try {
    await child.ready;
    const scan = runWithin(arx, windows * windowMs);
    const begun = scanBegins(arx).then(() => child.tell('begin'));
    await Promise.all([scan, begun]);
    child.finish();
    return await child.finished;
  } catch (error) {
    child.kill();
    throw error;
  }
}

async function scanBegins({ emulators }: ArxUnderTest): Promise<void> {
  while ((await emulators.state('buckets')).buckets.length === 0) await delay(50);
}

const scanCalls = ({ log }: Found): number =>
  log.filter(({ operation }) => SCAN.includes(operation)).length;

function usedByScan({ users, wallMs, log, windows }: Found, { windowMs }: Sizes) {
  return {
    used: (floorWindows(callsFor(users), LIMIT) * windowMs) / wallMs,
    inFullWindows: shareOfFullWindows(log, SCAN, windows),
  };
}

const ms = (value: number | null): number | null => (value === null ? null : Math.round(value));
const percent = (share: number | null): number | null =>
  share === null ? null : Math.round(share * 10_000) / 100;

const about = ({ windows, windowMs }: Sizes): string =>
  [
    `A whole-org scan by one worker over ${windows} windows of ${LIMIT} requests and ${windowMs} ms, an answer in ${latencyMs(windowMs)} ms, with share 1, reserve ${RESERVE}, no warning threshold.`,
    'The look-ups (`users:read_detail` with priority interactive) come from a process of their own, which has Okta behind the governed pipeline as the HTTP server of arx has it: the same store, policies, audit and knowledge of the rate limits.',
    'A wait is from asking to the answer in hand with its audit entries written; it includes the time Okta takes.',
    ...(windowMs < OKTA_WINDOW_MS
      ? [
          'The window is compressed, and the look-ups come as much more often; what they wait is not scaled.',
        ]
      : []),
    "The scan's share is also given as its calls in whole windows: there it can't gain from a last window that is not full.",
  ].join(' ');
