/** Who takes part in the measurement of the quota, each against an emulator of its own. */
import type { BucketStatistics } from '../../emulators/rate-limit.ts';
import type { EmulatorProcess } from '../../test/support/emulators.ts';
import { startEmulatorProcess } from '../../test/support/emulators.ts';
import { withArx } from './arx.ts';
import type { Baseline, BaselineJob, BaselineResult } from './baselines.ts';
import { startChild } from './child.ts';
import { runWithin } from './deadline.ts';
import { latencyMs } from './okta-latency.ts';
import { quotaUse, usersFor } from './quota-math.ts';
import type { QuotaUse } from './quota-math.ts';

/** One scan to be made. */
export interface Contest {
  name: string;
  /** Requests a window. */
  limit: number;
  windowMs: number;
  /** Size of the organisation. */
  users: number;
  /** How long it should take at the pace it is meant for. */
  expectedMs: number;
  contestant: Arx | { baseline: Baseline };
}

/** arx with so many workers; `quota` as in arx.yaml. */
export interface Arx {
  workers: number;
  quota: { share: number; reserve: number; warning_threshold: boolean };
}

/** What came of it. */
export interface Outcome extends Contest, QuotaUse {
  /** Users whose factors were read. */
  read: number;
  /** Windows that the emulator opened. */
  windows: number;
  /** Smallest number of calls left in any window. */
  leastRemaining: number;
}

/**
 * Users that fill `windows` windows with `perWindow` calls each, and one call more that must wait
 * for the next.
 */
export const usersToFill = (windows: number, perWindow: number): number =>
  usersFor(windows * perWindow + 1);

/** Makes one scan and takes down what it ran on. */
export async function contest(contest: Contest): Promise<Outcome> {
  const { contestant } = contest;
  return 'baseline' in contestant
    ? withBaseline(contest, contestant.baseline)
    : withArxOf(contest, contestant);
}

const emulatorOf = ({ users, limit, windowMs }: Contest) =>
  ({
    profile: 'plain',
    users,
    rateLimit: limit,
    windowMs,
    latencyMs: latencyMs(windowMs),
  }) as const;

async function withBaseline(contest: Contest, baseline: Baseline): Promise<Outcome> {
  const emulators = await startEmulatorProcess(emulatorOf(contest));
  try {
    const { okta, tokens } = emulators.document;
    const job: BaselineJob = { baseline, origin: okta, token: tokens.okta };
    const child = startChild<BaselineResult>('baseline.ts', job);
    child.finish();
    const { read } = await child.finished;
    return outcome(contest, await usersBucket(emulators), read);
  } finally {
    await emulators.stop();
  }
}

function withArxOf(contest: Contest, { workers, quota }: Arx): Promise<Outcome> {
  const config = { quota, tickets: { mode: 'none' } };
  return withArx({ workers, config, emulator: emulatorOf(contest) }, async (arx) => {
    const { counts } = await runWithin(arx, contest.expectedMs);
    return outcome(
      contest,
      await usersBucket(arx.emulators),
      counts.enumerated - counts.unknown - counts.vanished,
    );
  });
}

/** Where the emulated Okta counts users and their factors. */
export const USERS_BUCKET = '/api/v1/users';

/** The bucket in which users and factors count together. Throws where nobody called. */
export async function usersBucket(emulators: EmulatorProcess): Promise<BucketStatistics> {
  const { buckets } = await emulators.state('buckets');
  const bucket = buckets.find(({ name }) => name === USERS_BUCKET);
  if (!bucket) throw new Error('nobody called Okta');
  return bucket;
}

const outcome = (contest: Contest, bucket: BucketStatistics, read: number): Outcome => ({
  ...contest,
  ...quotaUse(bucket, contest),
  read,
  windows: bucket.windows,
  leastRemaining: bucket.leastRemaining,
});
