import { setTimeout as delay } from 'node:timers/promises';
import type { MainJob } from '../../test/support/main-job.ts';

const LOOK_EVERY_MS = 15;
const LIMIT_MS = 120_000;

/** Requests at the emulated Okta. */
export interface OktaTraffic {
  begun: number;
  answered: number;
  /** In flight when their caller died. */
  cut: number;
}

/** Sums over all operations, since the start. */
export async function oktaTraffic({ emulators }: Pick<MainJob, 'emulators'>): Promise<OktaTraffic> {
  const { traffic } = await emulators.state('traffic');
  const sum = { begun: 0, answered: 0, cut: 0 };
  for (const { vendor, begun, answered, cut } of traffic) {
    if (vendor !== 'okta') continue;
    sum.begun += begun;
    sum.answered += answered;
    sum.cut += cut;
  }
  return sum;
}

/**
 * Waits until more than `count` calls have begun, at most two minutes; gives the time it was seen,
 * epoch milliseconds.
 */
export async function callsBeyond(job: Pick<MainJob, 'emulators'>, count: number): Promise<number> {
  for (const deadline = Date.now() + LIMIT_MS; Date.now() < deadline; await delay(LOOK_EVERY_MS)) {
    if ((await oktaTraffic(job)).begun > count) return Date.now();
  }
  throw new Error(`no call beyond ${count} reached Okta within ${LIMIT_MS / 1_000} s`);
}
