/** How much of Okta's quota a scan uses up, beside scans as they are commonly written. */
import { contest, usersToFill } from './support/contestants.ts';
import type { Arx, Contest, Outcome } from './support/contestants.ts';
import type { Baseline } from './support/baselines.ts';
import { latencyMs } from './support/okta-latency.ts';
import type { BenchOptions, BenchResult, BenchTable, Cell } from './support/result.ts';

const LIMITS = [300, 600];
const ALL_OF_IT = { share: 1, reserve: 0, warning_threshold: false };
const AS_SHIPPED = { share: 0.5, reserve: 5, warning_threshold: true };
/** Windows as long as this leave the processor idle: then all scans run side by side. */
const UNHURRIED_MS = 30_000;

interface Sizes {
  windows: number;
  windowMs: number;
}

/** Scans at 300 and 600 requests a window, at least 20 windows long unless told otherwise. */
export async function bench({
  windows = 20,
  windowMs = 6_000,
}: BenchOptions): Promise<BenchResult> {
  const sizes = { windows, windowMs };
  const arx = LIMITS.flatMap((limit) => [1, 3].map((workers) => arxContest(sizes, limit, workers)));
  const baselines = LIMITS.flatMap((limit) => baselineContests(sizes, limit));
  const outcomes = await runAll({ arx: [...arx, shippedContest(sizes)], baselines, windowMs });
  const shipped = outcomes.filter(
    ({ contestant }) => 'quota' in contestant && contestant.quota === AS_SHIPPED,
  );
  const full = outcomes.filter((outcome) => !shipped.includes(outcome));
  return {
    name: 'quota',
    about: about(sizes),
    tables: [
      ...LIMITS.map((limit) =>
        table(`${limit} requests a window, all of it`, ofLimit(full, limit)),
      ),
      shippedTable(shipped),
    ],
    goals: [
      ...LIMITS.flatMap((limit) => goalsAt(limit, ofLimit(full, limit))),
      ...shipped.flatMap(shippedGoals),
    ],
  };
}

const ofLimit = (outcomes: readonly Outcome[], limit: number): Outcome[] =>
  outcomes.filter((outcome) => outcome.limit === limit);

function arxContest({ windows, windowMs }: Sizes, limit: number, workers: number): Contest {
  const name = `arx, ${workers === 1 ? 'one worker' : 'three workers'}`;
  const users = usersToFill(windows, limit);
  return {
    name,
    limit,
    windowMs,
    users,
    expectedMs: windows * windowMs,
    contestant: { workers, quota: ALL_OF_IT },
  };
}

function baselineContests({ windows, windowMs }: Sizes, limit: number): Contest[] {
  // At half the speed half as many users take as long.
  const fewer = Math.min(windows, Math.max(5, Math.ceil(windows / 2)));
  const paced = (share: number): Baseline => ({
    kind: 'paced',
    perWindow: limit * share,
    windowMs,
  });
  const one = (name: string, baseline: Baseline, many = windows): Contest => {
    const users = usersToFill(many, limit);
    return {
      name,
      limit,
      windowMs,
      users,
      expectedMs: windows * windowMs,
      contestant: { baseline },
    };
  };
  return [
    one('Okta SDK, its own retries, 20 in flight', { kind: 'sdk', inFlight: 20 }),
    one('Okta SDK, its own retries, 75 in flight', { kind: 'sdk', inFlight: 75 }),
    one('even pace at 95 % of the limit', paced(0.95)),
    one('one after another', { kind: 'serial' }, fewer),
    one('throttled to 50 % of the limit', paced(0.5), fewer),
  ];
}

function shippedContest({ windows, windowMs }: Sizes): Contest {
  const [limit = 0] = LIMITS;
  const perWindow = limit * AS_SHIPPED.share - AS_SHIPPED.reserve;
  const contestant: Arx = { workers: 1, quota: AS_SHIPPED };
  const users = usersToFill(windows, perWindow);
  return {
    name: 'arx, one worker',
    limit,
    windowMs,
    users,
    expectedMs: windows * windowMs,
    contestant,
  };
}

async function runAll({
  arx,
  baselines,
  windowMs,
}: {
  arx: Contest[];
  baselines: Contest[];
  windowMs: number;
}) {
  const all = [...arx, ...baselines];
  if (windowMs >= UNHURRIED_MS) return Promise.all(all.map(told));
  const beside = await Promise.all(baselines.map(told));
  const alone: Outcome[] = [];
  for (const one of arx) alone.push(await told(one));
  return [...alone, ...beside];
}

/** Twenty windows are long: who waits is told of each scan as it ends. */
async function told(one: Contest): Promise<Outcome> {
  const outcome = await contest(one);
  const { name, limit, used, throttled, wallSeconds } = outcome;
  console.error(
    `quota: ${name}, ${limit} a window: ${percent(used)} % in ${wallSeconds} s, ${throttled} times 429`,
  );
  return outcome;
}

const COLUMNS = [
  'contestant',
  'users',
  'floor, windows',
  'calls',
  'calls ÷ (N + ⌈N/200⌉)',
  '429s',
  'wall, s',
];

const cells = (outcome: Outcome): Cell[] => [
  outcome.name,
  outcome.users,
  outcome.floor,
  outcome.calls,
  outcome.callsRatio,
  outcome.throttled,
  outcome.wallSeconds,
];

const table = (title: string, outcomes: readonly Outcome[]): BenchTable => ({
  title,
  columns: [...COLUMNS, 'users not read', 'quota used, %'],
  rows: outcomes.map((outcome) => [
    ...cells(outcome),
    outcome.users - outcome.read,
    percent(outcome.used),
  ]),
});

const shippedTable = (outcomes: readonly Outcome[]): BenchTable => ({
  title: `As shipped: share ${AS_SHIPPED.share}, reserve ${AS_SHIPPED.reserve}, under the warning threshold`,
  columns: [...COLUMNS, 'windows', 'limit', 'fewest calls left in a window'],
  rows: outcomes.map((outcome) => [
    ...cells(outcome),
    outcome.windows,
    outcome.limit,
    outcome.leastRemaining,
  ]),
});

const percent = (share: number | null): number | null =>
  share === null ? null : Math.round(share * 10_000) / 100;

function goalsAt(limit: number, outcomes: readonly Outcome[]): BenchResult['goals'] {
  const isArx = ({ contestant }: Outcome): boolean => 'workers' in contestant;
  const ours = outcomes.filter(isArx);
  const best = Math.max(
    ...outcomes.filter((outcome) => !isArx(outcome)).map(({ used }) => used ?? 0),
  );
  return ours.flatMap(({ name, used, throttled, callsRatio, read, users }) => [
    {
      goal: `${name}, ${limit} a window: at least 98 % of the quota with no 429`,
      met: (used ?? 0) >= 0.98 && throttled === 0,
    },
    {
      goal: `${name}, ${limit} a window: exactly N + ⌈N/200⌉ calls, every user read`,
      met: callsRatio === 1 && read === users,
    },
    { goal: `${name}, ${limit} a window: ahead of every other way`, met: (used ?? 0) > best },
  ]);
}

const shippedGoals = ({
  limit,
  throttled,
  leastRemaining,
  read,
  users,
}: Outcome): BenchResult['goals'] => [
  { goal: 'as shipped: no 429, every user read', met: throttled === 0 && read === users },
  {
    goal: 'as shipped: never past the share',
    met: leastRemaining >= limit - Math.floor(limit * AS_SHIPPED.share),
  },
];

const about = ({ windows, windowMs }: Sizes): string =>
  [
    'Whole-org scans (every user listed, the factors of each read) on an emulated Okta whose users and factors share one bucket.',
    `A window takes ${windowMs} ms${windowMs < 60_000 ? ` (Okta's: 60,000; the headers still tell whole seconds)` : ''}, an answer ${latencyMs(windowMs)} ms.`,
    `Quota used = floor ÷ wall; floor = (⌈C/L⌉ − 1) windows for C = N + ⌈N/200⌉ calls at L a window, wall = from the start of the first window to the last call, by the emulator's clock. N fills ${windows} windows and needs one call more; ways that are slow by nature scan half as many users.`,
    'Each contestant has processes and an emulator of its own: arx its workers, a Temporal dev server and PostgreSQL with verdicts and audit written, tickets off; the others read and forget.',
    windowMs >= UNHURRIED_MS
      ? 'All ran side by side.'
      : 'The others ran side by side, then arx, one scan after the other.',
  ].join(' ');
