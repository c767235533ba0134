/** What a whole scan costs at any size, against an Okta without limit. */
import { splitCores } from './support/cores.ts';
import type { CoreSplit } from './support/cores.ts';
import type { Bench, BenchOptions, BenchResult } from './support/result.ts';
import { measureScan } from './support/scan-figures.ts';
import type { ScanFigures, ScanPlan } from './support/scan-figures.ts';
import {
  costTable,
  floorOf,
  historyTable,
  memoryTable,
  storeTable,
} from './support/scan-tables.ts';

const SIZES = [1_000, 10_000, 100_000];
const MILLION = 1_000_000;
/**
 * `scan.batch: auto` goes to batches of a page above 2,000 users; below, the fixed cost of a run
 * outweighs its users.
 */
const BATCH = 200;
const BATCHED_ABOVE = 2_000;
/**
 * Larger ones add nothing but time: one user an activity, and the embedded store, are for small
 * organisations.
 */
const SMALL = 10_000;
const MEMORY_BASE = 10_000;

/** Runs every size on a stack of its own, so that peaks and sizes do not carry over. */
export const bench: Bench = async (options) => {
  const cores = splitCores();
  const figures: ScanFigures[] = [];
  for (const plan of plansOf(options)) {
    console.error(`scan: ${plan.store}, ${plan.users} users, ${plan.batch} an activity`);
    figures.push(await measureScan(plan, cores));
  }
  const batched = figures.filter(({ store, batch }) => store === 'PostgreSQL' && batch === BATCH);
  return {
    name: options.million ? 'scan-million' : 'scan',
    about: `${ABOUT} ${placeText(cores)}`,
    tables: [costTable(figures), historyTable(figures), memoryTable(figures), storeTable(figures)],
    goals: goalsOf(batched, cores),
  };
};

const ABOUT =
  'The whole workflow (list, checks, verdicts, trail, report; no tickets) over like users (one in ten with SMS only), from ' +
  'the start to its result, each size with processes of its own. PostgreSQL has its own defaults (fsync on), PGlite ' +
  'is that of the embedded stack, Temporal is the development server with a file. Calls are those that reached the ' +
  'emulated Okta; the floor is N + ⌈N/200⌉. Actions are counted from the histories: one for each start of a run ' +
  '(continue-as-new included), try of an activity, timer, signal, update and upsert of search attributes, two for a ' +
  "child; heartbeats, apart, are the worker's own requests. CPU is user and system time of each process and its children.";

const placeText = (cores: CoreSplit | null): string =>
  cores
    ? `Worker, Temporal and store share cores ${cores.measured}; emulators and measurement have ${cores.rest}.`
    : 'Nothing is pinned to cores: this machine has no taskset, or too few cores.';

/** All runs to make, the smallest first. */
export function plansOf({
  users: most,
  million,
}: Pick<BenchOptions, 'users' | 'million'>): ScanPlan[] {
  if (million)
    return [MEMORY_BASE, MILLION].map((users) => ({
      store: 'PostgreSQL' as const,
      users,
      batch: BATCH,
    }));
  const sizes =
    most === undefined ? SIZES : [...new Set([...SIZES.filter((size) => size < most), most])];
  const small = sizes.filter((size, at) => size <= SMALL || at === 0);
  return [
    ...sizes.map((users) => ({ store: 'PostgreSQL' as const, users, batch: BATCH })),
    ...small.map((users) => ({ store: 'PostgreSQL' as const, users, batch: 1 })),
    ...small.map((users) => ({ store: 'PGlite' as const, users, batch: BATCH })),
  ];
}

/** Judged over the sizes that run in batches by default; over the largest where all are smaller. */
function goalsOf(batched: readonly ScanFigures[], cores: CoreSplit | null): BenchResult['goals'] {
  const large = batched.filter(({ users }) => users > BATCHED_ABOVE);
  const judged = large.length > 0 ? large : batched.slice(-1);
  const largest = judged.at(-1);
  const every = (holds: (figures: ScanFigures) => boolean): boolean => judged.every(holds);
  const place = cores ? '2 cores' : 'unpinned cores';
  return [
    {
      goal: `at least 1,500 users a second in batches of ${BATCH}, verdicts, trail and store written, on ${place}`,
      // At the largest size: below, the beginning and the end of a run weigh more than its users.
      met: largest !== undefined && largest.users / largest.seconds >= 1_500,
    },
    {
      goal: 'at most 0.10 history events a user',
      met: every(({ users, history }) => history.events / users <= 0.1),
    },
    {
      goal: 'at most 0.02 Temporal actions a user, heartbeats apart',
      met: every(({ users, history }) => history.actions / users <= 0.02),
    },
    {
      goal: 'the largest history replays in at most 0.3 s, also the first time',
      met: every(({ replay }) => Math.max(replay.first, replay.warm) <= 0.3),
    },
    {
      goal: 'calls are exactly the floor',
      met: batched.every(({ users, oktaCalls }) => oktaCalls === floorOf(users)),
    },
    {
      goal: 'peak memory of the worker at the largest size at most 400 MB',
      met: (peakOf(batched.at(-1)) ?? NaN) <= 400,
    },
    ...flatGoal(batched),
  ];
}

/** Only where there is a size to compare with. */
function flatGoal(batched: readonly ScanFigures[]): BenchResult['goals'] {
  const largest = batched.at(-1);
  const base = batched.find(({ users }) => users === MEMORY_BASE);
  if (!base || !largest || largest.users <= MEMORY_BASE) return [];
  const [peak, basePeak] = [peakOf(largest) ?? NaN, peakOf(base) ?? NaN];
  return [
    { goal: 'that peak is within 20 % of the one at 10,000 users', met: peak <= basePeak * 1.2 },
  ];
}

const peakOf = (figures: ScanFigures | undefined): number | null => figures?.memory?.peakMb ?? null;
