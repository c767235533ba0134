/**
 * What the death of the only worker costs: time until the scan goes on, and calls that are made
 * twice.
 */
import { killInTheMiddle } from './support/kills.ts';
import type { Recoveries } from './support/kills.ts';
import { quantile } from './support/quantile.ts';
import type { Bench, BenchTable, Cell } from './support/result.ts';
import { killAgainAndAgain } from './support/repeated-kills.ts';
import type { RepeatedKills } from './support/repeated-kills.ts';

const KILLS = 20;
const USERS = 3_000;

export const bench: Bench = async ({ kills = KILLS, users = USERS }) => {
  const recoveries = await killInTheMiddle(kills);
  const repeated = await killAgainAndAgain(users);
  const { calls, floor, cut, unrecorded, readAgain } = repeated;
  const worst = quantile(recoveries.untilCall, 0.95) ?? Infinity;
  return {
    name: 'recovery',
    about: ABOUT,
    tables: [recoveryTable(recoveries), heartbeatTable(recoveries), extraTable(repeated)],
    goals: [
      {
        goal: `the scan's next call at most 10 s after the kill, at the 95th percentile of ${kills} kills`,
        met: worst <= 10,
      },
      {
        goal: 'with a worker killed every few seconds, no more extra calls than were in flight at the kills: on the wire, or answered and not on record yet',
        met: calls - floor <= cut + unrecorded,
      },
      { goal: 'nobody whose verdict was on record at a kill is read again', met: readAgain === 0 },
    ],
  };
};

const ABOUT =
  'The only worker of a scan (PostgreSQL with fsync on, Temporal with a file, batches of 200 users, no rate limit) is ' +
  'killed with SIGKILL and another is started at once. The emulated Okta takes half a second an answer in the first ' +
  'part and a second in the second, so that an activity takes some 13 s and calls are in flight. Times are from the kill to ' +
  "the next call that reaches Okta, and to the next completed activity in the workflow's history. A call was in " +
  "flight where its connection ended before its answer had left. Heartbeats are the worker's own requests over half a " +
  'minute without kills; an activity-minute is one activity that works for a minute.';

function recoveryTable({ untilCall, untilCompleted, untilReady }: Recoveries): BenchTable {
  const row = (name: string, seconds: readonly number[]): Cell[] => [
    name,
    seconds.length,
    ...[0.5, 0.95, 1].map((share) => rounded(quantile(seconds, share))),
  ];
  return {
    title: 'Recovery, seconds',
    columns: ['from the kill to', 'kills', 'median', '95th percentile', 'longest'],
    rows: [
      row('the new worker polls', untilReady),
      row('the next call of the scan', untilCall),
      row('the next completed activity', untilCompleted),
    ],
  };
}

function heartbeatTable({ heartbeats, activityMinutes }: Recoveries): BenchTable {
  return {
    title: 'What the heartbeats cost',
    columns: ['heartbeats (an action each)', 'activity-minutes', 'heartbeats an activity-minute'],
    rows: [[heartbeats, rounded(activityMinutes), rounded(heartbeats / activityMinutes)]],
  };
}

function extraTable({
  users,
  kills,
  calls,
  floor,
  cut,
  unrecorded,
  readAgain,
}: RepeatedKills): BenchTable {
  return {
    title: 'Calls with a worker killed every few seconds',
    columns: [
      'users',
      'kills',
      'calls',
      'floor',
      'extra',
      'on the wire',
      'answered, not on record',
      'read again',
    ],
    rows: [[users, kills, calls, floor, calls - floor, cut, unrecorded, readAgain]],
  };
}

const rounded = (value: number | null): number | null =>
  value === null ? null : Number(value.toPrecision(3));
