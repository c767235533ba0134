import { Bucket } from './bucket.ts';
import { systemClock } from './clock.ts';
import { readSample } from './headers.ts';
import type { Place } from './bucket.ts';
import type { Clock, Governor, Permit, Priority, Quota } from './types.ts';

export interface GovernorSettings {
  quota: Quota;
  /** Requests of one bucket under way at once. Default 30: under Okta's concurrency limit. */
  maxInFlight?: number;
  clock?: Clock;
}

interface Waiting {
  grant(permit: Permit): void;
}

interface Lane {
  bucket: Bucket;
  queues: Record<Priority, Waiting[]>;
  stopTimer: (() => void) | null;
}

const ORDER: readonly Priority[] = ['interactive', 'scan'];

/** A governor for this process: buckets learn their limits from the answers, and whoever finds no place waits in line. */
export function createGovernor({ quota, maxInFlight = 30, clock = systemClock }: GovernorSettings): Governor {
  const lanes = new Map<string, Lane>();

  const laneOf = (name: string): Lane => {
    const lane = lanes.get(name) ?? {
      bucket: new Bucket(quota, maxInFlight),
      queues: { interactive: [], scan: [] },
      stopTimer: null,
    };
    lanes.set(name, lane);
    return lane;
  };

  const permitOf = (lane: Lane, place: Place): Permit => {
    let settled = false;
    return {
      settle: (settlement) => {
        if (settled) return;
        settled = true;
        lane.bucket.settle(place, settlement && readSample(settlement), clock.now());
        serve(lane);
      },
    };
  };

  const serve = (lane: Lane): void => {
    for (const priority of ORDER) {
      const queue = lane.queues[priority];
      while (queue.length > 0) {
        const place = lane.bucket.tryTake(priority, clock.now());
        if (!place) break;
        queue.shift()?.grant(permitOf(lane, place));
      }
    }
    lane.stopTimer?.();
    lane.stopTimer = null;
    if (ORDER.every((priority) => lane.queues[priority].length === 0)) return;
    const at = lane.bucket.wakeAt(clock.now());
    // One millisecond more: timers may fire a little early, and then nothing would have changed yet.
    if (at !== null) lane.stopTimer = clock.after(at - clock.now() + 1, () => serve(lane));
  };

  return {
    acquire: (name, priority, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const lane = laneOf(name);
        const queue = lane.queues[priority];
        const leave = (): void => {
          queue.splice(queue.indexOf(waiting), 1);
          reject(signal?.reason);
          serve(lane);
        };
        const waiting: Waiting = {
          grant: (permit) => {
            signal?.removeEventListener('abort', leave);
            resolve(permit);
          },
        };
        signal?.addEventListener('abort', leave, { once: true });
        queue.push(waiting);
        serve(lane);
      }),
  };
}
