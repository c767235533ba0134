import { setTimeout as delay } from 'node:timers/promises';
import { result } from '../../src/client.ts';
import { withArx } from './arx.ts';
import type { ArxUnderTest } from './arx.ts';
import { callsBeyond, oktaTraffic } from './okta-traffic.ts';
import { linkTo } from './scan-figures.ts';
import { floorOf } from './scan-tables.ts';

/** A whole scan under kills, in calls. */
export interface RepeatedKills {
  users: number;
  kills: number;
  calls: number;
  floor: number;
  /** On the wire at the kills. */
  cut: number;
  /** Answered at the kills, and not on record yet. */
  unrecorded: number;
  /** Users read again although their verdict was on record at the kill before. */
  readAgain: number;
}

/**
 * Slow enough that the worker keeps up: else answers wait in it for their verdict to be written.
 */
const ANSWER_MS = 1_000;
const LIFE_MS = 5_000;
const SETTLED_MS = 200;

/**
 * Kills the worker five seconds after each time that calls go on, until the scan has come to its
 * end.
 */
export async function killAgainAndAgain(users: number): Promise<RepeatedKills> {
  const emulator = { profile: 'plain' as const, users, rateLimit: 0 };
  const config = { tickets: { mode: 'none' }, scan: { batch: 200 } };
  return await withArx({ emulator, config, durable: true }, async (arx) => {
    await arx.emulators.fault({
      vendor: 'okta',
      pathPattern: '/api/v1/users',
      kind: 'latency',
      ms: ANSWER_MS,
    });
    let [worker] = arx.workers;
    const started = await arx.start();
    let over = false;
    const ended = result(linkTo(arx), started).finally(() => (over = true));
    const deaths: Death[] = [];
    while (!over) {
      await Promise.race([ended, callsBeyond(arx, (await oktaTraffic(arx)).begun)]);
      await Promise.race([ended, delay(LIFE_MS)]);
      if (over) break;
      await worker?.kill();
      deaths.push(await deathNow(arx, started.run));
      worker = await arx.startWorker();
    }
    const { status, enumerated } = await ended;
    if (status !== 'complete' || enumerated !== users)
      throw new Error(`the run is ${status} with ${enumerated} users of ${users}`);
    const { begun, cut } = await oktaTraffic(arx);
    const calls = { calls: begun, floor: floorOf(users), cut };
    return {
      users,
      kills: deaths.length,
      ...calls,
      unrecorded: lost(deaths),
      readAgain: await readAgain(arx, deaths),
    };
  });
}

/** What stood on record when a worker had died. */
interface Death {
  /** Users with a verdict. */
  recorded: ReadonlySet<string>;
  /** Pages of the list that are stored. */
  pages: number;
  /** Requests that were answered, over all so far. */
  answered: number;
  /** Requests that the emulated Okta had seen. */
  seen: number;
}

async function deathNow(arx: ArxUnderTest, run: string): Promise<Death> {
  // What was on its way when the worker died may reach its end for a moment.
  await delay(SETTLED_MS);
  const recorded = new Set<string>();
  const pages = new Set<number>();
  for (const { userId, verdict, page } of await arx.users(run)) {
    pages.add(page);
    if (verdict !== null) recorded.add(userId);
  }
  const seen = (await arx.emulators.log()).length;
  return { recorded, pages: pages.size, answered: (await oktaTraffic(arx)).answered, seen };
}

/** Answers that neither a verdict nor a stored page came of. */
function lost(deaths: readonly Death[]): number {
  const last = deaths.at(-1);
  return last ? last.answered - last.recorded.size - last.pages : 0;
}

async function readAgain(arx: ArxUnderTest, deaths: readonly Death[]): Promise<number> {
  const entries = await arx.emulators.log();
  const again = deaths.flatMap(({ recorded, seen }) =>
    entries
      .slice(seen)
      .filter(({ path }) => recorded.has(/\/users\/([^/]+)\/factors$/.exec(path)?.[1] ?? '')),
  );
  return again.length;
}
