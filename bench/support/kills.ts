import { setTimeout as delay } from 'node:timers/promises';
import type { StartedWorkflow } from '../../src/client.ts';
import type { WorkerProcess } from '../../test/support/main-job.ts';
import { withArx } from './arx.ts';
import type { ArxUnderTest } from './arx.ts';
import { heartbeatsOf, measuredWorker } from './heartbeats.ts';
import { activitySpans, chainOf } from './histories.ts';
import type { ActivitySpan } from './histories.ts';
import { callsBeyond, oktaTraffic } from './okta-traffic.ts';

/** Seconds from each kill; and the heartbeats of a while without kills. */
export interface Recoveries {
  untilReady: number[];
  untilCall: number[];
  untilCompleted: number[];
  heartbeats: number;
  activityMinutes: number;
}

/** More than can be checked meanwhile: the scan is ended, it does not come to its end. */
const USERS = 30_000;
const ANSWER_MS = 500;
const QUIET_MS = 30_000;
/**
 * After the death of a worker its requests may still be on their way to the emulator for a moment.
 */
const SETTLED_MS = 100;

/**
 * Kills the only worker so many times in the middle of one scan, each time once it has gone on for
 * a while.
 */
export async function killInTheMiddle(kills: number): Promise<Recoveries> {
  const emulator = { profile: 'plain' as const, users: USERS, rateLimit: 0 };
  const config = { tickets: { mode: 'none' }, scan: { batch: 100 } };
  return await withArx({ emulator, config, durable: true, workers: 0 }, async (arx) => {
    let worker = await measuredWorker(arx);
    const started = await arx.start();
    await arx.emulators.fault({
      vendor: 'okta',
      pathPattern: '/factors',
      kind: 'latency',
      ms: ANSWER_MS,
    });
    const quiet = await heartbeatsOver(arx, worker);
    const killed: Killed[] = [];
    for (let kill = 0; kill < kills; kill += 1) {
      await callsBeyond(arx, (await oktaTraffic(arx)).begun + 50);
      await delay(phaseMs(kill));
      const one = await killAndReplace(arx, worker);
      console.error(
        `recovery: kill ${kill + 1} of ${kills}: ${(one.calledAt - one.at) / 1_000} s to the next call`,
      );
      ({ worker } = one);
      killed.push(one);
    }
    const spans = await spansBeyond(arx, started, killed.at(-1)?.at ?? 0);
    await arx.temporal.client.workflow
      .getHandle(started.workflowId)
      .terminate('the measurement is over');
    return {
      untilReady: killed.map(({ at, readyAt }) => (readyAt - at) / 1_000),
      untilCall: killed.map(({ at, calledAt }) => (calledAt - at) / 1_000),
      untilCompleted: killed.map(({ at }) => ((nextEnd(spans, at) ?? NaN) - at) / 1_000),
      heartbeats: quiet.heartbeats,
      activityMinutes: minutesWithin(spans, quiet),
    };
  });
}

/**
 * So that kills fall at different times between two heartbeats: 2 to 7 s, spread by the golden
 * ratio.
 */
const phaseMs = (kill: number): number => 2_000 + 5_000 * ((kill * 0.618034) % 1);

interface Killed {
  worker: WorkerProcess;
  at: number;
  calledAt: number;
  readyAt: number;
}

async function killAndReplace(arx: ArxUnderTest, worker: WorkerProcess): Promise<Killed> {
  const at = Date.now();
  await worker.kill();
  const replacing = measuredWorker(arx).then((next) => ({ next, readyAt: Date.now() }));
  await delay(SETTLED_MS);
  const [calledAt, { next, readyAt }] = await Promise.all([
    callsBeyond(arx, (await oktaTraffic(arx)).begun),
    replacing,
  ]);
  return { worker: next, at, calledAt, readyAt };
}

interface Quiet {
  from: number;
  to: number;
  heartbeats: number;
}

async function heartbeatsOver(arx: ArxUnderTest, worker: WorkerProcess): Promise<Quiet> {
  await callsBeyond(arx, (await oktaTraffic(arx)).begun + 200);
  const [from, before] = [Date.now(), await heartbeatsOf(worker)];
  await delay(QUIET_MS);
  return { from, to: Date.now(), heartbeats: (await heartbeatsOf(worker)) - before };
}

/** Minutes of checks within a span of time, those that went on at its end included. */
function minutesWithin(spans: readonly ActivitySpan[], { from, to }: Quiet): number {
  const overlap = ({ scheduledAt, endedAt }: ActivitySpan): number =>
    Math.max(0, Math.min(endedAt ?? to, to) - Math.max(scheduledAt, from));
  return spans.reduce((sum, span) => sum + overlap(span), 0) / 60_000;
}

function nextEnd(spans: readonly ActivitySpan[], after: number): number | null {
  const ends = spans.flatMap(({ endedAt }) =>
    endedAt !== null && endedAt > after ? [endedAt] : [],
  );
  return ends.length === 0 ? null : Math.min(...ends);
}

/** All activities, as soon as one has completed after `at`. */
async function spansBeyond(
  arx: ArxUnderTest,
  started: StartedWorkflow,
  at: number,
): Promise<ActivitySpan[]> {
  for (const deadline = Date.now() + 120_000; Date.now() < deadline; await delay(500)) {
    const spans = await activitySpans(chainOf(arx.temporal.client, started));
    if (nextEnd(spans, at) !== null) return spans;
  }
  throw new Error('no activity was completed within two minutes of the last kill');
}
