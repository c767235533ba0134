/**
 * How long a sync of a whole organisation takes beside what the rate limit allows, and what it
 * costs.
 */
import { sync } from '../test/support/okta-sync.ts';
import { latencyMs } from './support/okta-latency.ts';
import type { BenchOptions, BenchResult, BenchTable } from './support/result.ts';
import { measureSync } from './support/sync-figures.ts';
import type { SyncFigures, SyncPlan } from './support/sync-figures.ts';

const USERS = 100_000;
/** What memory at the largest size is compared with. */
const BASE = 10_000;
const APPS = 5_000;
const LIMIT = 600;
/** Where fewer windows go by, what is not waiting for the limit weighs more than it would. */
const LONG_ENOUGH = 10;

/** Syncs a small organisation and the large one, each on a stack of its own. */
export async function bench({
  users = USERS,
  windowMs = 6_000,
}: BenchOptions): Promise<BenchResult> {
  const figures: SyncFigures[] = [];
  for (const size of users > BASE ? [BASE, users] : [users]) {
    console.error(`sync: ${size} users`);
    figures.push(await measureSync(planOf(size, windowMs), (arx) => sync(arx)));
  }
  return {
    name: 'sync',
    about: about(windowMs),
    tables: [timeTable(figures), bucketTable(figures), costTable(figures), searchTable(figures)],
    goals: goalsOf(figures),
  };
}

const planOf = (users: number, windowMs: number): SyncPlan => ({
  users,
  apps: APPS,
  groups: Math.max(1, Math.min(1_000, Math.ceil(users / 100))),
  limit: LIMIT,
  windowMs,
  latencyMs: latencyMs(windowMs),
});

const about = (windowMs: number): string =>
  [
    `One worker syncs an emulated organisation with ${APPS} apps, a group for every hundred users (at most 1,000) and two`,
    `groups a user: all four streams, facts, gaps and search index, from the start of the workflow to its result.`,
    `Okta allows ${LIMIT} requests a bucket in a window of ${windowMs} ms${windowMs < 60_000 ? " (Okta's: 60,000)" : ''}`,
    `and answers in ${latencyMs(windowMs)} ms; arx may use all of it. The floor is the largest over the buckets of`,
    '(⌈calls ÷ limit⌉ − 1) windows. PostgreSQL has its own defaults. A second sync, without limit, finds nothing changed.',
    'Searches are asked of the store, first those that nobody asked before; memory is that of the worker process.',
  ].join(' ');

const timeTable = (all: readonly SyncFigures[]): BenchTable => ({
  title: 'Time',
  columns: [
    'users',
    'apps',
    'groups',
    'calls',
    '429s',
    'floor, s',
    'total, s',
    'total ÷ floor',
    'of it judging, s',
  ],
  rows: all.map(({ users, apps, groups, calls, throttled, floorMs, totalMs, judgingMs }) => [
    ...[users, apps, groups, calls, throttled, floorMs / 1_000, totalMs / 1_000],
    floorMs === 0 ? null : totalMs / floorMs,
    judgingMs / 1_000,
  ]),
});

const bucketTable = (all: readonly SyncFigures[]): BenchTable => ({
  title: 'Calls by bucket',
  columns: ['users', 'bucket', 'calls', 'windows'],
  rows: all.flatMap(({ users, buckets }) =>
    buckets.map(({ name, served, windows }) => [users, name, served, windows]),
  ),
});

const costTable = (all: readonly SyncFigures[]): BenchTable => ({
  title: 'Worker',
  columns: [
    'users',
    'memory when ready, MB',
    'peak, MB',
    'CPU, s',
    'second sync, s',
    'facts changed by it',
  ],
  rows: all.map(({ users, memory, cpuSeconds, second }) => [
    ...[users, memory?.readyMb ?? null, memory?.peakMb ?? null, cpuSeconds, second.totalMs / 1_000],
    second.factsChanged,
  ]),
});

const searchTable = (all: readonly SyncFigures[]): BenchTable => ({
  title: 'Search, ms',
  columns: ['users', 'first question', 'median', '95th percentile', 'slowest first of its kind'],
  rows: all.map(({ users, search }) => [
    users,
    search.first,
    search.median,
    search.p95,
    search.slowestFirst,
  ]),
});

function goalsOf(all: readonly SyncFigures[]): BenchResult['goals'] {
  const [base, largest] = [all[0], all.at(-1)];
  if (!base || !largest) return [];
  const long = largest.floorMs >= LONG_ENOUGH * largest.windowMs;
  const [peak, basePeak] = [largest.memory?.peakMb ?? NaN, base.memory?.peakMb ?? NaN];
  return [
    ...(long
      ? [
          {
            goal: `${largest.users} users and ${APPS} apps sync within 5 % of the floor`,
            met: largest.totalMs <= largest.floorMs * 1.05,
          },
        ]
      : []),
    { goal: 'no 429', met: all.every(({ throttled }) => throttled === 0) },
    {
      goal: 'a second sync changes no fact',
      met: all.every(({ second }) => second.factsChanged === 0),
    },
    ...(base === largest
      ? []
      : [
          {
            goal: `peak memory within 20 % of that at ${base.users} users`,
            met: peak <= basePeak * 1.2,
          },
        ]),
    {
      goal: 'search answers in under 50 ms, the first time too',
      met: all.every(({ search }) => Math.max(search.p95, search.slowestFirst) < 50),
    },
  ];
}
