/** Two syncs on a stack of its own, and everything the first one cost. */
import type { BucketStatistics } from '../../emulators/rate-limit.ts';
import type { OktaSyncResult } from '../../src/workflows/messages.ts';
import type { MainJob } from '../../test/support/main-job.ts';
import { withArx } from './arx.ts';
import type { ArxUnderTest } from './arx.ts';
import { cpuSeconds, memoryOf } from './process-figures.ts';
import { quantile } from './quantile.ts';
import { floorWindows } from './quota-math.ts';

/** Which organisation to sync, and what its Okta allows. */
export interface SyncPlan {
  users: number;
  apps: number;
  groups: number;
  /** Requests a bucket and window. */
  limit: number;
  windowMs: number;
  latencyMs: number;
}

/** Times in milliseconds; null stands where this machine cannot tell. */
export interface SyncFigures extends SyncPlan {
  calls: number;
  throttled: number;
  floorMs: number;
  totalMs: number;
  /** From the last call to the result. */
  judgingMs: number;
  buckets: BucketStatistics[];
  memory: { readyMb: number; peakMb: number } | null;
  cpuSeconds: number | null;
  search: { first: number; median: number; p95: number; slowestFirst: number };
  second: { totalMs: number; factsChanged: number };
}

type RunSync = (job: MainJob) => Promise<OktaSyncResult>;

const QUESTIONS = [
  'user00042',
  'app 4999',
  'group 7',
  'no such thing',
  'user_no_mfa',
  'plain.example',
  'sso_apps',
];
const TIMES = 20;
const NO_LIMIT = 1_000_000;

/** Throws where a sync is not complete. */
export async function measureSync(plan: SyncPlan, run: RunSync): Promise<SyncFigures> {
  const { users, apps, groups, limit: rateLimit, windowMs, latencyMs } = plan;
  const emulator = {
    profile: 'plain',
    users,
    apps,
    groups,
    rateLimit,
    windowMs,
    latencyMs,
    log: null,
  } as const;
  return await withArx({ emulator, durable: true }, (arx) => measured(plan, arx, run));
}

async function measured(plan: SyncPlan, arx: ArxUnderTest, run: RunSync): Promise<SyncFigures> {
  const pid = arx.workers[0]?.pid ?? 0;
  const [ready, cpu] = [memoryOf(pid), cpuSeconds(pid)];
  const began = Date.now();
  const first = await whole(arx, run);
  const ended = Date.now();
  const [after, spent] = [memoryOf(pid), cpuSeconds(pid)];
  const { buckets } = await arx.emulators.state('buckets');
  const sum = (of: 'served' | 'throttled'): number =>
    buckets.reduce((total, bucket) => total + bucket[of], 0);
  const windows = Math.max(...buckets.map(({ served }) => floorWindows(served, plan.limit)));
  const search = await searched(arx, first.org);
  await arx.emulators.oktaSettings({ rateLimit: NO_LIMIT, latencyMs: 0 });
  return {
    ...plan,
    calls: sum('served'),
    throttled: sum('throttled'),
    floorMs: windows * plan.windowMs,
    totalMs: ended - began,
    judgingMs: ended - Math.max(...buckets.map(({ lastServedAt }) => lastServedAt ?? began)),
    buckets,
    memory: ready && after && { readyMb: ready.peakMb, peakMb: after.peakMb },
    cpuSeconds: cpu === null || spent === null ? null : spent - cpu,
    search,
    second: await again(arx, run, first),
  };
}

async function whole(arx: ArxUnderTest, run: RunSync): Promise<OktaSyncResult> {
  const result = await run(arx);
  if (result.status === 'complete') return result;
  throw new Error(`the sync is ${result.status}: ${JSON.stringify(result.streams)}`);
}

async function again(
  arx: ArxUnderTest,
  run: RunSync,
  { facts }: OktaSyncResult,
): Promise<SyncFigures['second']> {
  const began = Date.now();
  const second = await whole(arx, run);
  const before = new Map(facts.map(({ key, value }) => [key, value]));
  const factsChanged = second.facts.filter(({ key, value }) => before.get(key) !== value).length;
  return { totalMs: Date.now() - began, factsChanged };
}

/** Each question several times; the first time of each stands apart. */
async function searched({ store }: MainJob, org: string): Promise<SyncFigures['search']> {
  const asked: number[][] = [];
  for (const question of QUESTIONS) {
    const times: number[] = [];
    for (let time = 0; time < TIMES; time += 1) {
      const began = performance.now();
      await store.twin.search.find(org, question, 20);
      times.push(performance.now() - began);
    }
    asked.push(times);
  }
  const [firsts, all] = [asked.map(([first = 0]) => first), asked.flat()];
  return {
    first: firsts[0] ?? 0,
    median: quantile(all, 0.5) ?? 0,
    p95: quantile(all, 0.95) ?? 0,
    slowestFirst: Math.max(...firsts),
  };
}
