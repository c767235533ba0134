/** One whole run of the check on a stack of its own, and everything it cost. */
import { result } from '../../src/client.ts';
import type { StartedWorkflow, TemporalLink } from '../../src/client.ts';
import { VERDICTS } from '../../src/mfa/types.ts';
import type { MainJob, WorkerProcess } from '../../test/support/main-job.ts';
import { withArx } from './arx.ts';
import type { ArxUnderTest } from './arx.ts';
import { onMeasured } from './cores.ts';
import type { CoreSplit } from './cores.ts';
import { heartbeatsOf, measuredWorker } from './heartbeats.ts';
import { chainOf, tally } from './histories.ts';
import type { Tally } from './histories.ts';
import { oktaTraffic } from './okta-traffic.ts';
import { cpuSeconds, memoryOf, watchMemory } from './process-figures.ts';
import { replayTimes } from './replay.ts';
import type { ReplayTimes } from './replay.ts';
import type { StoreKind } from './store-server.ts';
import { tableSizes } from './store-size.ts';

/** Which run to make. */
export interface ScanPlan {
  store: StoreKind;
  users: number;
  /** Users an activity. */
  batch: number;
}

const PARTS = ['worker', 'temporal', 'store'] as const;
type Part = (typeof PARTS)[number];

/** Null stands where this machine cannot tell. */
export interface ScanFigures extends ScanPlan {
  seconds: number;
  cpuSeconds: Record<Part, number | null>;
  memory: { readyMb: number; peakMb: number; medianMb: number } | null;
  oktaCalls: number;
  heartbeats: number;
  history: Tally;
  replay: ReplayTimes;
  /** Bytes that each table has grown by. */
  tables: Map<string, number>;
}

/**
 * Runs the check over `users` like people against emulators without limit. Throws where the run is
 * not complete.
 */
export async function measureScan(plan: ScanPlan, cores: CoreSplit | null): Promise<ScanFigures> {
  const { store, users, batch } = plan;
  const emulator = { profile: 'plain' as const, users, rateLimit: 0, log: null };
  const config = { tickets: { mode: 'none' }, scan: { batch } };
  return await withArx({ store, cores, emulator, config, durable: true, workers: 0 }, async (arx) =>
    measured(plan, arx, await onMeasured(cores, () => measuredWorker(arx))),
  );
}

async function measured(
  plan: ScanPlan,
  arx: ArxUnderTest,
  worker: WorkerProcess,
): Promise<ScanFigures> {
  const { databaseUrl } = arx;
  const before = { cpu: cpuOf(arx, worker), tables: await tableSizes(databaseUrl) };
  const ready = memoryOf(worker.pid);
  const watched = watchMemory(worker.pid);
  const began = performance.now();
  const started = await arx.start();
  await result(linkTo(arx), started);
  const seconds = (performance.now() - began) / 1_000;
  const cpu = cpuOf(arx, worker);
  const [seen, after] = [watched(), memoryOf(worker.pid)];
  await holds(arx, started, plan);
  const history = await tally(chainOf(arx.temporal.client, started));
  return {
    ...plan,
    seconds,
    cpuSeconds: Object.fromEntries(
      PARTS.map((part) => [part, spent(before.cpu[part], cpu[part])]),
    ) as Record<Part, number | null>,
    memory: ready &&
      after &&
      seen && { readyMb: ready.peakMb, peakMb: after.peakMb, medianMb: seen.medianMb },
    oktaCalls: (await oktaTraffic(arx)).begun,
    heartbeats: await heartbeatsOf(worker),
    history,
    replay: await replayTimes(history.largest.history),
    tables: grown(before.tables, await tableSizes(databaseUrl)),
  };
}

/** For the verbs of the client. */
export const linkTo = ({ temporal }: MainJob): TemporalLink => ({
  ...temporal,
  close: async () => {},
});

function cpuOf(
  { temporal, storePid }: ArxUnderTest,
  worker: WorkerProcess,
): Record<Part, number | null> {
  return {
    worker: cpuSeconds(worker.pid),
    temporal: cpuSeconds(temporal.pid),
    store: cpuSeconds(storePid),
  };
}

const spent = (before: number | null, after: number | null): number | null =>
  before === null || after === null ? null : after - before;

/** A figure counts only where every user has a verdict. */
async function holds(
  { store }: MainJob,
  { run }: StartedWorkflow,
  { users }: ScanPlan,
): Promise<void> {
  const record = await store.runs.get(run);
  const counts = await store.users.counts(run);
  const judged = VERDICTS.reduce(
    (sum, verdict) => (verdict === 'unknown' ? sum : sum + counts[verdict]),
    0,
  );
  if (record?.status === 'complete' && judged === users) return;
  throw new Error(`the run is ${record?.status} with ${judged} verdicts for ${users} users`);
}

function grown(before: Map<string, number>, after: Map<string, number>): Map<string, number> {
  return new Map([...after].map(([name, bytes]) => [name, bytes - (before.get(name) ?? 0)]));
}
