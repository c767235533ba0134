import { setTimeout as delay } from 'node:timers/promises';
import { result } from '../../src/client.ts';
import { withArx } from './arx.ts';
import { callsBeyond, oktaTraffic } from './okta-traffic.ts';
import { linkTo } from './scan-figures.ts';
import { floorOf } from './scan-tables.ts';

/** A whole scan under kills, in calls. */
export interface RepeatedKills {
  users: number;
  kills: number;
  calls: number;
  floor: number;
  /** In flight at the kills. */
  cut: number;
}

/** Slow enough that the worker keeps up: else answers wait in it for their verdict to be written. */
const ANSWER_MS = 1_000;
const LIFE_MS = 5_000;

/** Kills the worker five seconds after each time that calls go on, until the scan has come to its end. */
export async function killAgainAndAgain(users: number): Promise<RepeatedKills> {
  const emulator = { profile: 'plain' as const, users, rateLimit: 0 };
  const config = { tickets: { mode: 'none' }, scan: { batch: 100 } };
  return await withArx({ emulator, config, durable: true }, async (arx) => {
    await arx.emulators.fault({ vendor: 'okta', pathPattern: '/api/v1/users', kind: 'latency', ms: ANSWER_MS });
    let [worker] = arx.workers;
    let over = false;
    const ended = result(linkTo(arx), await arx.start()).finally(() => (over = true));
    let kills = 0;
    while (!over) {
      await Promise.race([ended, callsBeyond(arx, (await oktaTraffic(arx)).begun)]);
      await Promise.race([ended, delay(LIFE_MS)]);
      if (over) break;
      await worker?.kill();
      kills += 1;
      worker = await arx.startWorker();
    }
    const { status, enumerated } = await ended;
    if (status !== 'complete' || enumerated !== users)
      throw new Error(`the run is ${status} with ${enumerated} users of ${users}`);
    const { begun, cut } = await oktaTraffic(arx);
    return { users, kills, calls: begun, floor: floorOf(users), cut };
  });
}
